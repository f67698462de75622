#include "core/html_template/script_text.h"

#include <algorithm>
#include <array>

namespace tocsin::tmpl {
namespace {

constexpr std::array<std::string_view, 14> kKeywordsBeforeValues = {
    "break", "case",       "continue", "delete", "do",  "else",   "finally",
    "in",    "instanceof", "return",   "throw",  "try", "typeof", "void"};

// JavaScript's \s.
std::string_view without_blanks_at_end(std::string_view text) {
  constexpr std::array<std::string_view, 25> kBlanks = {
      "\f",     "\n",     "\r",     "\t",     "\v",     " ",      "\u00a0", "\u1680", "\u2000",
      "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
      "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
  while (true) {
    const auto blank = std::find_if(kBlanks.begin(), kBlanks.end(),
                                    [&](std::string_view candidate) { return text.ends_with(candidate); });
    if (blank == kBlanks.end()) return text;
    text.remove_suffix(blank->size());
  }
}

bool ends_in_keyword(std::string_view text) {
  std::size_t start = text.size();
  while (start > 0 && is_script_identifier(text[start - 1])) --start;
  const std::string_view word = text.substr(start);
  return std::find(kKeywordsBeforeValues.begin(), kKeywordsBeforeValues.end(), word) !=
         kKeywordsBeforeValues.end();
}

}  // namespace

bool is_script_identifier(char c) {
  return c == '$' || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

SlashMeaning slash_after(std::string_view tokens, SlashMeaning before) {
  const std::string_view text = without_blanks_at_end(tokens);
  if (text.empty()) return before;
  const char last = text.back();
  bool value_follows = false;
  switch (last) {
    case '+':
    case '-': {
      // x++ and x-- are values; a single sign wants one. "---" is "-- -".
      const std::size_t other = text.find_last_not_of(last);
      const std::size_t signs = text.size() - (other == std::string_view::npos ? 0 : other + 1);
      value_follows = signs % 2 == 1;
      break;
    }
    case '.':  // but "42." is a number
      value_follows = text.size() == 1 || text[text.size() - 2] < '0' || text[text.size() - 2] > '9';
      break;
    case ',':
    case '<':
    case '>':
    case '=':
    case '*':
    case '%':
    case '&':
    case '|':
    case '^':
    case '?':
    case '!':
    case '~':
    case '(':
    case '[':
    case ':':
    case ';':
    case '{':
    case '}':  // nobody divides object literals, but regular expressions do follow blocks
      value_follows = true;
      break;
    default:
      value_follows = ends_in_keyword(text);
  }
  return value_follows ? SlashMeaning::regexp : SlashMeaning::division;
}

}  // namespace tocsin::tmpl
