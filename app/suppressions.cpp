#include "app/suppressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "app/finding_catalogue.h"
#include "core/ascii.h"
#include "core/labels.h"
#include "core/nearest_name.h"

namespace tocsin {
namespace {

using What = CommentDirective::What;
using Speaker = CommentDirective::Speaker;

constexpr int kEndOfFile = std::numeric_limits<int>::max();

constexpr FindingKind kKinds[] = {
    {
        "ignore/file",
        Severity::kNote,
        "a file hides what is found in it",
        R"(# pint ignore/file hides all findings from its line to the end of the file, also those of checks that come
later. It is said here how many, so that nobody takes the file for a good one. `# tocsin file/disable CODE` hides those
of one kind.)",
    },
    {
        "pint/comment",
        Severity::kNote,
        "a comment for pint that cannot be understood, or does not belong to a rule",
        R"(pint's comments are understood: # pint disable CODE, # pint snooze DATE CODE, # pint file/disable CODE,
# pint file/snooze DATE CODE, # pint ignore/file, ignore/line, ignore/next-line, ignore/begin and ignore/end,
# pint rule/owner and # pint file/owner. One for a rule stands within it or right above it, without an empty line
between.)",
    },
    {
        "tocsin/comment",
        Severity::kNote,
        "a comment for tocsin check that says nothing: a wrong code, a date that has passed, or nothing to "
        "suppress",
        R"(# tocsin disable CODE [until DATE] [reason]       in or right above a rule, or on a line
# tocsin file/disable CODE [until DATE] [reason]  for the whole file
# tocsin rule/owner NAME, # tocsin file/owner NAME  see rule/owner

CODE(SUBJECT) suppresses one of several findings of a code: rule/label(team), promql/aggregate(job:true).
From DATE on (2027-01-31, at midnight UTC) the comment does not act any more. Errors are never suppressed.)",
    },
};

// The line, and where it begins an item of a list, what belongs to the item.
int end_of_item(std::span<const std::string_view> lines, int line) {
  const std::string_view first = line_at(lines, line);
  const std::size_t dash = indent_of(first);
  if (dash >= first.size() || first[dash] != '-') return line;
  int last = line;
  for (int next = line + 1; next <= static_cast<int>(lines.size()); ++next) {
    const std::string_view text = line_at(lines, next);
    if (is_empty_line(text) || is_comment_line(text)) continue;
    if (indent_of(text) <= dash || text.substr(indent_of(text)).starts_with("routes:")) break;
    last = next;
  }
  return last;
}

bool hides(What what) {
  return what != What::kOther && what != What::kInvalid && what != What::kRuleOwner &&
         what != What::kFileOwner;
}

bool begins_with(std::string_view text, std::string_view part) {
  return text.size() > part.size() && text.starts_with(part) && text[part.size()] == ':';
}

bool is_of_name(char c) {
  return is_ascii_letter_or_digit(c) || c == '_' || c == ':';
}

// Whether it stands there as a word.
bool mentions(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_of_name(text[at - 1])) && (end == text.size() || !is_of_name(text[end]))) return true;
  }
  return false;
}

// Where what was found has no subject of its own: whether its message speaks of what the comment names, a
// metric or the selector of one.
bool speaks_of(std::string_view message, std::string_view named) {
  const std::string_view name = named.substr(0, named.find('{'));
  return mentions(message, name.empty() ? named : name);
}

// Whether a comment that names `named` means what was found about `subject`: job is job:true and job:false,
// and pint writes more than the name, as in summary:true or ^up$:job.
bool means(std::string_view named, std::string_view subject) {
  if (named == subject) return true;
  const bool at_end = named.size() > subject.size() && named.ends_with(subject) &&
                      named[named.size() - subject.size() - 1] == ':';
  return at_end || begins_with(named, subject) || begins_with(subject, named);
}

// `named` is empty where the comment means all of the code.
bool is_about(const Problem& problem, std::string_view subject, std::string_view named) {
  if (named.empty()) return true;
  return subject.empty() ? speaks_of(problem.message, named) : means(named, subject);
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
  const std::vector<std::string_view> lines = split_lines(text);
  std::vector<int> open_ignores;  // entries
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!speaks(lines[i])) continue;
    if (auto directive = read_comment_directive(lines[i]))
      add(std::move(*directive), static_cast<int>(i) + 1, open_ignores);
  }
  if (entries_.empty()) return;
  const auto ranges = rules == nullptr ? LineRanges() : rule_lines(*rules, lines);
  for (Entry& entry : entries_) {
    place(entry, lines, ranges);
    if (names_server(entry, lines)) entry.directive.subject.clear();
  }
  put_in_order();
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
  entries_.push_back({std::move(directive), line, 0, 0, false, 0});
}

void Suppressions::place(Entry& entry, std::span<const std::string_view> lines, const LineRanges& rules) {
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
    case What::kRuleOwner:
      break;
    default:
      return;
  }
  if (const auto* rule = find_range(rules, entry.line)) {
    std::tie(entry.first, entry.last) = *rule;
    return;
  }
  if (entry.directive.what == What::kRuleOwner) {
    entry.directive.what = What::kInvalid;
    entry.directive.mistake = "this comment belongs to no rule";
    entry.directive.hint = "put it within the rule, or right above it without an empty line between";
    return;
  }
  entry.first = entry.line;
  if (entry.directive.alone) {
    while (is_comment_line(line_at(lines, entry.first))) ++entry.first;
  }
  entry.last = end_of_item(lines, entry.first);
  if (is_empty_line(line_at(lines, entry.first))) {
    entry.directive.what = What::kInvalid;
    entry.directive.mistake = "this comment stands above nothing";
    entry.directive.hint = "put it within the rule, or right above it without an empty line between";
  }
}

// What pint's comments name is one of its servers, or, of promql/series, a selector of the rule.
bool Suppressions::names_server(const Entry& entry, std::span<const std::string_view> lines) {
  const CommentDirective& directive = entry.directive;
  if (directive.speaker != Speaker::kPint || directive.subject.empty() || is_policy_code(directive.code))
    return false;
  if (directive.code != "promql/series") return true;
  if (directive.what != What::kDisable) return false;
  constexpr int kLongestRule = 200;  // lines; so that many comments in a long rule cost no more than it
  const int last = std::min({entry.last, static_cast<int>(lines.size()), entry.first + kLongestRule});
  for (int line = std::max(entry.first, 1); line <= last; ++line) {
    const std::string_view text = line_at(lines, line);
    if (speaks_of(text.substr(0, text.find('#')), directive.subject)) return false;
  }
  return true;
}

void Suppressions::put_in_order() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (!hides(entry.directive.what)) continue;
    const bool block = entry.last == kEndOfFile || entry.directive.what == What::kIgnoreBegin;
    if (block) of_blocks_.push_back(i);
    if (!block) of_lines_.push_back({entry.first, entry.last, i});
  }
  std::ranges::sort(of_lines_, {}, &Reach::first);
  for (std::size_t i = 1; i < of_lines_.size(); ++i)
    of_lines_[i].furthest = std::max(of_lines_[i].furthest, of_lines_[i - 1].furthest);
}

bool Suppressions::suppress(const Problem& problem, std::string_view subject) {
  bool suppressed = false;
  for (const std::size_t entry : of_blocks_) suppressed |= suppress(entries_[entry], problem, subject);
  const int line = problem.position.line;
  auto next = std::ranges::upper_bound(of_lines_, line, {}, &Reach::first);
  while (next != of_lines_.begin() && (--next)->furthest >= line)
    suppressed |= suppress(entries_[next->entry], problem, subject);
  return suppressed;
}

bool Suppressions::suppress(Entry& entry, const Problem& problem, std::string_view subject) const {
  const CommentDirective& directive = entry.directive;
  if (problem.position.line < entry.first || problem.position.line > entry.last) return false;
  const bool all = directive.what != What::kDisable && directive.what != What::kFileDisable;
  if (!all && (directive.code != problem.code || !is_about(problem, subject, directive.subject)))
    return false;
  entry.served = true;
  ++entry.hidden;
  return !directive.until || *directive.until > now_;
}

void Suppressions::report(Problems& problems, const IsUndecided& undecided) const {
  for (const Entry& entry : entries_) {
    const CommentDirective& directive = entry.directive;
    const bool own = directive.speaker == Speaker::kTocsin;
    const auto say_as = [&](std::string_view code, std::string message, std::string hint) {
      problems.add({file_,
                    {entry.line, static_cast<int>(directive.begin) + 1},
                    Severity::kNote,
                    std::move(message),
                    std::move(hint),
                    static_cast<int>(directive.end - directive.begin),
                    std::string(code)});
    };
    const auto say = [&](std::string message, std::string hint) {
      say_as(own ? "tocsin/comment" : "pint/comment", std::move(message), std::move(hint));
    };
    if (directive.what == What::kIgnoreFile && entry.hidden > 0) {
      say_as("ignore/file", "this comment hides what is found below it",
             fmt::format("{} finding{} today", entry.hidden, entry.hidden == 1 ? "" : "s"));
      continue;
    }
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
                        const Suppressions::IsUndecided& undecided,
                        const std::vector<PolicyFinding>* of_policies, Problems& problems) {
  std::unordered_map<std::string_view, Suppressions> by_file;
  for (const CommentedFile& file : files) {
    if (speaks(file.text)) by_file.try_emplace(file.file, file.file, file.text, file.rules, now);
  }
  if (by_file.empty()) {
    if (!of_policies) return;
    for (const PolicyFinding& finding : *of_policies) problems.add(finding.problem);
    return;
  }
  Problems kept;
  const auto keep = [&](const Problem& problem, std::string_view subject) {
    const auto found = by_file.find(problem.file);
    const bool suppressible = !problem.code.empty() && problem.severity != Severity::kError;
    if (!suppressible || found == by_file.end() || !found->second.suppress(problem, subject))
      kept.add(problem);
  };
  for (const Problem& problem : problems.all()) keep(problem, "");
  if (of_policies) {
    for (const PolicyFinding& finding : *of_policies) keep(finding.problem, finding.subject);
  }
  for (const CommentedFile& file : files) {
    if (const auto found = by_file.find(file.file); found != by_file.end())
      found->second.report(kept, undecided);
  }
  problems = std::move(kept);
}

}  // namespace tocsin
