// Which PromQL is spoken: that of one Prometheus version, with the features that its operator has switched
// on. It is *not* a list of functions (functions.h) and parses nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin::promql {

struct Version {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};
std::string to_string(Version);  // "3.14"

// What Prometheus takes only with --enable-feature=NAME.
enum class Feature : std::uint8_t {
  kExperimentalFunctions,   // promql-experimental-functions
  kDurationExpressions,     // promql-duration-expr; on by default since 3.14
  kExtendedRangeSelectors,  // promql-extended-range-selectors: anchored, smoothed
  kFillModifiers,           // promql-binop-fill-modifiers: fill(), fill_left(), fill_right()
};
std::string_view flag_name(Feature);

struct Dialect {
  static constexpr Version kOldest{2, 42};
  static constexpr Version kNewest{3, 14};

  Version version = kNewest;
  std::uint8_t features = 0;  // a bit for each Feature
  // What becomes of a feature that is not switched on, or of a function that has gone: refused, as Prometheus
  // does, or taken with a warning, because nobody has said which server will answer.
  enum class Unknown : std::uint8_t { kRefuse, kWarn };
  Unknown unknown = Unknown::kRefuse;

  static Dialect of(Version version) { return {version, 0, Unknown::kRefuse}; }
  // For rules whose server is not known: the newest language, the rest with warnings.
  static Dialect any() { return {kNewest, 0, Unknown::kWarn}; }
  static Dialect newest_with_everything() { return Dialect{}.with_all_features(); }

  Dialect with(Feature) const;
  Dialect with_all_features() const;
  bool has(Feature) const;
  bool at_least(int major, int minor) const { return version >= Version{major, minor}; }
};

// "any", "2.42", "3.5", "3" (the newest 3.x).
Result<Dialect> parse_dialect(std::string_view text);
// A list as --enable-feature has it, "promql-duration-expr,promql-experimental-functions". Other features of
// Prometheus do not concern expressions and are passed over.
Dialect with_features(Dialect, std::string_view list);

}  // namespace tocsin::promql
