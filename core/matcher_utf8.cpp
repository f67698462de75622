// The UTF-8 dialect, as Alertmanager's matcher/parse package reads it.
#include <fmt/format.h>

#include <utility>

#include "core/go_unquote.h"
#include "core/matcher_dialects.h"
#include "core/utf8.h"

namespace tocsin {
namespace {

// Unicode's White_Space, as Go's unicode.IsSpace has it.
bool is_space(char32_t rune) {
  return (rune >= 0x09 && rune <= 0x0d) || rune == ' ' || rune == 0x85 || rune == 0xa0 || rune == 0x1680 ||
         (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 || rune == 0x202f ||
         rune == 0x205f || rune == 0x3000;
}

struct Token {
  enum class Kind { kEnd, kOpen, kClose, kComma, kOperator, kWord };
  Kind kind = Kind::kEnd;
  std::size_t offset = 0;
  std::string_view source;
  MatchType type = MatchType::kEqual;  // of an operator
  std::string text;                    // of a word, without its quotes
};

tl::unexpected<Error> fail_at(std::size_t offset, std::string_view message) {
  return fail(fmt::format("column {}: {}", offset + 1, message));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<Token> next() {
    while (at_ < text_.size() && is_space(rune().value)) at_ += rune().bytes;
    if (at_ == text_.size()) return token(Token::Kind::kEnd, 0);
    switch (text_[at_]) {
      case '{':
        return token(Token::Kind::kOpen, 1);
      case '}':
        return token(Token::Kind::kClose, 1);
      case ',':
        return token(Token::Kind::kComma, 1);
      case '=':
      case '!':
        return match_operator();
      case '"':
        return quoted();
      default:
        return bare();
    }
  }

 private:
  Rune rune() const { return first_rune(text_.substr(at_)); }

  Token token(Token::Kind kind, std::size_t bytes) {
    Token token;
    token.kind = kind;
    token.offset = at_;
    token.source = text_.substr(at_, bytes);
    at_ += bytes;
    return token;
  }

  Result<Token> match_operator() {
    const bool negative = text_[at_] == '!';
    const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (negative && second != '=' && second != '~')
      return fail_at(at_, "! must be followed by = or ~: write != or !~");
    const bool regex = second == '~';
    Token found = token(Token::Kind::kOperator, negative || regex ? 2 : 1);
    found.type = negative ? (regex ? MatchType::kNotRegex : MatchType::kNotEqual)
                          : (regex ? MatchType::kRegex : MatchType::kEqual);
    return found;
  }

  Result<Token> quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return fail_at(at_, "the quote is not closed: add \" at the end");
    Token found = token(Token::Kind::kWord, end + 1 - at_);
    Result<std::string> text = go_unquote(found.source);
    if (!text) {
      return fail_at(
          found.offset,
          fmt::format("{} in {}: inside quotes write \\\\ for a backslash and \\n for a line break",
                      text.error().message, found.source));
    }
    if (!is_valid_utf8(*text)) return fail_at(found.offset, fmt::format("{} is not UTF-8", found.source));
    found.text = std::move(*text);
    return found;
  }

  Result<Token> bare() {
    std::size_t end = at_;
    while (end < text_.size()) {
      const Rune here = first_rune(text_.substr(end));
      if (is_reserved_rune(here.value)) break;
      end += here.bytes;
    }
    if (end == at_) {
      return fail_at(
          at_, fmt::format("{} is not allowed outside double quotes{}", text_.substr(at_, rune().bytes),
                           text_[at_] == '\\' ? ": write \"…\" around the text, and \\\\ for a backslash"
                                              : ": write \"…\" around the text"));
    }
    Token found = token(Token::Kind::kWord, end - at_);
    found.text = std::string(found.source);
    return found;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string shown(const Token& token) {
  return token.kind == Token::Kind::kEnd ? "the end" : std::string(token.source);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Matchers> run() {
    if (Result<void> ok = advance(); !ok) return tl::unexpected(ok.error());
    const bool braces = token_.kind == Token::Kind::kOpen;
    if (braces) {
      if (Result<void> ok = advance(); !ok) return tl::unexpected(ok.error());
    }
    while (token_.kind != Token::Kind::kEnd && token_.kind != Token::Kind::kClose) {
      if (Result<void> ok = matcher(); !ok) return tl::unexpected(ok.error());
    }
    if (Result<void> ok = end(braces); !ok) return tl::unexpected(ok.error());
    return std::move(matchers_);
  }

 private:
  Result<void> advance() {
    Result<Token> next = lexer_.next();
    if (!next) return tl::unexpected(next.error());
    token_ = std::move(*next);
    return {};
  }

  // name OP value, then a comma unless the list ends.
  Result<void> matcher() {
    if (token_.kind != Token::Kind::kWord) {
      return fail_at(token_.offset, fmt::format("a label name is expected, not {}", shown(token_)));
    }
    const std::size_t start = token_.offset;
    std::string name = std::move(token_.text);
    if (name.empty()) return fail_at(start, "a label name may not be empty");
    if (Result<void> ok = advance(); !ok) return ok;
    if (token_.kind != Token::Kind::kOperator) {
      return fail_at(token_.offset,
                     fmt::format("=, !=, =~ or !~ is expected after the label name, not {}", shown(token_)));
    }
    const Token sign = std::move(token_);
    if (Result<void> ok = advance(); !ok) return ok;
    if (token_.kind != Token::Kind::kWord) {
      return fail_at(token_.offset,
                     fmt::format("a value is expected after {}, not {}: write \"\" for an empty one",
                                 sign.source, shown(token_)));
    }
    Result<Matcher> made = Matcher::make(std::move(name), sign.type, std::move(token_.text));
    if (!made) return fail_at(token_.offset, made.error().message);
    matchers_.push_back(std::move(*made));
    if (Result<void> ok = advance(); !ok) return ok;
    if (token_.kind == Token::Kind::kComma) return advance();
    if (token_.kind == Token::Kind::kEnd || token_.kind == Token::Kind::kClose) return {};
    return fail_at(token_.offset,
                   fmt::format("a comma is expected before {}; a value that is more than one word must "
                               "stand in double quotes",
                               shown(token_)));
  }

  Result<void> end(bool braces) {
    if (token_.kind == Token::Kind::kEnd) {
      if (braces) return fail_at(token_.offset, "the closing } is missing");
      return {};
    }
    if (!braces) return fail_at(token_.offset, "this } has no opening {");
    if (Result<void> ok = advance(); !ok) return ok;
    if (token_.kind == Token::Kind::kEnd) return {};
    return fail_at(token_.offset,
                   fmt::format("nothing may follow the closing }}, but there is {}", shown(token_)));
  }

  Lexer lexer_;
  Token token_;
  Matchers matchers_;
};

}  // namespace

bool is_reserved_rune(char32_t rune) {
  return is_space(rune) || (rune < 0x80 && std::string_view("{}!=~,\\\"'`").find(static_cast<char>(rune)) !=
                                               std::string_view::npos);
}

bool holds_reserved_rune(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (is_reserved_rune(rune.value)) return true;
    text.remove_prefix(rune.bytes);
  }
  return false;
}

Result<Matchers> parse_utf8_matchers(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = first_rune(text.substr(at));
    if (!rune.valid) return fail_at(at, "the text is not UTF-8");
    at += rune.bytes;
  }
  return Parser(text).run();
}

}  // namespace tocsin
