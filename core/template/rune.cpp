#include "core/template/rune.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdint>
#include <cstring>

namespace tocsin::tmpl {
namespace {

bool is_continuation(std::string_view text, std::size_t position) {
  return position < text.size() && (static_cast<unsigned char>(text[position]) & 0xC0U) == 0x80U;
}

char32_t low_bits(std::string_view text, std::size_t position) {
  return static_cast<unsigned char>(text[position]) & 0x3FU;
}

// How many of the first bytes are surely ASCII: looked at eight at a time.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t bytes = 0;
  for (std::uint64_t eight = 0; bytes + sizeof eight <= text.size(); bytes += sizeof eight) {
    std::memcpy(&eight, text.data() + bytes, sizeof eight);
    if ((eight & kHighBits) != 0) break;
  }
  return bytes;
}

bool matches_class(char32_t rune, const RE2& pattern) {
  std::string encoded;
  append_rune(encoded, rune);
  return RE2::FullMatch(encoded, pattern);
}

}  // namespace

Rune decode_rune(std::string_view text, std::size_t position) {
  if (position >= text.size()) return {kRuneError, 0};
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80U) return {first, 1};
  const Rune malformed{kRuneError, 1};
  if (first < 0xC2U || first > 0xF4U || !is_continuation(text, position + 1)) return malformed;
  if (first < 0xE0U) return {((first & 0x1FU) << 6U) | low_bits(text, position + 1), 2};
  if (!is_continuation(text, position + 2)) return malformed;
  if (first < 0xF0U) {
    const char32_t rune =
        ((first & 0x0FU) << 12U) | (low_bits(text, position + 1) << 6U) | low_bits(text, position + 2);
    const bool bad = rune < 0x800U || (rune >= 0xD800U && rune <= 0xDFFFU);
    return bad ? malformed : Rune{rune, 3};
  }
  if (!is_continuation(text, position + 3)) return malformed;
  const char32_t rune = ((first & 0x07U) << 18U) | (low_bits(text, position + 1) << 12U) |
                        (low_bits(text, position + 2) << 6U) | low_bits(text, position + 3);
  const bool bad = rune < 0x10000U || rune > 0x10FFFFU;
  return bad ? malformed : Rune{rune, 4};
}

void append_rune(std::string& out, char32_t rune) {
  if (rune > 0x10FFFFU || (rune >= 0xD800U && rune <= 0xDFFFU)) rune = kRuneError;
  const auto byte = [&out](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (rune < 0x80U) return byte(rune);
  if (rune < 0x800U) {
    byte(0xC0U | (rune >> 6U));
    return byte(0x80U | (rune & 0x3FU));
  }
  if (rune < 0x10000U) {
    byte(0xE0U | (rune >> 12U));
  } else {
    byte(0xF0U | (rune >> 18U));
    byte(0x80U | ((rune >> 12U) & 0x3FU));
  }
  byte(0x80U | ((rune >> 6U) & 0x3FU));
  byte(0x80U | (rune & 0x3FU));
}

std::size_t count_runes(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) i += decode_rune(text, i).width;
  return count;
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = ascii_prefix(text); i < text.size();) {
    const Rune rune = decode_rune(text, i);
    if (rune.value == kRuneError && rune.width == 1) return false;
    i += rune.width;
  }
  return true;
}

bool is_identifier_rune(char32_t rune) {
  if (rune < 0x80U) {
    return rune == '_' || (rune >= '0' && rune <= '9') || (rune >= 'A' && rune <= 'Z') ||
           (rune >= 'a' && rune <= 'z');
  }
  static const RE2 kLetterOrDigit("[\\pL\\p{Nd}]");
  return matches_class(rune, kLetterOrDigit);
}

bool is_printable_rune(char32_t rune) {
  if (rune < 0x80U) return rune >= 0x20U && rune < 0x7FU;
  if (rune > 0x10FFFFU || (rune >= 0xD800U && rune <= 0xDFFFU)) return false;
  static const RE2 kPrintable("[\\pL\\pM\\pN\\pP\\pS]");
  return matches_class(rune, kPrintable);
}

std::string describe_rune(char32_t rune) {
  std::string text = fmt::format("U+{:04X}", static_cast<std::uint32_t>(rune));
  if (!is_printable_rune(rune)) return text;
  text += " '";
  append_rune(text, rune);
  return text + "'";
}

}  // namespace tocsin::tmpl
