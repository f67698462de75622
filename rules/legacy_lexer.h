// Cuts a Prometheus 1.x rule file into tokens, and its comments (`#`; before 0.14 `//` and `/* */`) out of
// it. It knows just enough to find where statements and their parts begin: what an expression means is for
// rules/promql/ to say. It refuses nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

struct LegacyToken {
  enum class Kind : std::uint8_t {
    kEnd,
    kWord,      // a name or a keyword; may hold colons
    kNumber,    // a number or a duration
    kString,    // with its quotes
    kUnclosed,  // a string without its last quote
    kSign,      // everything else; == != =~ !~ <= >= are one
  };
  Kind kind = Kind::kEnd;
  bool first_on_line = false;
  bool glued = false;  // a keyword that stands behind a number without a blank: 5mLABELS
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct LegacyComment {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::vector<std::string> lines;  // without the marks around it
};

struct LegacyTokens {
  std::string code;                 // the text with blanks where the comments were: every place is the same
  std::vector<LegacyToken> tokens;  // the last is kEnd
  std::vector<LegacyComment> comments;
  bool oldest = false;  // only Prometheus before 0.14 reads it: there strings have no escapes

  std::string_view text(const LegacyToken& token) const {
    return std::string_view(code).substr(token.begin, token.end - token.begin);
  }
  bool is_sign(std::size_t token, std::string_view sign) const {
    return tokens[token].kind == LegacyToken::Kind::kSign && text(tokens[token]) == sign;
  }
};

LegacyTokens read_legacy_tokens(std::string_view text);

// Keywords are the same in any case. `upper` is written in capitals.
bool is_legacy_keyword(std::string_view word, std::string_view upper);

}  // namespace tocsin
