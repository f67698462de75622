// The lines of a text, and which of them belong to which rule of a rule file: for the comments that act on a
// rule.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/checked_rule_file.h"

namespace tocsin {

std::vector<std::string_view> split_lines(std::string_view text);
// Of line 1 on; empty where there is none.
std::string_view line_at(std::span<const std::string_view> lines, int number);
std::size_t indent_of(std::string_view line);
bool is_empty_line(std::string_view line);
bool is_comment_line(std::string_view line);

// Of each rule, by line: from the first of the comments right above it to the last line before what follows
// it.
using LineRanges = std::vector<std::pair<int, int>>;
LineRanges rule_lines(const CheckedRuleFile&, std::span<const std::string_view> lines);
// The first of them that has the line, where rules share lines; null: the line belongs to no rule.
const std::pair<int, int>* find_range(const LineRanges&, int line);

}  // namespace tocsin
