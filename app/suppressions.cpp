#include "app/suppressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "app/finding_catalogue.h"
#include "core/labels.h"
#include "core/nearest_name.h"

namespace tocsin {
namespace {

using What = CommentDirective::What;
using Speaker = CommentDirective::Speaker;

constexpr int kEndOfFile = std::numeric_limits<int>::max();
constexpr std::string_view kBlanks = " \t\r";

constexpr FindingKind kKinds[] = {
    {
        "pint/comment",
        Severity::kNote,
        "a comment for pint that cannot be understood, or does not belong to a rule",
        R"(pint's comments are understood: # pint disable CODE, # pint snooze DATE CODE, # pint file/disable CODE,
# pint file/snooze DATE CODE, # pint ignore/file, ignore/line, ignore/next-line, ignore/begin and ignore/end. One for a
rule stands within it or right above it, without an empty line between.)",
    },
    {
        "tocsin/comment",
        Severity::kNote,
        "a comment for tocsin check that says nothing: a wrong code, a date that has passed, or nothing to "
        "suppress",
        R"(# tocsin disable CODE [until DATE] [reason]       in or right above a rule, or on a line
# tocsin file/disable CODE [until DATE] [reason]  for the whole file

From DATE on (2027-01-31, at midnight UTC) the comment does not act any more. Errors are never suppressed.)",
    },
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::size_t indent(std::string_view line) {
  return std::min(line.find_first_not_of(kBlanks), line.size());
}
bool is_empty(std::string_view line) {
  return indent(line) == line.size();
}
bool is_comment(std::string_view line) {
  return !is_empty(line) && line[indent(line)] == '#';
}

// Lines from 1 on.
std::string_view line_at(std::span<const std::string_view> lines, int number) {
  return number < 1 || number > static_cast<int>(lines.size()) ? std::string_view()
                                                               : lines[static_cast<std::size_t>(number - 1)];
}

// From the first of the comments right above a rule to the last line before what follows it.
std::vector<std::pair<int, int>> rule_lines(const CheckedRuleFile& file,
                                            std::span<const std::string_view> lines) {
  std::vector<std::pair<int, bool>> starts;  // whether it is a rule
  for (const CheckedGroup& group : file.groups) {
    if (!group.node.absent()) starts.emplace_back(group.group->position.line, false);
    for (const CheckedRule& rule : group.rules) starts.emplace_back(rule.rule->position.line, true);
  }
  std::ranges::sort(starts);
  const auto with_comments = [&](int line) {
    while (is_comment(line_at(lines, line - 1))) --line;
    return line;
  };
  std::vector<std::pair<int, int>> ranges;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (!starts[i].second) continue;
    int last =
        i + 1 < starts.size() ? with_comments(starts[i + 1].first) - 1 : static_cast<int>(lines.size());
    while (last > starts[i].first && is_empty(line_at(lines, last))) --last;
    ranges.emplace_back(with_comments(starts[i].first), std::max(last, starts[i].first));
  }
  return ranges;
}

// The line, and where it begins an item of a list, what belongs to the item.
int end_of_item(std::span<const std::string_view> lines, int line) {
  const std::string_view first = line_at(lines, line);
  const std::size_t dash = indent(first);
  if (dash >= first.size() || first[dash] != '-') return line;
  int last = line;
  for (int next = line + 1; next <= static_cast<int>(lines.size()); ++next) {
    const std::string_view text = line_at(lines, next);
    if (is_empty(text) || is_comment(text)) continue;
    if (indent(text) <= dash || text.substr(indent(text)).starts_with("routes:")) break;
    last = next;
  }
  return last;
}

bool speaks(std::string_view text) {
  return text.find("tocsin") != std::string_view::npos || text.find("pint") != std::string_view::npos;
}

}  // namespace

std::span<const FindingKind> suppression_finding_kinds() {
  return kKinds;
}

Suppressions::Suppressions(std::string file, std::string_view text, const CheckedRuleFile* rules,
                           TimePoint now)
    : file_(std::move(file)), now_(now) {
  if (!speaks(text)) return;
  const std::vector<std::string_view> lines = lines_of(text);
  std::vector<int> open_ignores;  // entries
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!speaks(lines[i])) continue;
    if (auto directive = read_comment_directive(lines[i]))
      add(std::move(*directive), static_cast<int>(i) + 1, open_ignores);
  }
  if (entries_.empty()) return;
  const auto ranges = rules == nullptr ? std::vector<std::pair<int, int>>() : rule_lines(*rules, lines);
  for (Entry& entry : entries_) place(entry, lines, ranges);
}

void Suppressions::add(CommentDirective directive, int line, std::vector<int>& open_ignores) {
  if (directive.what == What::kIgnoreEnd) {
    if (open_ignores.empty()) {
      directive.what = What::kInvalid;
      directive.mistake = "pint ignore/end without an ignore/begin before it";
    } else {
      entries_[static_cast<std::size_t>(open_ignores.back())].last = line;
      open_ignores.pop_back();
      return;
    }
  }
  if (directive.what == What::kIgnoreBegin) open_ignores.push_back(static_cast<int>(entries_.size()));
  entries_.push_back({std::move(directive), line, 0, 0, false});
}

void Suppressions::place(Entry& entry, std::span<const std::string_view> lines,
                         const std::vector<std::pair<int, int>>& rules) {
  switch (entry.directive.what) {
    case What::kFileDisable:
      entry.first = 0;
      entry.last = kEndOfFile;
      return;
    case What::kIgnoreFile:
      entry.first = entry.line;
      entry.last = kEndOfFile;
      return;
    case What::kIgnoreLine:
      entry.first = entry.last = entry.line;
      return;
    case What::kIgnoreNextLine:
      entry.first = entry.last = entry.line + 1;
      return;
    case What::kIgnoreBegin:
      entry.first = entry.line;
      if (entry.last == 0) entry.last = kEndOfFile;
      return;
    case What::kDisable:
      break;
    default:
      return;
  }
  for (const auto& [first, last] : rules) {
    if (entry.line < first || entry.line > last) continue;
    entry.first = first;
    entry.last = last;
    return;
  }
  entry.first = entry.line;
  if (entry.directive.alone) {
    while (is_comment(line_at(lines, entry.first))) ++entry.first;
  }
  entry.last = end_of_item(lines, entry.first);
  if (is_empty(line_at(lines, entry.first))) {
    entry.directive.what = What::kInvalid;
    entry.directive.mistake = "this comment stands above nothing";
    entry.directive.hint = "put it within the rule, or right above it without an empty line between";
  }
}

bool Suppressions::suppress(const Problem& problem) {
  bool suppressed = false;
  for (Entry& entry : entries_) {
    const CommentDirective& directive = entry.directive;
    if (directive.what == What::kOther || directive.what == What::kInvalid) continue;
    if (problem.position.line < entry.first || problem.position.line > entry.last) continue;
    const bool all = directive.what != What::kDisable && directive.what != What::kFileDisable;
    if (!all && directive.code != problem.code) continue;
    entry.served = true;
    suppressed = suppressed || !directive.until || *directive.until > now_;
  }
  return suppressed;
}

void Suppressions::report(Problems& problems, const IsUndecided& undecided) const {
  for (const Entry& entry : entries_) {
    const CommentDirective& directive = entry.directive;
    const bool own = directive.speaker == Speaker::kTocsin;
    const auto say = [&](std::string message, std::string hint) {
      problems.add({file_,
                    {entry.line, static_cast<int>(directive.begin) + 1},
                    Severity::kNote,
                    std::move(message),
                    std::move(hint),
                    static_cast<int>(directive.end - directive.begin),
                    own ? "tocsin/comment" : "pint/comment"});
    };
    if (directive.what == What::kInvalid) {
      say(directive.mistake, directive.hint);
      continue;
    }
    if (directive.what != What::kDisable && directive.what != What::kFileDisable) continue;
    const bool known = find_finding(directive.code) != nullptr;
    if (!known && !is_pint_check(directive.code)) {
      std::vector<std::string> codes;
      for (const FindingKind& kind : all_findings()) codes.emplace_back(kind.code);
      const std::string hint = did_you_mean(directive.code, codes);
      say(fmt::format("there is no check {}", go_quote(directive.code)), hint);
    } else if (directive.until && *directive.until <= now_) {
      say(fmt::format("this suppression of {} has ended on {} and does not act any more", directive.code,
                      format_rfc3339(*directive.until).substr(0, 10)),
          entry.served ? "mend what it hides, or give it another date"
                       : "remove it: there is nothing to suppress");
    } else if (own && !entry.served && !undecided(directive.code)) {
      say(fmt::format("this comment suppresses nothing: there is no finding {} here", directive.code),
          known ? "remove it" : "tocsin check does not have this check of pint's");
    }
  }
}

void apply_suppressions(std::span<const CommentedFile> files, TimePoint now,
                        const Suppressions::IsUndecided& undecided, Problems& problems) {
  std::unordered_map<std::string_view, Suppressions> by_file;
  for (const CommentedFile& file : files) {
    if (speaks(file.text)) by_file.try_emplace(file.file, file.file, file.text, file.rules, now);
  }
  if (by_file.empty()) return;
  Problems kept;
  for (const Problem& problem : problems.all()) {
    const auto found = by_file.find(problem.file);
    const bool suppressible = !problem.code.empty() && problem.severity != Severity::kError;
    if (!suppressible || found == by_file.end() || !found->second.suppress(problem)) kept.add(problem);
  }
  for (const CommentedFile& file : files) {
    if (const auto found = by_file.find(file.file); found != by_file.end())
      found->second.report(kept, undecided);
  }
  problems = std::move(kept);
}

}  // namespace tocsin
