#include "rules/legacy_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/promql/printer.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using Kind = LegacyToken::Kind;

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
      if (file_.is_sign(i, "(")) ++depth;
      if (file_.is_sign(i, ")")) {
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
      const bool called = file_.is_sign(i + 1, "(");
      if (is_legacy_keep_common(word)) {
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

LegacyExpression read_legacy_expression(const LegacyTokens& file, std::size_t begin, std::size_t end,
                                        const LegacyPlace& place, const promql::Dialect& dialect,
                                        Problems& problems) {
  return ExpressionReader(file, begin, end, place, dialect, problems).read();
}

}  // namespace tocsin
