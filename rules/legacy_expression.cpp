#include "rules/legacy_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "rules/promql/printer.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using Kind = LegacyToken::Kind;

template <std::size_t N>
bool is_any(std::string_view word, const std::array<std::string_view, N>& keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return is_legacy_keyword(word, keyword); });
}

constexpr std::array<std::string_view, 5> kStatementWords{"ALERT", "IF", "FOR", "LABELS", "ANNOTATIONS"};
constexpr std::array<std::string_view, 5> kOperators{"AND", "OR", "UNLESS", "BOOL", "OFFSET"};
constexpr std::array<std::string_view, 2> kGroupings{"BY", "WITHOUT"};
constexpr std::array<std::string_view, 4> kMatchings{"ON", "IGNORING", "GROUP_LEFT", "GROUP_RIGHT"};
constexpr std::array<std::string_view, 2> kKeepCommon{"KEEP_COMMON", "KEEPING_EXTRA"};

bool is_sign(const LegacyTokens& file, std::size_t token, std::string_view sign) {
  return file.tokens[token].kind == Kind::kSign && file.text(file.tokens[token]) == sign;
}

// Behind the parenthesis that closes a list of labels, or behind what can still be one.
std::size_t behind_label_list(const LegacyTokens& file, std::size_t token) {
  ++token;
  while (file.tokens[token].kind == Kind::kWord || is_sign(file, token, ",")) ++token;
  return is_sign(file, token, ")") ? token + 1 : token;
}

// Goes through tokens as long as they may belong to one expression.
class ExpressionEnd {
 public:
  ExpressionEnd(const LegacyTokens& file, std::size_t token) : file_(file), at_(token) {}

  std::size_t find() {
    const std::size_t start = at_;
    while (file_.tokens[at_].kind != Kind::kEnd) {
      if (at_ != start && begins_legacy_statement(file_, at_)) break;
      if (in_braces_) {
        if (!pass_in_braces()) break;
      } else if (!pass()) {
        break;
      }
    }
    return at_;
  }

 private:
  bool pass() {
    const LegacyToken& token = file_.tokens[at_];
    if (token.kind == Kind::kWord) return pass_word(file_.text(token));
    if (token.kind == Kind::kSign) {
      pass_sign(file_.text(token));
    } else {
      operand_read_ = true;
    }
    ++at_;
    return true;
  }

  bool pass_word(std::string_view word) {
    if (is_any(word, kStatementWords)) return false;
    if (is_any(word, kGroupings) || is_any(word, kMatchings)) {
      operand_read_ = is_any(word, kGroupings);
      ++at_;
      if (is_sign(file_, at_, "(")) at_ = behind_label_list(file_, at_);
      return true;
    }
    if (is_any(word, kOperators)) {
      operand_read_ = false;
    } else if (!is_any(word, kKeepCommon)) {
      // A second operand in a row is the next rule's name, or a clause; inside parentheses it is a mistake.
      if (operand_read_ && depth_ == 0) return false;
      operand_read_ = true;
    }
    ++at_;
    return true;
  }

  void pass_sign(std::string_view sign) {
    if (sign == "(" || sign == "[") {
      ++depth_;
      operand_read_ = false;
    } else if (sign == ")" || sign == "]") {
      depth_ = std::max(0, depth_ - 1);
      operand_read_ = true;
    } else if (sign == "{") {
      in_braces_ = true;
    } else {
      operand_read_ = sign == "}";
    }
  }

  // A brace within braces is that of the labels behind an expression whose own was not closed.
  bool pass_in_braces() {
    if (is_sign(file_, at_, "{")) return false;
    if (is_sign(file_, at_, "}")) {
      in_braces_ = false;
      operand_read_ = true;
    }
    const LegacyToken& token = file_.tokens[at_];
    const bool keyword = token.kind == Kind::kWord && is_any(file_.text(token), kStatementWords);
    if (keyword && !file_.tokens[at_ + 1].first_on_line && file_.tokens[at_ + 1].kind != Kind::kSign)
      return false;
    ++at_;
    return true;
  }

  const LegacyTokens& file_;
  std::size_t at_;
  int depth_ = 0;
  bool in_braces_ = false;
  bool operand_read_ = false;
};

// A text being changed that still knows where each of its bytes stood in the file.
class EditedText {
 public:
  void append(std::string_view text, std::size_t place, bool moving) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      text_ += text[i];
      places_.push_back(static_cast<std::uint32_t>(moving ? place + i : place));
    }
    end_ = static_cast<std::uint32_t>(moving ? place + text.size() : place);
  }
  const std::string& text() const { return text_; }
  std::size_t place(std::size_t offset) const { return offset < places_.size() ? places_[offset] : end_; }

 private:
  std::string text_;
  std::vector<std::uint32_t> places_;
  std::uint32_t end_ = 0;
};

class ExpressionReader {
 public:
  ExpressionReader(const LegacyTokens& file, std::size_t begin, std::size_t end, const LegacyPlace& place,
                   const promql::Dialect& dialect, Problems& problems)
      : file_(file), begin_(begin), end_(end), place_(place), dialect_(dialect), problems_(problems) {}

  LegacyExpression read() {
    rewrite_words();
    const promql::Parsed parsed = promql::parse(edited_.text(), dialect_);
    for (const promql::Mistake& mistake : parsed.errors)
      report(Severity::kError, mistake, "could not parse expression: ");
    for (const promql::Mistake& mistake : parsed.warnings) report(Severity::kWarning, mistake, "");
    if (parsed.tree.root() == nullptr || gone_) return {.text = edited_.text()};
    return with_tight_signs(*parsed.tree.root());
  }

 private:
  void rewrite_words() {
    std::vector<std::size_t> to_close;  // depths at which count_scalar( was opened
    std::size_t depth = 0;
    std::size_t copied = file_.tokens[begin_].begin;
    const auto copy_to = [&](std::size_t offset) {
      edited_.append(std::string_view(file_.code).substr(copied, offset - copied), copied, true);
      copied = offset;
    };
    const auto replace = [&](const LegacyToken& token, std::string_view text) {
      copy_to(token.begin);
      edited_.append(text, token.begin, false);
      copied = token.end;
    };
    for (std::size_t i = begin_; i < end_; ++i) {
      const LegacyToken& token = file_.tokens[i];
      if (is_sign(file_, i, "(")) ++depth;
      if (is_sign(file_, i, ")")) {
        if (!to_close.empty() && to_close.back() == depth) {
          copy_to(token.end);
          edited_.append(" or vector(0))", token.begin, false);
          to_close.pop_back();
        }
        depth -= depth > 0 ? 1 : 0;
      }
      if (file_.oldest && token.kind == Kind::kString && file_.code[token.begin] != '`') {
        replace(token, doubled_backslashes(file_.text(token)));
      }
      if (token.kind != Kind::kWord) continue;
      const std::string_view word = file_.text(token);
      const bool called = is_sign(file_, i + 1, "(");
      if (is_any(word, kKeepCommon)) {
        refuse(token, fmt::format("{} is not in PromQL since Prometheus 2", word),
               "name the labels that are to stay in by (…)");
        replace(token, " ");
      } else if (called && word == "drop_common_labels") {
        refuse(token, "the function drop_common_labels is not in PromQL since Prometheus 2",
               "name the labels that are to go: sum without (…) (…)");
        replace(token, " ");
      } else if (called && word == "count_scalar") {
        replace(token, "scalar(count");
        to_close.push_back(depth + 1);
        warn(token, "count_scalar(v) is read as scalar(count(v) or vector(0))",
             "that is the same in today's PromQL");
      } else if (called && word == "holt_winters" && dialect_.at_least(3, 0)) {
        replace(token, "double_exponential_smoothing");
        warn(token, "holt_winters is read as double_exponential_smoothing", "Prometheus 3 renamed it");
      }
    }
    copy_to(end_ > begin_ ? file_.tokens[end_ - 1].end : copied);
  }

  static std::string doubled_backslashes(std::string_view literal) {
    std::string out;
    for (const char c : literal) out.append(c == '\\' ? 2 : 1, c);
    return out;
  }

  // Before 2.16 a sign bound tighter than ^: -a^2 was (-a)^2.
  LegacyExpression with_tight_signs(const promql::Expr& root) {
    std::vector<std::pair<std::uint32_t, char>> insertions;
    std::set<const promql::Expr*> inner;  // signs behind signs, which have been looked at
    promql::walk(root, [&](const promql::Expr& node) {
      const auto* unary = promql::as<promql::UnaryExpr>(&node);
      if (unary == nullptr || inner.contains(unary)) return;
      bool negative = unary->negative;
      const promql::Expr* operand = unary->expression;
      while (const auto* next = promql::as<promql::UnaryExpr>(operand)) {
        inner.insert(next);
        negative = negative || next->negative;
        operand = next->expression;
      }
      const auto* power = promql::as<promql::BinaryExpr>(operand);
      if (!negative || power == nullptr || power->op != promql::BinaryOperator::kPow) return;
      insertions.push_back({node.extent.begin, '('});
      insertions.push_back({power->left->extent.end, ')'});
      problems_.add({place_.file, place_.source.position(edited_.place(node.extent.begin)),
                     Severity::kWarning,
                     place_.rule + "the sign belongs to the base of ^ here, as it did before Prometheus 2.16",
                     "today's PromQL needs parentheses for that: (-a) ^ b", 0});
    });
    if (insertions.empty()) return described(root);
    std::stable_sort(insertions.begin(), insertions.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string text;
    std::size_t copied = 0;
    for (const auto& [offset, sign] : insertions) {
      text += edited_.text().substr(copied, offset - copied) + sign;
      copied = offset;
    }
    text += edited_.text().substr(copied);
    const promql::Parsed parsed = promql::parse(text, dialect_);
    for (const promql::Mistake& mistake : parsed.errors)
      report(Severity::kError, {root.extent, mistake.message, mistake.hint}, "could not parse expression: ");
    if (parsed.tree.root() == nullptr) return {.text = text};
    return described(*parsed.tree.root());
  }

  static LegacyExpression described(const promql::Expr& root) {
    LegacyExpression out{.text = promql::to_string(root), .type = root.type};
    promql::walk(root, [&](const promql::Expr& node) {
      if (node.kind == promql::NodeKind::kRange) ++out.windows;
      const auto* selector = promql::as<promql::VectorSelector>(&node);
      if (selector == nullptr) return;
      for (const promql::LabelMatcher& matcher : selector->matchers) {
        const bool regex = matcher.type == MatchType::kRegex || matcher.type == MatchType::kNotRegex;
        out.matches_regex = out.matches_regex || regex;
      }
    });
    return out;
  }

  void report(Severity severity, const promql::Mistake& mistake, std::string_view prefix) {
    // What is missing at the end is missing behind the last word.
    const std::size_t used = edited_.text().find_last_not_of(" \t\r\n") + 1;
    const std::size_t begin = edited_.place(std::min<std::size_t>(mistake.extent.begin, used));
    const std::size_t end = edited_.place(std::min<std::size_t>(mistake.extent.end, used));
    const std::size_t line_end = std::min(file_.code.find('\n', begin), file_.code.size());
    const std::size_t length = std::min(end, line_end) > begin ? std::min(end, line_end) - begin : 1;
    problems_.add({place_.file, place_.source.position(begin), severity,
                   fmt::format("{}{}{}", place_.rule, prefix, mistake.message), mistake.hint,
                   static_cast<int>(length)});
  }

  void refuse(const LegacyToken& token, std::string message, std::string hint) {
    gone_ = true;
    add(Severity::kError, token, std::move(message), std::move(hint));
  }
  void warn(const LegacyToken& token, std::string message, std::string hint) {
    add(Severity::kWarning, token, std::move(message), std::move(hint));
  }
  void add(Severity severity, const LegacyToken& token, std::string message, std::string hint) {
    problems_.add({place_.file, place_.source.position(token.begin), severity, place_.rule + message,
                   std::move(hint), static_cast<int>(token.end - token.begin)});
  }

  const LegacyTokens& file_;
  std::size_t begin_;
  std::size_t end_;
  const LegacyPlace& place_;
  const promql::Dialect& dialect_;
  Problems& problems_;
  EditedText edited_;
  bool gone_ = false;  // something that nothing today stands for
};

}  // namespace

bool begins_legacy_recording(const LegacyTokens& file, std::size_t token) {
  if (file.tokens[token].kind != Kind::kWord) return false;
  ++token;
  if (is_sign(file, token, "{")) {
    ++token;
    while (file.tokens[token].kind != Kind::kEnd && !is_sign(file, token, "}")) {
      if (is_sign(file, token, "{")) return false;
      ++token;
    }
    if (file.tokens[token].kind == Kind::kEnd) return false;
    ++token;
  }
  // A string behind it makes it a label.
  return is_sign(file, token, "=") && file.tokens[token + 1].kind != Kind::kString;
}

bool begins_legacy_statement(const LegacyTokens& file, std::size_t token) {
  const LegacyToken& first = file.tokens[token];
  if (first.kind != Kind::kWord) return false;
  const std::string_view word = file.text(first);
  const bool word_follows = file.tokens[token + 1].kind == Kind::kWord;
  if (is_legacy_keyword(word, "ALERT") || is_legacy_keyword(word, "PERMANENT")) return word_follows;
  return first.first_on_line && begins_legacy_recording(file, token);
}

std::size_t end_of_legacy_expression(const LegacyTokens& file, std::size_t token) {
  return ExpressionEnd(file, token).find();
}

LegacyExpression read_legacy_expression(const LegacyTokens& file, std::size_t begin, std::size_t end,
                                        const LegacyPlace& place, const promql::Dialect& dialect,
                                        Problems& problems) {
  return ExpressionReader(file, begin, end, place, dialect, problems).read();
}

}  // namespace tocsin
