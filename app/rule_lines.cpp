#include "app/rule_lines.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::string_view kBlanks = " \t\r";

}  // namespace

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(kBlanks), line.size());
}
bool is_empty_line(std::string_view line) {
  return indent_of(line) == line.size();
}
bool is_comment_line(std::string_view line) {
  return !is_empty_line(line) && line[indent_of(line)] == '#';
}

std::string_view line_at(std::span<const std::string_view> lines, int number) {
  return number < 1 || number > static_cast<int>(lines.size()) ? std::string_view()
                                                               : lines[static_cast<std::size_t>(number - 1)];
}

LineRanges rule_lines(const CheckedRuleFile& file, std::span<const std::string_view> lines) {
  std::vector<std::pair<int, bool>> starts;  // whether it is a rule
  for (const CheckedGroup& group : file.groups) {
    if (!group.node.absent()) starts.emplace_back(group.group->position.line, false);
    for (const CheckedRule& rule : group.rules) starts.emplace_back(rule.rule->position.line, true);
  }
  std::ranges::sort(starts);
  const auto with_comments = [&](int line) {
    while (is_comment_line(line_at(lines, line - 1))) --line;
    return line;
  };
  LineRanges ranges;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (!starts[i].second) continue;
    int last =
        i + 1 < starts.size() ? with_comments(starts[i + 1].first) - 1 : static_cast<int>(lines.size());
    while (last > starts[i].first && is_empty_line(line_at(lines, last))) --last;
    ranges.emplace_back(with_comments(starts[i].first), std::max(last, starts[i].first));
  }
  return ranges;
}

const std::pair<int, int>* find_range(const LineRanges& ranges, int line) {
  // They are in order by their ends, too: only those that begin in the same line have lines in common.
  const auto found = std::ranges::lower_bound(ranges, line, {}, &std::pair<int, int>::second);
  return found != ranges.end() && found->first <= line ? &*found : nullptr;
}

}  // namespace tocsin
