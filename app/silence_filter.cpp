#include "app/silence_filter.h"

#include <algorithm>

#include "app/query_params.h"

namespace tocsin {
namespace {

// Alertmanager finds a silence only by a matcher that it has literally. Who asks for team="x" also wants to
// know of team=~"x|y", and who asks for team=~"x|y" of team="x": where one of the two names a value, the
// other is tried on it.
bool finds(const Matcher& filter, const Matcher& matcher) {
  if (filter.name() != matcher.name()) return false;
  if (filter == matcher) return true;
  if (matcher.type() == MatchType::kEqual) return filter.matches(matcher.value());
  if (matcher.type() == MatchType::kRegex && filter.type() == MatchType::kEqual)
    return matcher.matches(filter.value());
  return false;
}

bool finds_all(const Matchers& filters, const Matchers& set) {
  return std::all_of(filters.begin(), filters.end(), [&](const Matcher& filter) {
    return std::any_of(set.begin(), set.end(),
                       [&](const Matcher& matcher) { return finds(filter, matcher); });
  });
}

}  // namespace

tl::expected<SilenceFilter, HttpAnswer> SilenceFilter::read(const HttpQuery& query, MatcherDialect dialect) {
  SilenceFilter filter;
  struct Flag {
    std::string_view name;
    bool& value;
  };
  for (const Flag& flag :
       {Flag{"active", filter.active_}, Flag{"expired", filter.expired_}, Flag{"pending", filter.pending_}}) {
    const auto read = read_flag(query, flag.name);
    if (!read) return tl::unexpected(read.error());
    flag.value = *read;
  }
  auto matchers = read_matchers(query, "filter", dialect);
  if (!matchers) return tl::unexpected(matchers.error());
  filter.matchers_ = std::move(*matchers);
  return filter;
}

bool SilenceFilter::takes(const Silence& silence, TimePoint now) const {
  const SilenceState state = silence.state(now);
  if (state == SilenceState::kActive && !active_) return false;
  if (state == SilenceState::kExpired && !expired_) return false;
  if (state == SilenceState::kPending && !pending_) return false;
  return std::any_of(silence.matcher_sets.begin(), silence.matcher_sets.end(),
                     [&](const Matchers& set) { return finds_all(matchers_, set); });
}

}  // namespace tocsin
