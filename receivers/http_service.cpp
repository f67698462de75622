#include "receivers/http_service.h"

#include <algorithm>

#include "receivers/plain_message.h"
#include "receivers/sha256.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

class HttpServiceIntegration final : public Integration {
 public:
  HttpServiceIntegration(IntegrationId id, std::string fingerprint, HttpService service)
      : Integration(std::move(id), std::move(fingerprint)), service_(std::move(service)) {}
  bool wants_resolved() const override { return service_.send_resolved; }
  std::vector<TemplateField> template_fields() const override { return service_.templates; }
  Result<BuiltRequest> build(const Notification& notification, const BuildContext& context) const override {
    MessageWriter writer(context, notification, service_.max_alerts);
    Result<HttpRequest> request = service_.request(writer, notification, context);
    if (!request) return fail(request.error().message);
    const std::size_t cut = notification.alerts.size() - writer.data().alerts.size();
    if (cut > 0) writer.warn(std::to_string(cut) + " alerts beyond max_alerts were left out");
    return BuiltRequest{std::move(*request), writer.warning()};
  }
  DeliveryResult read(const Notification& notification, const OutboundAnswer& answer) const override {
    return read_answer(service_.answer, answer, notification.message_ref, notification.at);
  }

 private:
  HttpService service_;
};

std::string alerts_left_out(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " more alert" : " more alerts");
}

}  // namespace

HttpService read_http_service(ReceiverBlock& block) {
  HttpService out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  std::int64_t max_alerts = 0;
  block.object.integer("max_alerts", max_alerts);
  if (max_alerts < 0) block.object.error("max_alerts", "max_alerts cannot be negative", "0 sends all alerts");
  out.max_alerts = static_cast<std::size_t>(std::max<std::int64_t>(max_alerts, 0));
  return out;
}

std::shared_ptr<const Integration> make_http_service(const ReceiverBlock& block, HttpService service) {
  return std::make_shared<HttpServiceIntegration>(block.id(), block.fingerprint(), std::move(service));
}

std::string fitting_text(const TemplateField& field, const BuildContext& context, MessageWriter& writer,
                         const std::function<bool(const std::string&)>& fits, const std::string& limit) {
  std::string whole = writer.text(field, plain_alert_list(writer.data()));
  if (writer.failed()) whole += "\nTocsin: " + writer.warning();
  whole = repaired_utf8(whole);
  if (fits(whole)) return whole;
  const std::size_t total = writer.data().alerts.size();
  const auto of_first = [&](std::size_t shown) {
    MessageWriter partial(context, writer.data().with_first_alerts(shown));
    return repaired_utf8(partial.text(field, plain_alert_list(partial.data())) + "\n… " +
                         alerts_left_out(total - shown) + ", full list: " + context.external_url);
  };
  const std::size_t shown = largest_fitting(std::max<std::size_t>(total, 1) - 1,
                                            [&](std::size_t count) { return fits(of_first(count)); });
  if (shown > 0) {
    writer.warn(alerts_left_out(total - shown) + " did not fit: " + limit);
    return of_first(shown);
  }
  writer.warn("the text was cut: " + limit);
  const auto beginning = [&](std::size_t runes) {
    return cut_to_runes(whole, runes) + "\nfull list: " + context.external_url;
  };
  return beginning(
      largest_fitting(count_runes(whole), [&](std::size_t runes) { return fits(beginning(runes)); }));
}

}  // namespace tocsin
