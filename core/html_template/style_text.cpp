#include "core/html_template/style_text.h"

#include "core/letter_case.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

constexpr char32_t kLastRune = 0x10FFFF;

char32_t hex_value(char c) {
  if (c <= '9') return static_cast<char32_t>(c - '0');
  return static_cast<char32_t>((c | 0x20) - 'a' + 10);
}

// One blank belongs to an escape before it; CR LF is one.
std::size_t skip_blank(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_css_blank(text[at])) return at;
  return text.substr(at, 2) == "\r\n" ? at + 2 : at + 1;
}

// Appends what the hexadecimal escape at the backslash stands for, and returns its end.
std::size_t decode_hex_escape(std::string_view text, std::size_t backslash, std::string& out) {
  std::size_t at = backslash + 1;
  char32_t rune = 0;
  for (; at < text.size() && at < backslash + 7 && is_hex_digit(text[at]); ++at)
    rune = rune * 16 + hex_value(text[at]);
  if (rune > kLastRune) {
    rune /= 16;
    --at;
  }
  append_rune(out, rune);
  return skip_blank(text, at);
}

// The last rune of a text, as Go decodes it.
char32_t last_rune(std::string_view text) {
  for (std::size_t bytes = 4; bytes > 1; --bytes) {
    if (bytes > text.size()) continue;
    const Rune rune = decode_rune(text, text.size() - bytes);
    if (rune.width == bytes) return rune.value;
  }
  return decode_rune(text, text.size() - 1).value;
}

}  // namespace

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_css_blank(char c) {
  return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

bool is_css_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string decode_css(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t backslash = text.find('\\', at);
    out.append(text.substr(at, backslash - at));
    if (backslash == std::string_view::npos || backslash + 1 == text.size()) break;
    if (is_hex_digit(text[backslash + 1])) {
      at = decode_hex_escape(text, backslash, out);
    } else {
      const std::size_t width = decode_rune(text, backslash + 1).width;
      out.append(text.substr(backslash + 1, width));
      at = backslash + 1 + width;
    }
  }
  return out;
}

bool ends_with_css_keyword(std::string_view text, std::string_view keyword) {
  if (text.size() < keyword.size()) return false;
  const std::string_view before = text.substr(0, text.size() - keyword.size());
  if (!before.empty()) {
    // All but the two last of a plane are name characters outside ASCII.
    const char32_t rune = last_rune(before);
    const bool is_name =
        rune < 0x80 ? is_css_name_character(static_cast<char>(rune)) : rune != 0xFFFE && rune != 0xFFFF;
    if (is_name) return false;
  }
  return lower_case(text.substr(before.size())) == keyword;
}

}  // namespace tocsin::tmpl
