#include "rules/legacy_lexer.h"

#include <algorithm>

#include "rules/promql/characters.h"

namespace tocsin {
namespace {

using promql::is_alphanumeric;
using promql::is_blank;
using promql::is_digit;
using promql::is_letter;

// What may stand glued to a number's end, as in texts that have lost their line breaks.
constexpr std::string_view kAfterNumber[] = {"FOR",     "LABELS",      "ANNOTATIONS", "WITH",
                                             "SUMMARY", "DESCRIPTION", "RUNBOOK",     "ALERT"};

bool is_word_part(char c) {
  return is_alphanumeric(c) || c == ':';
}

class LegacyLexer {
 public:
  explicit LegacyLexer(std::string_view text) : text_(text) { out_.code = text; }

  LegacyTokens read() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\n') first_on_line_ = true;
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (!skip_comment()) {
        read_token();
      }
    }
    add(LegacyToken::Kind::kEnd, at_);
    settle_age();
    return std::move(out_);
  }

 private:
  using Kind = LegacyToken::Kind;

  bool skip_comment() {
    const std::string_view rest = text_.substr(at_);
    const bool slashes = rest.starts_with("//");
    if (rest.starts_with('#') || slashes) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out_.oldest = out_.oldest || slashes;
      add_comment(end, rest.substr(slashes ? 2 : 1, end - (slashes ? 2 : 1)));
      return true;
    }
    if (!rest.starts_with("/*")) return false;
    const std::size_t close = rest.find("*/", 2);
    const std::size_t end = close == std::string_view::npos ? rest.size() : close + 2;
    out_.oldest = true;
    add_comment(end, rest.substr(2, std::min(close, rest.size()) - 2));
    return true;
  }

  // PERMANENT names are of the oldest form; LABELS and ANNOTATIONS never stood beside its comments.
  void settle_age() {
    for (std::size_t i = 0; i + 2 < out_.tokens.size(); ++i) {
      const LegacyToken& token = out_.tokens[i];
      if (token.kind != Kind::kWord) continue;
      const std::string_view word = out_.text(token);
      const bool permanent = token.first_on_line && is_legacy_keyword(word, "PERMANENT");
      if (permanent && out_.tokens[i + 1].kind == Kind::kWord) out_.oldest = true;
      const bool young = is_legacy_keyword(word, "LABELS") || is_legacy_keyword(word, "ANNOTATIONS");
      if (!young || !out_.is_sign(i + 1, "{")) continue;
      out_.oldest = false;
      return;
    }
  }

  void add_comment(std::size_t bytes, std::string_view inside) {
    LegacyComment comment{static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(at_ + bytes), {}};
    for (std::size_t begin = 0; begin <= inside.size();) {
      const std::size_t end = std::min(inside.find('\n', begin), inside.size());
      std::string_view line = inside.substr(begin, end - begin);
      while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
      if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
      comment.lines.emplace_back(line);
      begin = end + 1;
    }
    while (comment.lines.size() > 1 && comment.lines.back().empty()) comment.lines.pop_back();
    if (comment.lines.size() > 1 && comment.lines.front().empty()) comment.lines.erase(comment.lines.begin());
    out_.comments.push_back(std::move(comment));
    for (std::size_t i = 0; i < bytes; ++i, ++at_) {
      if (text_[at_] == '\n') {
        first_on_line_ = true;
      } else {
        out_.code[at_] = ' ';
      }
    }
  }

  void read_token() {
    const char c = text_[at_];
    if (is_letter(c) || c == ':') {
      std::size_t end = at_;
      while (end < text_.size() && is_word_part(text_[end])) ++end;
      return add(Kind::kWord, end);
    }
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return read_number();
    if (c == '"' || c == '\'' || c == '`') return read_string(c);
    const std::string_view two = text_.substr(at_, 2);
    for (const std::string_view sign : {"==", "!=", "=~", "!~", "<=", ">="}) {
      if (two == sign) return add(Kind::kSign, at_ + 2);
    }
    add(Kind::kSign, at_ + 1);
  }

  void read_number() {
    std::size_t end = at_;
    while (end < text_.size() && (is_alphanumeric(text_[end]) || text_[end] == '.')) {
      const bool exponent = text_[end] == 'e' || text_[end] == 'E';
      ++end;
      const bool sign = end + 1 < text_.size() && (text_[end] == '+' || text_[end] == '-');
      if (exponent && sign && is_digit(text_[end + 1])) ++end;
    }
    const std::string_view read = text_.substr(at_, end - at_);
    for (const std::string_view keyword : kAfterNumber) {
      if (read.size() <= keyword.size() || !read.ends_with(keyword)) continue;
      add(Kind::kNumber, end - keyword.size());
      add(Kind::kWord, end);
      out_.tokens.back().glued = true;
      return;
    }
    add(Kind::kNumber, end);
  }

  // A string in backquotes may go over several lines, the others end with theirs.
  void read_string(char quote) {
    for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
      const char c = text_[end];
      if (c == quote) return add(Kind::kString, end + 1);
      if (quote == '`') continue;
      if (c == '\n') return add(Kind::kUnclosed, end);
      if (c == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n') ++end;
    }
    add(Kind::kUnclosed, text_.size());
  }

  void add(Kind kind, std::size_t end) {
    out_.tokens.push_back(
        {kind, first_on_line_, false, static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end)});
    first_on_line_ = false;
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool first_on_line_ = true;
  LegacyTokens out_;
};

}  // namespace

LegacyTokens read_legacy_tokens(std::string_view text) {
  return LegacyLexer(text).read();
}

bool is_legacy_keyword(std::string_view word, std::string_view upper) {
  return word.size() == upper.size() &&
         std::equal(word.begin(), word.end(), upper.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - ('a' - 'A')) : a) == b;
         });
}

}  // namespace tocsin
