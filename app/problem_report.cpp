#include "app/problem_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/utf8.h"

namespace tocsin {
namespace {

// Of a longer line only the part around the mistake is shown.
constexpr std::size_t kLongestLine = 160;
constexpr std::size_t kBefore = 60;

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
std::string underlined(const Problem& problem, std::string_view line, Colour colour, Paint paint) {
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
  return fmt::format("{:>5} | {}{}{}\n      | {}{}{}\n", problem.position.line, before_cut, line, after_cut,
                     before_cut.empty() ? "" : " ", blanks_for(line.substr(0, begin)),
                     painted("^" + std::string(width - 1, '~'), colour, paint));
}

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return Colour::kRed;
    case Severity::kWarning:
      return Colour::kYellow;
    case Severity::kNote:
      return Colour::kCyan;
  }
  return Colour::kRed;
}

constexpr const char* kSequences[] = {"\033[31m", "\033[33m", "\033[36m", "\033[32m", "\033[1m"};
constexpr const char* kPlainAgain = "\033[0m";

// Problem::to_string with place and severity in colours.
std::string heading(const Problem& problem, Paint paint) {
  if (paint == Paint::kPlain) return problem.to_string();
  const std::string line = problem.to_string();
  const std::string word(to_string(problem.severity));
  const std::size_t at = line.find(word + ": ");
  if (at == std::string::npos) return line;
  return painted(line.substr(0, at), Colour::kBold, paint) +
         painted(word, colour_of(problem.severity), paint) + line.substr(at + word.size());
}

}  // namespace

std::string painted(std::string_view text, Colour colour, Paint paint) {
  if (paint == Paint::kPlain || text.empty()) return std::string(text);
  return kSequences[static_cast<std::size_t>(colour)] + std::string(text) + kPlainAgain;
}

void append_problem(std::string& out, const Problem& problem, SourceLines& lines, Paint paint) {
  out += heading(problem, paint) + '\n';
  if (problem.length <= 0 || problem.position.column <= 0) return;
  const std::string_view line = lines.line(problem.file, problem.position.line);
  if (!line.empty()) out += underlined(problem, line, colour_of(problem.severity), paint);
}

std::string problem_report(const Problems& problems, Files& files) {
  SourceLines lines(files);
  std::string report;
  for (const Problem* problem : problems.in_order()) append_problem(report, *problem, lines, Paint::kPlain);
  return report;
}

}  // namespace tocsin
