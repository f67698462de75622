#include "core/go_unquote.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>

#include "core/utf8.h"

namespace tocsin {
namespace {

std::optional<char> simple_escape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '"':
      return c;
    default:
      return std::nullopt;
  }
}

// Exactly `count` digits at the front of `text`.
std::optional<std::uint32_t> digits(std::string_view text, std::size_t count, int base) {
  if (text.size() < count) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value, base);
  if (error != std::errc() || end != text.data() + count) return std::nullopt;
  return value;
}

// Takes one escape from the front of `rest`, which begins after the backslash. False where there is no such
// escape.
bool take_escape(std::string_view& rest, std::string& out) {
  if (rest.empty()) return false;
  const char letter = rest.front();
  if (const std::optional<char> simple = simple_escape(letter)) {
    out += *simple;
    rest.remove_prefix(1);
    return true;
  }
  if (letter >= '0' && letter <= '7') {
    const std::optional<std::uint32_t> byte = digits(rest, 3, 8);
    if (!byte || *byte > 0xff) return false;
    out += static_cast<char>(*byte);
    rest.remove_prefix(3);
    return true;
  }
  const std::size_t count = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (count == 0) return false;
  const std::optional<std::uint32_t> code = digits(rest.substr(1), count, 16);
  if (!code) return false;
  if (letter == 'x') {
    out += static_cast<char>(*code);
  } else {
    if (*code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) return false;
    append_rune(out, static_cast<char32_t>(*code));
  }
  rest.remove_prefix(1 + count);
  return true;
}

}  // namespace

Result<std::string> go_unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != '"' || literal.back() != '"')
    return fail("not in double quotes");
  std::string_view rest = literal.substr(1, literal.size() - 2);
  std::string text;
  while (!rest.empty()) {
    const char c = rest.front();
    if (c == '"') return fail("a quote inside the quotes");
    if (c == '\n') return fail("a line break inside the quotes");
    rest.remove_prefix(1);
    if (c != '\\') {
      text += c;
      continue;
    }
    const std::string_view before = rest;
    if (!take_escape(rest, text)) {
      return fail(fmt::format("unknown escape \\{}",
                              before.empty() ? "" : before.substr(0, first_rune(before).bytes)));
    }
  }
  return text;
}

}  // namespace tocsin
