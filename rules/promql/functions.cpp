#include "rules/promql/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/nearest_name.h"

namespace tocsin::promql {
namespace {

constexpr ValueType S = ValueType::kScalar;
constexpr ValueType V = ValueType::kVector;
constexpr ValueType M = ValueType::kMatrix;
constexpr ValueType T = ValueType::kString;
constexpr std::uint8_t kMany = Function::kUnlimited;
constexpr Version kNever = Function::kNever;
constexpr Version kOld = Dialect::kOldest;

// Name, arguments, how many are listed, least, most, result, since, without a flag since, gone since.
// clang-format off
constexpr Function kFunctions[] = {
    {"abs", {V}, 1, 1, 1, V},
    {"absent", {V}, 1, 1, 1, V},
    {"absent_over_time", {M}, 1, 1, 1, V},
    {"acos", {V}, 1, 1, 1, V},
    {"acosh", {V}, 1, 1, 1, V},
    {"asin", {V}, 1, 1, 1, V},
    {"asinh", {V}, 1, 1, 1, V},
    {"atan", {V}, 1, 1, 1, V},
    {"atanh", {V}, 1, 1, 1, V},
    {"avg_over_time", {M}, 1, 1, 1, V},
    {"ceil", {V}, 1, 1, 1, V},
    {"changes", {M}, 1, 1, 1, V},
    {"clamp", {V, S, S}, 3, 3, 3, V},
    {"clamp_max", {V, S}, 2, 2, 2, V},
    {"clamp_min", {V, S}, 2, 2, 2, V},
    {"cos", {V}, 1, 1, 1, V},
    {"cosh", {V}, 1, 1, 1, V},
    {"count_over_time", {M}, 1, 1, 1, V},
    {"day_of_month", {V}, 1, 0, 1, V},
    {"day_of_week", {V}, 1, 0, 1, V},
    {"day_of_year", {V}, 1, 0, 1, V},
    {"days_in_month", {V}, 1, 0, 1, V},
    {"deg", {V}, 1, 1, 1, V},
    {"delta", {M}, 1, 1, 1, V},
    {"deriv", {M}, 1, 1, 1, V},
    {"double_exponential_smoothing", {M, S, S}, 3, 3, 3, V, Version{3, 0}, kNever},
    {"end", {}, 0, 0, 0, S, Version{3, 12}, kNever},
    {"exp", {V}, 1, 1, 1, V},
    {"first_over_time", {M}, 1, 1, 1, V, Version{3, 7}, Version{3, 14}},
    {"floor", {V}, 1, 1, 1, V},
    {"histogram_avg", {V}, 1, 1, 1, V, Version{2, 51}, kOld},
    {"histogram_count", {V}, 1, 1, 1, V},
    {"histogram_fraction", {S, S, V}, 3, 3, 3, V},
    {"histogram_quantile", {S, V}, 2, 2, 2, V},
    {"histogram_quantiles", {V, T, S, S}, 4, 3, 12, V, Version{3, 11}, kNever},
    {"histogram_stddev", {V}, 1, 1, 1, V, Version{2, 47}, kOld},
    {"histogram_stdvar", {V}, 1, 1, 1, V, Version{2, 47}, kOld},
    {"histogram_sum", {V}, 1, 1, 1, V},
    {"holt_winters", {M, S, S}, 3, 3, 3, V, kOld, kOld, Version{3, 0}},
    {"hour", {V}, 1, 0, 1, V},
    {"idelta", {M}, 1, 1, 1, V},
    {"increase", {M}, 1, 1, 1, V},
    {"info", {V, V}, 2, 1, 2, V, Version{3, 0}, kNever},
    {"irate", {M}, 1, 1, 1, V},
    {"label_join", {V, T, T, T}, 4, 3, kMany, V},
    {"label_replace", {V, T, T, T, T}, 5, 5, 5, V},
    {"last_over_time", {M}, 1, 1, 1, V},
    {"ln", {V}, 1, 1, 1, V},
    {"log10", {V}, 1, 1, 1, V},
    {"log2", {V}, 1, 1, 1, V},
    {"mad_over_time", {M}, 1, 1, 1, V, Version{2, 49}, kNever},
    {"max_of", {S, S}, 2, 2, 2, S, Version{3, 13}, kNever},
    {"max_over_time", {M}, 1, 1, 1, V},
    {"min_of", {S, S}, 2, 2, 2, S, Version{3, 13}, kNever},
    {"min_over_time", {M}, 1, 1, 1, V},
    {"minute", {V}, 1, 0, 1, V},
    {"month", {V}, 1, 0, 1, V},
    {"pi", {}, 0, 0, 0, S},
    {"predict_linear", {M, S}, 2, 2, 2, V},
    {"present_over_time", {M}, 1, 1, 1, V},
    {"quantile_over_time", {S, M}, 2, 2, 2, V},
    {"rad", {V}, 1, 1, 1, V},
    {"range", {}, 0, 0, 0, S, Version{3, 12}, kNever},
    {"rate", {M}, 1, 1, 1, V},
    {"resets", {M}, 1, 1, 1, V},
    {"round", {V, S}, 2, 1, 2, V},
    {"scalar", {V}, 1, 1, 1, S},
    {"sgn", {V}, 1, 1, 1, V},
    {"sin", {V}, 1, 1, 1, V},
    {"sinh", {V}, 1, 1, 1, V},
    {"sort", {V}, 1, 1, 1, V},
    {"sort_by_label", {V, T}, 2, 1, kMany, V, Version{2, 49}, kNever},
    {"sort_by_label_desc", {V, T}, 2, 1, kMany, V, Version{2, 49}, kNever},
    {"sort_desc", {V}, 1, 1, 1, V},
    {"sqrt", {V}, 1, 1, 1, V},
    {"start", {}, 0, 0, 0, S, Version{3, 12}, kNever},
    {"start_timestamp", {V}, 1, 1, 1, V, Version{3, 12}, kNever},
    {"stddev_over_time", {M}, 1, 1, 1, V},
    {"stdvar_over_time", {M}, 1, 1, 1, V},
    {"step", {}, 0, 0, 0, S, Version{3, 12}, kNever},
    {"sum_over_time", {M}, 1, 1, 1, V},
    {"tan", {V}, 1, 1, 1, V},
    {"tanh", {V}, 1, 1, 1, V},
    {"time", {}, 0, 0, 0, S},
    {"timestamp", {V}, 1, 1, 1, V},
    {"ts_of_first_over_time", {M}, 1, 1, 1, V, Version{3, 7}, kNever},
    {"ts_of_last_over_time", {M}, 1, 1, 1, V, Version{3, 5}, kNever},
    {"ts_of_max_over_time", {M}, 1, 1, 1, V, Version{3, 5}, kNever},
    {"ts_of_min_over_time", {M}, 1, 1, 1, V, Version{3, 5}, kNever},
    {"vector", {S}, 1, 1, 1, V},
    {"year", {V}, 1, 0, 1, V},
};
// clang-format on

// May be meant as well.
constexpr std::string_view kAggregations[] = {"sum",  "avg",     "count",    "min",
                                              "max",  "group",   "stddev",   "stdvar",
                                              "topk", "bottomk", "quantile", "count_values"};

static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions),
                             [](const Function& a, const Function& b) { return a.name < b.name; }));

}  // namespace

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
    case ValueType::kString:
      return "string";
  }
  return "";
}

std::span<const Function> all_functions() {
  return kFunctions;
}

const Function* find_function(std::string_view name) {
  const auto found =
      std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                       [](const Function& function, std::string_view word) { return function.name < word; });
  return found != std::end(kFunctions) && found->name == name ? found : nullptr;
}

std::string hint_for_unknown_function(std::string_view name, const Dialect& dialect) {
  if (const Function* known = find_function(name)) {
    if (dialect.version < known->since)
      return fmt::format("Prometheus {} brings it", to_string(known->since));
    if (name == "holt_winters")
      return "Prometheus 3.0 renamed it to `double_exponential_smoothing`, which is experimental";
    return fmt::format("Prometheus {} has dropped it", to_string(known->until));
  }
  // Names of quite another length cannot be near.
  const std::size_t margin = name.size() / 3 + 1;
  std::vector<std::string> names;
  const auto consider = [&](std::string_view candidate) {
    if (candidate.size() <= name.size() + margin && name.size() <= candidate.size() + margin)
      names.emplace_back(candidate);
  };
  for (const std::string_view aggregation : kAggregations) consider(aggregation);
  for (const Function& function : kFunctions) {
    if (function.exists_in(dialect.version)) consider(function.name);
  }
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? "" : fmt::format("did you mean `{}`?", nearest);
}

}  // namespace tocsin::promql
