// Columns as other programs count them: in characters, from 1. Ours are bytes.
#pragma once

#include <algorithm>
#include <string_view>

#include "core/problem.h"
#include "core/utf8.h"

namespace tocsin {

struct CharacterColumns {
  int first = 0;   // 0: not known
  int behind = 0;  // the column behind the last character; 0: not known
};

inline CharacterColumns character_columns(const Problem& problem, std::string_view line) {
  if (problem.position.column <= 0) return {};
  const auto column = [&](int byte) {
    const auto before = static_cast<std::size_t>(byte - 1);
    const std::size_t beyond = before > line.size() ? before - line.size() : 0;
    return static_cast<int>(count_runes(line.substr(0, std::min(before, line.size()))) + beyond) + 1;
  };
  const int first = column(problem.position.column);
  if (problem.length <= 0) return {first, 0};
  return {first, std::max(first + 1, column(problem.position.column + problem.length))};
}

}  // namespace tocsin
