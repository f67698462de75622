// The part that finds where expressions and statements of a Prometheus 1.x rule file begin and end.
#include <algorithm>
#include <array>

#include "rules/legacy_expression.h"

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

// Behind the parenthesis that closes a list of labels, or behind what can still be one.
std::size_t behind_label_list(const LegacyTokens& file, std::size_t token) {
  ++token;
  while (file.tokens[token].kind == Kind::kWord || file.is_sign(token, ",")) ++token;
  return file.is_sign(token, ")") ? token + 1 : token;
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
      if (file_.is_sign(at_, "(")) at_ = behind_label_list(file_, at_);
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
    if (file_.is_sign(at_, "{")) return false;
    if (file_.is_sign(at_, "}")) {
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

}  // namespace

bool begins_legacy_recording(const LegacyTokens& file, std::size_t token) {
  if (file.tokens[token].kind != Kind::kWord) return false;
  ++token;
  if (file.is_sign(token, "{")) {
    ++token;
    while (file.tokens[token].kind != Kind::kEnd && !file.is_sign(token, "}")) {
      if (file.is_sign(token, "{")) return false;
      ++token;
    }
    if (file.tokens[token].kind == Kind::kEnd) return false;
    ++token;
  }
  // A string behind it makes it a label.
  return file.is_sign(token, "=") && file.tokens[token + 1].kind != Kind::kString;
}

bool begins_legacy_statement(const LegacyTokens& file, std::size_t token) {
  const LegacyToken& first = file.tokens[token];
  if (first.kind != Kind::kWord) return false;
  const std::string_view word = file.text(first);
  if (is_legacy_keyword(word, "ALERT")) return file.tokens[token + 1].kind == Kind::kWord;
  if (is_legacy_keyword(word, "PERMANENT")) return begins_legacy_recording(file, token + 1);
  return first.first_on_line && begins_legacy_recording(file, token);
}

std::size_t end_of_legacy_expression(const LegacyTokens& file, std::size_t token) {
  return ExpressionEnd(file, token).find();
}

bool is_legacy_keep_common(std::string_view word) {
  return is_any(word, kKeepCommon);
}

}  // namespace tocsin
