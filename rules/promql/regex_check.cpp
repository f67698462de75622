#include "rules/promql/regex_check.h"

#include <fmt/format.h>

#include "core/go_regex.h"

namespace tocsin::promql {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Characters that stand for themselves.
bool is_literal(char c) {
  return is_alphanumeric(c) || std::string_view("_-:/ ,=@%&<>;'\"~!#").find(c) != std::string_view::npos;
}

bool same_kind(char a, char b) {
  const auto within = [&](char low, char high) { return a >= low && a <= high && b >= low && b <= high; };
  return within('a', 'z') || within('A', 'Z') || within('0', '9');
}

// Takes a plain class such as [a-z0-9_] or [^5]; false where it is anything else.
bool skip_class(std::string_view pattern, std::size_t& at) {
  std::size_t place = at + 1;
  if (place < pattern.size() && pattern[place] == '^') ++place;
  const std::size_t first = place;
  while (place < pattern.size() && (is_alphanumeric(pattern[place]) || pattern[place] == '_')) {
    if (place + 2 < pattern.size() && pattern[place + 1] == '-') {
      if (!same_kind(pattern[place], pattern[place + 2]) || pattern[place] > pattern[place + 2]) return false;
      place += 2;
    }
    ++place;
  }
  if (place == first || place >= pattern.size() || pattern[place] != ']') return false;
  at = place + 1;
  return true;
}

// Takes an escape: of punctuation, or of a class.
bool skip_escape(std::string_view pattern, std::size_t& at) {
  if (at + 1 >= pattern.size()) return false;
  const char c = pattern[at + 1];
  const bool good = is_alphanumeric(c) ? std::string_view("dswDSW").find(c) != std::string_view::npos
                                       : c > ' ' && static_cast<unsigned char>(c) < 0x7f;
  at += 2;
  return good;
}

// True where the pattern is surely good; false says nothing.
bool is_plainly_good(std::string_view pattern) {
  int open = 0;
  bool repeatable = false;  // whether * + ? may follow
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (is_literal(c) || c == '.') {
      repeatable = true;
      ++at;
    } else if (c == '|') {
      repeatable = false;
      ++at;
    } else if (c == '(') {
      if (++open > 50 || (at + 1 < pattern.size() && pattern[at + 1] == '?')) return false;
      repeatable = false;
      ++at;
    } else if (c == ')') {
      if (--open < 0) return false;
      repeatable = true;
      ++at;
    } else if (c == '*' || c == '+' || c == '?') {
      if (!repeatable) return false;
      ++at;
      if (at < pattern.size() && pattern[at] == '?') ++at;  // lazy
      repeatable = false;
    } else if (c == '[') {
      if (!skip_class(pattern, at)) return false;
      repeatable = true;
    } else if (c == '\\') {
      if (!skip_escape(pattern, at)) return false;
      repeatable = true;
    } else {
      return false;
    }
  }
  return open == 0;
}

// RE2 reads \C as "any byte"; Go has no such thing. \Q … \E holds literal text.
bool holds_any_byte_escape(std::string_view pattern) {
  for (std::size_t at = 0; at + 1 < pattern.size(); ++at) {
    if (pattern[at] != '\\') continue;
    if (pattern[at + 1] == 'C') return true;
    if (pattern[at + 1] == 'Q') {
      const std::size_t end = pattern.find("\\E", at + 2);
      if (end == std::string_view::npos) return false;
      at = end;
    }
    ++at;
  }
  return false;
}

}  // namespace

std::optional<std::string> regex_mistake(std::string_view pattern) {
  if (is_plainly_good(pattern)) return std::nullopt;
  if (holds_any_byte_escape(pattern)) return "error parsing regexp: invalid escape sequence: `\\C`";
  const Result<bool> compiled = regex_matches(std::string(pattern), "");
  if (compiled) return std::nullopt;
  return compiled.error().message;
}

bool regex_matches_nothing(std::string_view pattern) {
  return regex_matches(fmt::format("^(?s:{})$", pattern), "").value_or(false);
}

}  // namespace tocsin::promql
