#include "receivers/teams_body.h"

#include <algorithm>

#include "receivers/plain_message.h"
#include "receivers/text_limits.h"

namespace tocsin {

std::string fitting_teams_body(const TemplateField& text, const BuildContext& context, MessageWriter& writer,
                               const std::function<std::string(const std::string& text)>& body_around) {
  std::string whole = writer.text(text, plain_alert_list(writer.data()));
  if (writer.failed()) whole += "\n\nTocsin: " + writer.warning();
  std::string body = body_around(whole);
  if (body.size() <= kLargestTeamsBody) return body;
  const std::size_t total = writer.data().alerts.size();
  const auto body_with = [&](const std::string& content) {
    return body_around(content + "full list: " + context.external_url);
  };
  const auto body_of_first = [&](std::size_t shown) {
    MessageWriter partial(context, writer.data().with_first_alerts(shown));
    return body_with(partial.text(text, plain_alert_list(partial.data())) + "\n\n… " +
                     std::to_string(total - shown) +
                     (total - shown == 1 ? " more alert, " : " more alerts, "));
  };
  const std::size_t shown = largest_fitting(std::max<std::size_t>(total, 1) - 1, [&](std::size_t count) {
    return body_of_first(count).size() <= kLargestTeamsBody;
  });
  if (shown > 0) {
    writer.warn(std::to_string(total - shown) + (total - shown == 1 ? " alert was" : " alerts were") +
                " left out, Teams takes 28 KB");
    return body_of_first(shown);
  }
  writer.warn("the text was cut, Teams takes 28 KB");
  const auto body_of_beginning = [&](std::size_t runes) {
    return body_with(cut_to_runes(whole, runes) + "\n\n");
  };
  return body_of_beginning(largest_fitting(count_runes(whole), [&](std::size_t runes) {
    return body_of_beginning(runes).size() <= kLargestTeamsBody;
  }));
}

}  // namespace tocsin
