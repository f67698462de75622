// What the comments of a checked file suppress, and what they say that is of no use: unknown codes, dates
// that have passed, comments that suppress nothing.
//
// A comment acts on the rule in which it stands or right above which it stands; in a file without rules, or
// outside of them, on its line, or where it stands alone on the next line and, where that begins an item of a
// list, the whole item. It never takes away an error.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/comment_directive.h"
#include "app/rule_lines.h"
#include "core/finding.h"
#include "core/problem.h"
#include "core/time.h"
#include "rules/checked_rule_file.h"
#include "rules/policies/policy_check.h"

namespace tocsin {

class Suppressions {
 public:
  // `text` is the file's; `rules` is its rules, or null for a configuration.
  Suppressions(std::string file, std::string_view text, const CheckedRuleFile* rules, TimePoint now);

  // Whether a comment takes the problem away; the comment has then served. A comment that names a subject
  // takes away what is about it: what was found names its subject, or its message does.
  bool suppress(const Problem&, std::string_view subject = "");
  // After all problems of the file have been shown to it. Of codes of which nobody knows whether there is
  // such a finding, it does not say that a comment suppresses nothing.
  using IsUndecided = std::function<bool(std::string_view code)>;
  void report(Problems&, const IsUndecided&) const;

 private:
  struct Entry {
    CommentDirective directive;
    int line = 0;
    int first = 0, last = 0;  // lines where it acts
    bool served = false;
    std::size_t hidden = 0;  // problems
  };
  void add(CommentDirective, int line, std::vector<int>& open_ignores);
  static bool names_server(const Entry&, std::span<const std::string_view> lines);
  void place(Entry&, std::span<const std::string_view> lines, const LineRanges& rules);
  void put_in_order();
  bool suppress(Entry&, const Problem&, std::string_view subject) const;

  std::string file_;
  TimePoint now_;
  std::vector<Entry> entries_;
  // Those that hide something, so that a problem is not held against all of them.
  struct Reach {
    int first = 0;
    int furthest = 0;  // line on which this one or any before it acts
    std::size_t entry = 0;
  };
  std::vector<Reach> of_lines_;         // which act on a rule, an item or a line, by first line
  std::vector<std::size_t> of_blocks_;  // and on more
};

std::span<const FindingKind> suppression_finding_kinds();

// Takes away what comments suppress, and adds what is to be said of the comments.
struct CommentedFile {
  std::string file;
  std::string_view text;
  const CheckedRuleFile* rules = nullptr;
};
// What policies have found joins the problems, where no comment takes it away; null: no policy was asked.
void apply_suppressions(std::span<const CommentedFile>, TimePoint now, const Suppressions::IsUndecided&,
                        const std::vector<PolicyFinding>* of_policies, Problems&);

}  // namespace tocsin
