#include "app/query_params.h"

#include <algorithm>
#include <array>

#include "app/api_answer.h"

namespace tocsin {

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

// As Alertmanager does (api/v2): an empty value asks whether the label is there at all.
bool filter_takes(const Matchers& matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    const bool negative = matcher.type() == MatchType::kNotEqual || matcher.type() == MatchType::kNotRegex;
    if (matcher.value().empty() && labels.has(matcher.name()) == negative) return true;
    return matcher.matches(labels);
  });
}

}  // namespace tocsin
