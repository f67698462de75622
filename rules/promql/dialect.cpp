#include "rules/promql/dialect.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "core/labels.h"

namespace tocsin::promql {
namespace {

constexpr Feature kFeatures[] = {Feature::kExperimentalFunctions, Feature::kDurationExpressions,
                                 Feature::kExtendedRangeSelectors, Feature::kFillModifiers};

std::uint8_t bit(Feature feature) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(feature));
}

// Takes a number from the front of `text`.
bool take_number(std::string_view& text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string to_string(Version version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

std::string_view flag_name(Feature feature) {
  switch (feature) {
    case Feature::kExperimentalFunctions:
      return "promql-experimental-functions";
    case Feature::kDurationExpressions:
      return "promql-duration-expr";
    case Feature::kExtendedRangeSelectors:
      return "promql-extended-range-selectors";
    case Feature::kFillModifiers:
      return "promql-binop-fill-modifiers";
  }
  return "";
}

Dialect Dialect::with(Feature feature) const {
  Dialect dialect = *this;
  dialect.features = static_cast<std::uint8_t>(dialect.features | bit(feature));
  return dialect;
}

Dialect Dialect::with_all_features() const {
  Dialect dialect = *this;
  for (const Feature feature : kFeatures) dialect = dialect.with(feature);
  return dialect;
}

bool Dialect::has(Feature feature) const {
  if ((features & bit(feature)) != 0) return true;
  return feature == Feature::kDurationExpressions && at_least(3, 14);
}

Result<Dialect> parse_dialect(std::string_view text) {
  if (text == "any") return Dialect::any();
  std::string_view rest = text;
  Version version;
  bool good = take_number(rest, version.major);
  if (good && rest.empty() && version.major == Dialect::kNewest.major)
    return Dialect::of(Dialect::kNewest);  // "3"
  good = good && rest.starts_with('.');
  if (good) rest.remove_prefix(1);
  good = good && take_number(rest, version.minor) && (rest.empty() || rest.starts_with('.'));
  if (!good)
    return fail(fmt::format("{} is no version of Prometheus: write any, 2.42 or 3.5", go_quote(text)));
  if (version < Dialect::kOldest) {
    return fail(fmt::format("the PromQL of Prometheus {} is not known: the oldest is {}", to_string(version),
                            to_string(Dialect::kOldest)));
  }
  return Dialect::of(version);
}

Dialect with_features(Dialect dialect, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    for (const Feature feature : kFeatures) {
      if (flag_name(feature) == name) dialect = dialect.with(feature);
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return dialect;
}

}  // namespace tocsin::promql
