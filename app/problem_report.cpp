#include "app/problem_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "core/utf8.h"
#include "core/yaml_text.h"

namespace tocsin {
namespace {

// Of a longer line only the part around the mistake is shown.
constexpr std::size_t kLongestLine = 160;
constexpr std::size_t kBefore = 60;

struct Source {
  explicit Source(std::string contents) : text(std::move(contents)) {}
  std::string text;
  YamlText lines{text};
};

// Blanks as wide as the text; tabs stay tabs.
std::string blanks_for(std::string_view text) {
  std::string blanks;
  while (!text.empty()) {
    blanks += text.front() == '\t' ? '\t' : ' ';
    text.remove_prefix(first_rune(text).bytes);
  }
  return blanks;
}

bool is_inside_rune(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

// "    5 | expr: raet(foo[5m])" and "      |       ^~~~"
std::string underlined(const Problem& problem, std::string_view line) {
  std::size_t begin = std::min(line.size(), static_cast<std::size_t>(problem.position.column - 1));
  std::size_t length = std::min(line.size() - begin, static_cast<std::size_t>(problem.length));
  std::string_view before_cut, after_cut;
  if (line.size() > kLongestLine) {
    std::size_t start = begin > kBefore ? begin - kBefore : 0;
    while (is_inside_rune(line, start)) ++start;
    if (start > 0) before_cut = "…";
    line.remove_prefix(start);
    begin -= start;
    std::size_t end = std::min(line.size(), kLongestLine);
    while (is_inside_rune(line, end)) --end;
    if (end < line.size()) after_cut = "…";
    line = line.substr(0, end);
    length = std::min(length, line.size() - std::min(begin, line.size()));
  }
  const std::size_t width = std::max<std::size_t>(1, count_runes(line.substr(begin, length)));
  return fmt::format("{:>5} | {}{}{}\n      | {}{}^{}\n", problem.position.line, before_cut, line, after_cut,
                     before_cut.empty() ? "" : " ", blanks_for(line.substr(0, begin)),
                     std::string(width - 1, '~'));
}

}  // namespace

std::string problem_report(const Problems& problems, Files& files) {
  std::map<std::string, Source> sources;  // of the files that have something to underline
  std::string report;
  for (const Problem* problem : problems.in_order()) {
    report += problem->to_string() + '\n';
    if (problem->length <= 0 || problem->position.column <= 0) continue;
    auto source = sources.find(problem->file);
    if (source == sources.end())
      source = sources.try_emplace(problem->file, files.read(problem->file).value_or("")).first;
    const std::string_view line = source->second.lines.line(problem->position.line);
    if (!line.empty()) report += underlined(*problem, line);
  }
  return report;
}

}  // namespace tocsin
