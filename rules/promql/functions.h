// The functions of PromQL: names, arguments, results, and which Prometheus has them. Aggregations (sum, topk)
// are not functions: see ast.h.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rules/promql/dialect.h"

namespace tocsin::promql {

enum class ValueType : std::uint8_t { kNone, kScalar, kVector, kMatrix, kString };
// As Prometheus' documentation calls them: "instant vector", "range vector".
std::string_view to_string(ValueType);

struct Function {
  std::string_view name;
  std::array<ValueType, 5> arguments{};  // the last one stands for all that follow it
  std::uint8_t listed = 0;               // how many of `arguments` there are
  std::uint8_t least = 0;
  std::uint8_t most = 0;  // kUnlimited
  ValueType result = ValueType::kVector;
  Version since = Dialect::kOldest;
  Version stable = Dialect::kOldest;  // before this version behind a flag; kNever: still is
  Version until{1000, 0};             // gone from this version on

  static constexpr std::uint8_t kUnlimited = 255;
  static constexpr Version kNever{1000, 0};

  bool exists_in(Version version) const { return version >= since && version < until; }
  bool experimental_in(Version version) const { return version < stable; }
  ValueType argument(std::size_t index) const {
    return arguments[index < listed ? index : static_cast<std::size_t>(listed - 1)];
  }
};

// Sorted by name; of all versions together.
std::span<const Function> all_functions();
// nullptr where no version has it. Names are case-sensitive.
const Function* find_function(std::string_view name);
// "did you mean `rate`?", or what else may help who has written a name that `dialect` does not have.
std::string hint_for_unknown_function(std::string_view name, const Dialect&);

}  // namespace tocsin::promql
