#include "rules/legacy_rules.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace tocsin {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_name_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':';
}
bool is_name_part(char c) {
  return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

// `end` is the first character after the comment; the end of the text where a comment is not closed.
std::size_t skip_past(std::string_view text, std::size_t at, std::string_view end) {
  const std::size_t found = text.find(end, at);
  return found == std::string_view::npos ? text.size() : found + end.size();
}

std::size_t skip_comments(std::string_view text, std::size_t at) {
  for (;;) {
    at = skip_blanks(text, at);
    const std::string_view rest = text.substr(at);
    if (rest.starts_with('#') || rest.starts_with("//")) {
      at = skip_past(text, at, "\n");
    } else if (rest.starts_with("/*")) {
      at = skip_past(text, at + 2, "*/");
    } else {
      return at;
    }
  }
}

bool equals_ignoring_case(std::string_view text, std::string_view upper) {
  return text.size() == upper.size() &&
         std::equal(text.begin(), text.end(), upper.begin(),
                    [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
}

bool starts_statement(std::string_view text, std::size_t start) {
  if (start >= text.size() || !is_name_start(text[start])) return false;
  std::size_t at = start;
  while (at < text.size() && is_name_part(text[at])) ++at;
  const std::string_view word = text.substr(start, at - start);
  if ((equals_ignoring_case(word, "ALERT") || equals_ignoring_case(word, "PERMANENT")) && at < text.size() &&
      is_blank(text[at])) {
    return true;
  }
  at = skip_blanks(text, at);  // a recording rule: name{label="value"} = expression
  if (at < text.size() && text[at] == '{') at = skip_blanks(text, skip_past(text, at, "}"));
  return at < text.size() && text[at] == '=';
}

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - line_start) + 1};
}

}  // namespace

std::optional<Position> find_legacy_statement(std::string_view text) {
  const std::size_t start = skip_comments(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  if (!starts_statement(text, start)) return std::nullopt;
  return position_of(text, start);
}

}  // namespace tocsin
