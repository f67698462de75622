#include "core/template/go_quote.h"

#include <fmt/format.h>

#include <iterator>

namespace tocsin::tmpl {
namespace {

std::optional<char> short_escape(char32_t rune) {
  switch (rune) {
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return std::nullopt;
  }
}

void append_escaped(std::string& out, char32_t rune, char quote_mark, Charset charset) {
  if (rune == static_cast<char32_t>(quote_mark) || rune == '\\') {
    out.push_back('\\');
    out.push_back(static_cast<char>(rune));
    return;
  }
  const bool plain =
      charset == Charset::ascii ? rune < 0x80U && is_printable_rune(rune) : is_printable_rune(rune);
  if (plain) return append_rune(out, rune);
  if (const auto letter = short_escape(rune)) {
    out.push_back('\\');
    out.push_back(*letter);
    return;
  }
  const auto code = static_cast<std::uint32_t>(rune);
  if (rune < ' ' || rune == 0x7FU) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
  } else if (rune < 0x10000U) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", code);
  }
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Reads the numeric part of \x41, A, \U00000041 or \101; nothing if a digit is missing or wrong.
std::optional<char32_t> read_code(std::string_view text, std::size_t& position, std::size_t digits,
                                  int base) {
  char32_t value = 0;
  for (std::size_t i = 0; i < digits; ++i, ++position) {
    if (position >= text.size() || digit_value(text[position]) >= base) return std::nullopt;
    value = value * static_cast<char32_t>(base) + static_cast<char32_t>(digit_value(text[position]));
  }
  return value;
}

struct Unescaped {
  char32_t value = 0;
  bool is_byte = false;  // \x and octal escapes name a byte, not a rune.
};

std::optional<Unescaped> read_numeric_escape(std::string_view text, std::size_t& position, char kind) {
  if (kind >= '0' && kind <= '7') {
    --position;
    const auto value = read_code(text, position, 3, 8);
    if (!value || *value > 0xFFU) return std::nullopt;
    return Unescaped{*value, true};
  }
  const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
  const auto value = read_code(text, position, digits, 16);
  if (!value) return std::nullopt;
  if (kind == 'x') return Unescaped{*value, true};
  if (*value > 0x10FFFFU || (*value >= 0xD800U && *value <= 0xDFFFU)) return std::nullopt;
  return Unescaped{*value, false};
}

// One character of the literal, from `position` on; the surrounding quote itself must be escaped.
std::optional<Unescaped> read_character(std::string_view text, std::size_t& position, char quote_mark) {
  const Rune rune = decode_rune(text, position);
  if (rune.width == 0 || rune.value == static_cast<char32_t>(quote_mark)) return std::nullopt;
  if (rune.value != '\\') {
    const bool malformed = rune.value == kRuneError && rune.width == 1;
    const auto raw = static_cast<unsigned char>(text[position]);
    position += rune.width;
    return malformed ? Unescaped{raw, true} : Unescaped{rune.value, false};
  }
  position += 1;
  if (position >= text.size()) return std::nullopt;
  const char kind = text[position++];
  switch (kind) {
    case 'a':
      return Unescaped{'\a'};
    case 'b':
      return Unescaped{'\b'};
    case 'f':
      return Unescaped{'\f'};
    case 'n':
      return Unescaped{'\n'};
    case 'r':
      return Unescaped{'\r'};
    case 't':
      return Unescaped{'\t'};
    case 'v':
      return Unescaped{'\v'};
    case '\\':
      return Unescaped{'\\'};
    case '\'':
    case '"':
      if (kind != quote_mark) return std::nullopt;
      return Unescaped{static_cast<char32_t>(kind)};
    default:
      break;
  }
  if (kind == 'x' || kind == 'u' || kind == 'U' || (kind >= '0' && kind <= '7')) {
    return read_numeric_escape(text, position, kind);
  }
  return std::nullopt;
}

}  // namespace

std::string quote(std::string_view text, Charset charset) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const Rune rune = decode_rune(text, i);
    if (rune.value == kRuneError && rune.width == 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[i]));
    } else {
      append_escaped(out, rune.value, '"', charset);
    }
    i += rune.width;
  }
  return out + "\"";
}

std::string quote_rune(char32_t rune, Charset charset) {
  if (rune > 0x10FFFFU || (rune >= 0xD800U && rune <= 0xDFFFU)) rune = kRuneError;
  std::string out = "'";
  append_escaped(out, rune, '\'', charset);
  return out + "'";
}

bool can_backquote(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Rune rune = decode_rune(text, i);
    if (rune.value == 0xFEFFU || (rune.value == kRuneError && rune.width == 1)) return false;
    if ((rune.value < ' ' && rune.value != '\t') || rune.value == '`' || rune.value == 0x7FU) return false;
    i += rune.width;
  }
  return true;
}

std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return std::nullopt;
  const std::string_view body = literal.substr(1, literal.size() - 2);
  std::string out;
  if (literal.front() == '`') {
    for (const char c : body) {
      if (c != '\r') out.push_back(c);  // Go drops carriage returns from raw strings.
    }
    return out;
  }
  for (std::size_t position = 0; position < body.size();) {
    if (body[position] == '\n') return std::nullopt;
    const auto character = read_character(body, position, '"');
    if (!character) return std::nullopt;
    if (character->is_byte) {
      out.push_back(static_cast<char>(character->value));
    } else {
      append_rune(out, character->value);
    }
  }
  return out;
}

CharacterLiteral unquote_character(std::string_view literal) {
  std::size_t position = 1;
  const auto character = read_character(literal, position, '\'');
  if (!character) return {};
  const bool closed = literal.substr(position) == "'";
  return {character->value, closed, !closed};
}

}  // namespace tocsin::tmpl
