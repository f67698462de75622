#include "app/alert_filter.h"

#include <algorithm>

#include "app/api_answer.h"
#include "app/api_backend.h"
#include "app/query_params.h"

namespace tocsin {

tl::expected<ReceiverFilter, HttpAnswer> ReceiverFilter::read(const HttpQuery& query, ApiBackend& backend) {
  ReceiverFilter filter;
  if (const auto values = query.all_params("receiver"); !values.empty() && !values.back().empty()) {
    auto name = Matcher::make("receiver", MatchType::kRegex, std::string(values.back()));
    if (!name)
      return tl::unexpected(v2_error(400, "failed to parse receiver param: " + name.error().message));
    filter.name_ = std::move(*name);
  }
  const auto matchers = read_matchers(query, "receiver_matchers", backend.matcher_dialect());
  if (!matchers) return tl::unexpected(matchers.error());
  if (matchers->empty()) return filter;
  filter.with_labels_.emplace();
  for (const ReceiverView& receiver : backend.receivers()) {
    if (match_all(*matchers, receiver.labels)) filter.with_labels_->insert(receiver.name);
  }
  return filter;
}

bool ReceiverFilter::takes(std::string_view receiver) const {
  if (with_labels_ && !with_labels_->contains(receiver)) return false;
  return !name_ || name_->matches(receiver);
}

bool ReceiverFilter::takes_any(const std::vector<std::string>& receivers) const {
  if (!name_ && !with_labels_) return true;
  return std::any_of(receivers.begin(), receivers.end(),
                     [&](const std::string& name) { return takes(name); });
}

tl::expected<AlertFilter, HttpAnswer> AlertFilter::read(const HttpQuery& query, ApiBackend& backend) {
  AlertFilter filter;
  for (const auto& [name, target] : {std::pair{"active", &filter.active_},
                                     {"silenced", &filter.silenced_},
                                     {"inhibited", &filter.inhibited_},
                                     {"muted", &filter.muted_}}) {
    const auto flag = read_flag(query, name);
    if (!flag) return tl::unexpected(flag.error());
    *target = *flag;
  }
  // An alert is active from its first moment, so this hides nothing; but who leaves out active ones and asks
  // for unprocessed ones gets those that no flush has looked at yet.
  const auto unprocessed = read_flag(query, "unprocessed");
  if (!unprocessed) return tl::unexpected(unprocessed.error());
  filter.unprocessed_ = *unprocessed && !query.all_params("unprocessed").empty();
  auto matchers = read_matchers(query, "filter", backend.matcher_dialect());
  if (!matchers) return tl::unexpected(matchers.error());
  filter.matchers_ = std::move(*matchers);
  auto receivers = ReceiverFilter::read(query, backend);
  if (!receivers) return tl::unexpected(receivers.error());
  filter.receivers_ = std::move(*receivers);
  return filter;
}

bool AlertFilter::takes(const AlertView& view, TimePoint now) const {
  if (view.status == AlertStatus::kResolved || view.alert.resolved_at(now)) return false;
  if (!silenced_ && !view.silenced_by.empty()) return false;
  if (!inhibited_ && !view.inhibited_by.empty()) return false;
  const bool fresh = unprocessed_ && view.status == AlertStatus::kUnprocessed;
  if (!active_ && !fresh && view.status != AlertStatus::kSuppressed) return false;
  return filter_takes(matchers_, view.alert.labels);
}

}  // namespace tocsin
