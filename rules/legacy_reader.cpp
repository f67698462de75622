#include "rules/legacy_reader.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <utility>

#include "core/duration.h"
#include "core/labels.h"
#include "core/yaml_text.h"
#include "rules/legacy_expression.h"
#include "rules/legacy_labels.h"

namespace tocsin {
namespace {

constexpr std::string_view kKeywords[] = {
    "ALERT",  "IF",      "FOR",          "LABELS",     "ANNOTATIONS", "KEEP_COMMON", "OFFSET", "BY",
    "ON",     "WITHOUT", "IGNORING",     "GROUP_LEFT", "GROUP_RIGHT", "BOOL",        "AND",    "OR",
    "UNLESS", "SUM",     "AVG",          "COUNT",      "MIN",         "MAX",         "STDDEV", "STDVAR",
    "TOPK",   "BOTTOMK", "COUNT_VALUES", "QUANTILE",   "INF",         "NAN"};

bool is_keyword(std::string_view word) {
  for (const std::string_view keyword : kKeywords) {
    if (is_legacy_keyword(word, keyword)) return true;
  }
  return false;
}

// What follows the expression, in the order in which 1.x wants it. Those behind kAnnotations are the form
// before 0.18.
enum Clause : std::uint8_t { kNone, kFor, kLabels, kAnnotations, kWith, kSummary, kDescription, kRunbook };
constexpr std::array<std::string_view, 8> kClauseWords{"",     "FOR",     "LABELS",      "ANNOTATIONS",
                                                       "WITH", "SUMMARY", "DESCRIPTION", "RUNBOOK"};

class LegacyReader : private LegacyCursor {
 public:
  LegacyReader(const YamlText& source, std::string file, const promql::Dialect& dialect, Problems& problems)
      : LegacyCursor(source, std::move(file), problems), dialect_(dialect) {
    out_.group.file = file_;
    out_.group.name = legacy_group_name(file_);
  }

  LegacyRuleFile read() {
    out_.group.position = position(token());
    while (!is(Kind::kEnd)) {
      if (!read_statement()) skip_to_next_statement();
    }
    if (first_regex_.line > 0 && (old_form_ || tokens_.oldest)) {
      problems_.warning(file_, first_regex_,
                        "rules of this form are from before Prometheus 0.18; before 0.17 a regex matched "
                        "anywhere in a value, now it must match all of it",
                        "write =~\".*PATTERN.*\" where a part is meant");
    }
    out_.comments = std::move(tokens_.comments);
    return std::move(out_);
  }

 private:
  // statements

  bool read_statement() {
    if (is_word("ALERT")) return read_alert();
    const bool permanent = is_word("PERMANENT") && !begins_legacy_recording(tokens_, at_);
    if (permanent) ++at_;
    const bool behind_a_rule = is(Kind::kWord) && !permanent && !token().first_on_line && at_ > 0 &&
                               !is_keyword(text()) && !begins_legacy_recording(tokens_, at_);
    if (is(Kind::kWord) && !behind_a_rule) return read_recording();
    return refuse(fmt::format("unexpected {}", described()),
                  behind_a_rule ? "the rule before it has ended here; an operator may be missing"
                                : "a rule begins with ALERT, or with the name of a series and =");
  }

  bool read_alert() {
    Rule rule;
    rule.position = position(token());
    rule.kind = Rule::Kind::kAlerting;
    extents_ = {};
    ++at_;
    if (!is(Kind::kWord) || is_keyword(text()) || text().find(':') != std::string_view::npos)
      return refuse(fmt::format("{} cannot be the name of an alert", described()),
                    "write ALERT NAME IF EXPRESSION; a name is letters, digits and _, and no keyword");
    rule.name = text();
    extents_.name = {token().begin, token().end};
    const std::size_t name_token = at_++;
    const bool glued = !is_word("IF") && rule.name.size() > 2 && rule.name.ends_with("IF");
    if (glued) rule.name.resize(rule.name.size() - 2);
    place_rule(rule);
    if (glued) {
      warn_glued(name_token, rule.name, "IF");
    } else if (is_word("IF")) {
      ++at_;
    } else {
      return refuse(fmt::format("{}expected IF after the name, not {}", place_, described()),
                    "write ALERT NAME IF EXPRESSION");
    }
    old_values_ = {};
    const bool whole = read_expression(rule);
    const bool clauses = read_clauses(rule);
    check_alert(rule);
    keep(std::move(rule));
    return whole && clauses;
  }

  void place_rule(const Rule& rule) {
    place_ = fmt::format("group {}, rule {}, {}: ", go_quote(out_.group.name), out_.group.rules.size() + 1,
                         go_quote(rule.name));
  }

  bool read_recording() {
    Rule rule;
    rule.position = position(token());
    rule.kind = Rule::Kind::kRecording;
    rule.name = text();
    place_rule(rule);
    const LegacyToken name = token();
    extents_ = {};
    extents_.name = {name.begin, name.end};
    ++at_;
    if (is_keyword(rule.name)) {
      error(
          name, fmt::format("unexpected keyword {}", rule.name),
          "a rule begins with ALERT, or with the name of a series and =; the parts of an alert are IF, FOR, "
          "LABELS, ANNOTATIONS, in this order");
      return false;
    }
    if (is_sign("{") && !read_legacy_labels(*this, rule.labels, "label")) return false;
    if (!is_sign("="))
      return refuse(fmt::format("{}expected = after the name of the series, not {}", place_, described()),
                    "a recording rule is written NAME = EXPRESSION");
    ++at_;
    const bool whole = read_expression(rule);
    keep(std::move(rule));
    return whole;
  }

  // False only where nobody can say what stands behind it.
  bool read_expression(Rule& rule) {
    const std::size_t begin = at_;
    at_ = end_of_legacy_expression(tokens_, begin);
    if (at_ == begin) {
      return refuse(fmt::format("{}expected an expression, not {}", place_, described()),
                    "write a PromQL expression");
    }
    extents_.expression = {tokens_.tokens[begin].begin, tokens_.tokens[at_ - 1].end};
    const LegacyPlace place{file_, source_, place_};
    LegacyExpression expression = read_legacy_expression(tokens_, begin, at_, place, dialect_, problems_);
    rule.expression = std::move(expression.text);
    out_.windows += expression.windows;
    if (first_regex_.line == 0 && expression.matches_regex) first_regex_ = position(tokens_.tokens[begin]);
    using promql::ValueType;
    const bool alerting = rule.kind == Rule::Kind::kAlerting;
    const bool fits = expression.type == ValueType::kVector || expression.type == ValueType::kNone ||
                      (!alerting && expression.type == ValueType::kScalar);
    if (!fits) {
      error(tokens_.tokens[begin],
            fmt::format("{}could not parse expression: expected type {} in {} statement, got {}", place_,
                        alerting ? "instant vector" : "instant vector or scalar",
                        alerting ? "alert" : "recording", promql::to_string(expression.type)),
            expression.type == ValueType::kScalar ? "vector(…) makes an instant vector of a number"
                                                  : "a rule needs one value for each series");
    }
    return true;
  }

  void keep(Rule rule) {
    out_.group.rules.push_back(std::move(rule));
    out_.extents.push_back(std::move(extents_));
    out_.ends.push_back(tokens_.tokens[at_ - 1].end);
  }

  // clauses

  Clause clause_here() const {
    if (!is(Kind::kWord)) return kNone;
    for (std::size_t i = kFor; i < kClauseWords.size(); ++i) {
      if (!is_legacy_keyword(text(), kClauseWords[i])) continue;
      // Since 0.18 the old words are names like any other.
      if (i >= kWith && begins_legacy_recording(tokens_, at_)) return kNone;
      return static_cast<Clause>(i);
    }
    return kNone;
  }

  bool read_clauses(Rule& rule) {
    std::set<Clause> read;
    Clause last = kNone;
    for (Clause clause = clause_here(); clause != kNone; clause = clause_here()) {
      if (token().glued) warn_glued(at_, tokens_.text(tokens_.tokens[at_ - 1]), text());
      check_order(clause, last, read);
      old_form_ = old_form_ || clause >= kWith;
      const std::size_t word = at_++;
      if (!read_clause(clause, word, rule)) return false;
      read.insert(clause);
      last = clause;
    }
    return true;
  }

  void check_order(Clause clause, Clause last, const std::set<Clause>& read) {
    const std::string_view word = kClauseWords[clause];
    const bool once = clause <= kWith;
    if (once && read.contains(clause)) {
      error(token(), fmt::format("{}{} is given twice", place_, word), "make one of them");
    } else if (clause <= kAnnotations ? clause < last && last <= kAnnotations
                                      : clause == kWith && last > kWith) {
      error(token(), fmt::format("{}{} must stand before {}", place_, word, kClauseWords[last]),
            clause == kWith ? "the order is FOR, WITH, then SUMMARY and the others"
                            : "the order is FOR, LABELS, ANNOTATIONS");
    } else if (clause == kFor && last > kFor) {
      error(token(), fmt::format("{}FOR must stand before {}", place_, kClauseWords[last]),
            "it comes right behind the expression");
    } else if (clause >= kWith && (read.contains(kLabels) || read.contains(kAnnotations))) {
      error(token(), fmt::format("{}{} is of another age than LABELS and ANNOTATIONS", place_, word),
            clause == kWith ? "put its labels under LABELS"
                            : fmt::format("write ANNOTATIONS {{{} = \"…\"}}", lower(word)));
    } else if ((clause == kLabels || clause == kAnnotations) && !read.empty() && *read.rbegin() >= kWith) {
      error(token(), fmt::format("{}{} is of another age than {}", place_, word, kClauseWords[last]),
            "write LABELS for WITH, and the texts under ANNOTATIONS {summary = \"…\", description = \"…\"}");
    }
  }

  bool read_clause(Clause clause, std::size_t word, Rule& rule) {
    switch (clause) {
      case kFor:
        return read_for(rule);
      case kLabels:
      case kWith:
        return read_legacy_labels(*this, rule.labels, "label", rule.name);
      case kAnnotations:
        return read_legacy_labels(*this, rule.annotations, "annotation", rule.name);
      default:
        break;
    }
    const std::string name = lower(kClauseWords[clause]);
    if (!is(Kind::kString) && !is(Kind::kUnclosed))
      return refuse(
          fmt::format("{}expected a string after {}, not {}", place_, kClauseWords[clause], described()),
          fmt::format("write {} \"…\"", kClauseWords[clause]));
    extents_.texts.push_back({TextKind::kAnnotation, name, {token().begin, token().end}});
    const std::optional<std::string> value = read_legacy_string(*this);
    if (!value) return false;
    if (!old_values_.insert(name).second)
      warn(tokens_.tokens[word], fmt::format("{}{} is given twice", place_, kClauseWords[clause]),
           "the last one counts");
    check_legacy_value(*this, tokens_.tokens[word + 1], "annotation", name, *value, rule.name);
    rule.annotations[name] = *value;
    return true;
  }

  bool read_for(Rule& rule) {
    if (!is(Kind::kNumber))
      return refuse(fmt::format("{}expected a duration after FOR, not {}", place_, described()),
                    "write FOR 5m");
    extents_.hold_for = {token().begin, token().end};
    const Result<Duration> read = parse_prometheus_duration(text());
    if (!read) {
      error(token(), place_ + read.error().message, "durations are written as 30s, 5m, 1h30m, 1d");
    } else if (*read <= Duration::zero()) {
      error(token(), place_ + "duration must be greater than 0",
            "leave FOR out for an alert that fires at once");
    } else {
      rule.hold_for = *read;
    }
    ++at_;
    return true;
  }

  void check_alert(const Rule& rule) {
    if (rule.labels.contains("alertname"))
      warn(tokens_.tokens[at_ - 1], place_ + "the label alertname is overwritten by the alert's name",
           "remove it");
  }

  static std::string lower(std::string_view upper) {
    std::string out;
    for (const char c : upper) out += static_cast<char>(c + ('a' - 'A'));
    return out;
  }

  const promql::Dialect& dialect_;
  LegacyRuleFile out_;
  bool old_form_ = false;             // WITH, SUMMARY and the like have been read
  Position first_regex_;              // the first expression that matches by a regex
  std::set<std::string> old_values_;  // SUMMARY and the like, of this rule
};

}  // namespace

LegacyRuleFile read_legacy_rules(std::string_view text, std::string file, Problems& problems,
                                 const promql::Dialect& dialect) {
  const YamlText source(text);
  if (!source.check_characters(file, problems)) return {};
  return LegacyReader(source, std::move(file), dialect, problems).read();
}

std::string legacy_group_name(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  const std::size_t dot = file.rfind('.');
  if (dot != std::string_view::npos && dot > 0) file = file.substr(0, dot);
  return file.empty() ? "rules" : std::string(file);
}

}  // namespace tocsin
