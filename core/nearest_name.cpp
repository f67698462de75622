#include "core/nearest_name.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace tocsin {
namespace {

// Longer names are no typing mistakes; the bound also bounds the work.
constexpr std::size_t kLongestName = 64;

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Edit distance with swaps of neighbours as one edit; `enough` where it is that or more. Case does not count.
// Neither is longer than kLongestName.
std::size_t distance(std::string_view a, std::string_view b, std::size_t enough) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= enough) return enough;
  using Row = std::array<std::size_t, kLongestName + 1>;
  Row rows[3];
  Row *before = &rows[0], *above = &rows[1], *row = &rows[2];
  const auto at = [](Row* of, std::size_t j) -> std::size_t& { return (*of)[j]; };
  std::size_t least_above = 0;
  for (std::size_t j = 0; j <= b.size(); ++j) at(above, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t least = at(row, 0) = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1;
      std::size_t& here = at(row, j);
      here = std::min({at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + change});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1])) {
        here = std::min(here, at(before, j - 2) + 1);
      }
      least = std::min(least, here);
    }
    // A swap reaches back two rows; what is too much in both stays too much.
    if (least >= enough && least_above >= enough) return enough;
    least_above = least;
    std::swap(before, above);
    std::swap(above, row);
  }
  return std::min(at(above, b.size()), enough);
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > kLongestName) return "";
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate == name || candidate.size() > kLongestName) continue;
    const std::size_t edits = distance(name, candidate, best);
    if (edits >= best || edits >= candidate.size()) continue;
    best = edits;
    nearest = &candidate;
  }
  return nearest != nullptr ? *nearest : "";
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? "" : "did you mean \"" + nearest + "\"?";
}

}  // namespace tocsin
