#include "rules/promql/token.h"

#include <fmt/format.h>

#include <array>
#include <span>

#include "core/labels.h"
#include "core/utf8.h"

namespace tocsin::promql {
namespace {

using enum TokenKind;

struct Word {
  std::string_view name;
  TokenKind kind;
  Version since = Dialect::kOldest;
};

constexpr std::size_t kLongestWord = 12;

// By length, so that an identifier is compared with a handful at most.
constexpr Word k2[] = {{"or", kOr}, {"by", kBy}, {"on", kOn}};
constexpr Word k3[] = {{"and", kAnd}, {"sum", kSum},    {"avg", kAvg},    {"min", kMin},
                       {"max", kMax}, {"end", kFinish}, {"inf", kNumber}, {"nan", kNumber}};
constexpr Word k4[] = {{"bool", kBool}, {"topk", kTopK}, {"step", kStep, {3, 6}}, {"fill", kFill, {3, 10}}};
constexpr Word k5[] = {
    {"count", kCount}, {"group", kGroup}, {"start", kStart}, {"atan2", kAtan2}, {"range", kRange, {3, 6}}};
constexpr Word k6[] = {{"unless", kUnless},          {"stddev", kStddev}, {"stdvar", kStdvar},
                       {"limitk", kLimitK, {2, 54}}, {"offset", kOffset}, {"min_of", kMinOf, {3, 13}},
                       {"max_of", kMaxOf, {3, 13}}};
constexpr Word k7[] = {{"bottomk", kBottomK}, {"without", kWithout}};
constexpr Word k8[] = {{"quantile", kQuantile},
                       {"ignoring", kIgnoring},
                       {"anchored", kAnchored, {3, 7}},
                       {"smoothed", kSmoothed, {3, 7}}};
constexpr Word k9[] = {{"fill_left", kFillLeft, {3, 10}}};
constexpr Word k10[] = {{"group_left", kGroupLeft}, {"fill_right", kFillRight, {3, 10}}};
constexpr Word k11[] = {{"group_right", kGroupRight}, {"limit_ratio", kLimitRatio, {2, 54}}};
constexpr Word k12[] = {{"count_values", kCountValues}};

constexpr std::array<std::span<const Word>, kLongestWord + 1> kWords = {
    std::span<const Word>{}, std::span<const Word>{}, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12};

bool is_keyword(TokenKind kind) {
  return kind >= kBool && kind <= kFillRight;
}

// At most ten runes of it, quoted, as Go's %.10q does.
std::string quoted_start(std::string_view text) {
  if (text.size() <= 10) return go_quote(text);
  std::size_t bytes = 0;
  for (int runes = 0; runes < 10 && bytes < text.size(); ++runes)
    bytes += first_rune(text.substr(bytes)).bytes;
  return go_quote(text.substr(0, bytes)) + "...";
}

}  // namespace

bool may_name_metric(TokenKind kind) {
  if (kind == kIdentifier || kind == kMetricIdentifier) return true;
  switch (kind) {
    case kBool:
    case kOn:
    case kIgnoring:
    case kGroupLeft:
    case kGroupRight:
    case kAtan2:
      return false;
    default:
      return is_word(kind);
  }
}

bool may_name_label(TokenKind kind) {
  return kind == kIdentifier || kind == kMetricIdentifier || (is_word(kind) && kind != kWithout);
}

TokenKind kind_of_word(std::string_view word, const Dialect& dialect) {
  if (word.size() <= kLongestWord) {
    std::array<char, kLongestWord> lower{};
    for (std::size_t i = 0; i < word.size(); ++i) {
      const char c = word[i];
      lower[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    const std::string_view folded(lower.data(), word.size());
    for (const Word& known : kWords[word.size()]) {
      if (known.name == folded && dialect.version >= known.since) return known.kind;
    }
  }
  return word.find(':') == std::string_view::npos ? kIdentifier : kMetricIdentifier;
}

std::string describe(TokenKind kind, std::string_view text) {
  switch (kind) {
    case kEnd:
      return "end of input";
    case kIdentifier:
      return "identifier " + go_quote(text);
    case kMetricIdentifier:
      return "metric identifier " + go_quote(text);
    case kNumber:
      return "number " + quoted_start(text);
    case kDuration:
      return "duration " + quoted_start(text);
    case kString:
      return "string " + quoted_start(text);
    default:
      break;
  }
  if (is_keyword(kind)) return fmt::format("<{}>", text);
  if (is_aggregation(kind)) return fmt::format("<aggr:{}>", text);
  if (is_binary_operator(kind) || kind == kAt || kind == kEqualRegex || kind == kNotRegex)
    return fmt::format("<op:{}>", text);
  return quoted_start(text);
}

}  // namespace tocsin::promql
