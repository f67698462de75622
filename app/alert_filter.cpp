#include "app/alert_filter.h"

#include <algorithm>
#include <array>

#include "app/api_answer.h"

namespace tocsin {
namespace {

// Where a parameter comes several times the last counts, as in Alertmanager.
tl::expected<bool, HttpAnswer> read_flag(const HttpQuery& query, std::string_view name) {
  static constexpr std::array<std::string_view, 10> kTrue = {"true", "t",  "1",       "yes",     "y",
                                                             "on",   "ok", "enabled", "checked", "selected"};
  static constexpr std::array<std::string_view, 7> kFalse = {"false", "f", "0", "no", "n", "off", "disabled"};
  const auto values = query.all_params(name);
  if (values.empty() || values.back().empty()) return true;
  const auto means = [&](std::string_view word) { return equal_ignoring_case(word, values.back()); };
  if (std::any_of(kTrue.begin(), kTrue.end(), means)) return true;
  if (std::any_of(kFalse.begin(), kFalse.end(), means)) return false;
  return tl::unexpected(v2_schema_error(
      kCodeWrongType,
      std::string(name) + " in query must be true or false, not \"" + std::string(values.back()) + "\""));
}

tl::expected<Matchers, HttpAnswer> read_matchers(const HttpQuery& query, std::string_view name,
                                                 MatcherDialect dialect) {
  Matchers matchers;
  for (const std::string_view text : query.all_params(name)) {
    auto parsed = parse_matcher(text, dialect);
    if (!parsed) {
      return tl::unexpected(v2_error(
          400, "bad " + std::string(name) + " \"" + std::string(text) + "\": " + parsed.error().message));
    }
    for (Matcher& matcher : parsed->matchers) matchers.push_back(std::move(matcher));
  }
  return matchers;
}

}  // namespace

tl::expected<ReceiverFilter, HttpAnswer> ReceiverFilter::read(const HttpQuery& query,
                                                              MatcherDialect dialect) {
  ReceiverFilter filter;
  if (const auto values = query.all_params("receiver"); !values.empty() && !values.back().empty()) {
    auto name = Matcher::make("receiver", MatchType::kRegex, std::string(values.back()));
    if (!name)
      return tl::unexpected(v2_error(400, "failed to parse receiver param: " + name.error().message));
    filter.name_ = std::move(*name);
  }
  const auto matchers = read_matchers(query, "receiver_matchers", dialect);
  if (!matchers) return tl::unexpected(matchers.error());
  filter.labels_fit_ = match_all(*matchers, Labels());
  return filter;
}

bool ReceiverFilter::takes(std::string_view receiver) const {
  return labels_fit_ && (!name_ || name_->matches(receiver));
}

bool ReceiverFilter::takes_any(const std::vector<std::string>& receivers) const {
  if (!name_ && labels_fit_) return true;
  return std::any_of(receivers.begin(), receivers.end(),
                     [&](const std::string& name) { return takes(name); });
}

tl::expected<AlertFilter, HttpAnswer> AlertFilter::read(const HttpQuery& query, MatcherDialect dialect) {
  AlertFilter filter;
  // Checked although nothing is suppressed yet: a misspelt value is told at once. `unprocessed` never hides
  // anything, as in Alertmanager: an alert is active from its first moment.
  for (const std::string_view name : {"silenced", "inhibited", "unprocessed", "muted"}) {
    if (const auto flag = read_flag(query, name); !flag) return tl::unexpected(flag.error());
  }
  const auto active = read_flag(query, "active");
  if (!active) return tl::unexpected(active.error());
  filter.active_ = *active;
  auto matchers = read_matchers(query, "filter", dialect);
  if (!matchers) return tl::unexpected(matchers.error());
  filter.matchers_ = std::move(*matchers);
  auto receivers = ReceiverFilter::read(query, dialect);
  if (!receivers) return tl::unexpected(receivers.error());
  filter.receivers_ = std::move(*receivers);
  return filter;
}

bool AlertFilter::takes(const AlertView& view, TimePoint now) const {
  if (view.status == AlertStatus::kResolved || view.alert.resolved_at(now)) return false;
  if (!active_) return false;
  return takes(view.alert.labels);
}

// As Alertmanager does (api/v2): an empty value asks whether the label is there at all.
bool AlertFilter::takes(const Labels& labels) const {
  return std::all_of(matchers_.begin(), matchers_.end(), [&](const Matcher& matcher) {
    const bool negative = matcher.type() == MatchType::kNotEqual || matcher.type() == MatchType::kNotRegex;
    if (matcher.value().empty() && labels.has(matcher.name()) == negative) return true;
    return matcher.matches(labels);
  });
}

}  // namespace tocsin
