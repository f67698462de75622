#include "rules/online/selectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/ascii.h"
#include "rules/promql/printer.h"

namespace tocsin {

using namespace promql;

namespace {

void add_modifiers(const Modifiers* modifiers, Reach& reach) {
  if (modifiers == nullptr) return;
  reach.offset += std::max(modifiers->offset, Duration::zero());
  if (modifiers->offset_expression != nullptr || modifiers->at == Modifiers::At::kTime) reach.known = false;
}

}  // namespace

std::string bare_selector(const VectorSelector& selector) {
  VectorSelector bare = selector;
  bare.modifiers = nullptr;
  bare.anchored = bare.smoothed = false;
  return to_string(bare);
}

std::string metric_selector(std::string_view metric) {
  const bool plain =
      std::ranges::all_of(metric, [](char c) { return is_ascii_letter_or_digit(c) || c == '_' || c == ':'; });
  if (plain && !metric.empty() && (metric[0] < '0' || metric[0] > '9')) return std::string(metric);
  VectorSelector bare;
  bare.kind = NodeKind::kSelector;
  const LabelMatcher name{"__name__", MatchType::kEqual, metric, {}, {}};
  bare.matchers = std::span(&name, 1);
  return to_string(bare);
}

Reach reach_of(const ExpressionView& view, std::size_t node) {
  Reach reach;
  if (const auto* selector = as<VectorSelector>(view[node].expr)) add_modifiers(selector->modifiers, reach);
  for (auto at = view[node].parent; at != ExpressionView::kNone;
       at = view[static_cast<std::size_t>(at)].parent) {
    const Expr* above = view[static_cast<std::size_t>(at)].expr;
    if (const auto* range = as<RangeSelector>(above)) {
      reach.range += range->range;
      if (range->range_expression != nullptr) reach.known = false;
    } else if (const auto* subquery = as<Subquery>(above)) {
      reach.range += subquery->range;
      if (subquery->range_expression != nullptr) reach.known = false;
      add_modifiers(subquery->modifiers, reach);
    }
  }
  return reach;
}

Question series_by_job(const VectorSelector& selector) {
  return {Question::Kind::kValue, fmt::format("count by (job) ({})", bare_selector(selector)), ""};
}

}  // namespace tocsin
