#include "core/html_template/entities.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "core/html_template/entity_table.h"
#include "core/html_template/style_text.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

// The longest name that may stand without a semicolon, as "&frac12" does.
constexpr std::size_t kLongestBareName = 6;

struct Entity {
  std::string text;
  bool needs_semicolon = true;
};
using Entities = std::unordered_map<std::string_view, Entity>;

std::string decoded_codes(std::string_view codes) {
  std::string out;
  while (!codes.empty()) {
    std::uint32_t code = 0;
    const char* end = std::from_chars(codes.data(), codes.data() + codes.size(), code, 16).ptr;
    append_rune(out, code);
    codes.remove_prefix(
        std::min<std::size_t>(static_cast<std::size_t>(end - codes.data()) + 1, codes.size()));
  }
  return out;
}

Entities read_table() {
  Entities entities;
  for (std::string_view rest = kEntityTable; !rest.empty();) {
    const std::string_view entry = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    const std::size_t mark = entry.find_first_of("=*");
    entities.emplace(entry.substr(0, mark),
                     Entity{decoded_codes(entry.substr(mark + 1)), entry[mark] == '='});
  }
  return entities;
}

const Entity* find_entity(std::string_view name) {
  static const Entities kEntities = read_table();
  const auto found = kEntities.find(name);
  return found == kEntities.end() ? nullptr : &found->second;
}

// What numbers from 0x80 to 0x9F mean: old pages took them for Windows-1252.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

char32_t numbered_rune(char32_t number) {
  if (number >= 0x80 && number <= 0x9F) return kWindows1252[number - 0x80];
  return number == 0 ? kRuneError : number;  // append_rune replaces the other impossible ones
}

// The reference at the front of the text, which begins with "&#": appended, and its length; 0 if it is none.
std::size_t decode_number(std::string_view text, std::string& out) {
  if (text.size() <= 3) return 0;
  const bool hex = text[2] == 'x' || text[2] == 'X';
  const std::size_t start = hex ? 3 : 2;
  std::size_t at = start;
  char32_t number = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && !(hex && is_hex_digit(c))) break;
    const char32_t digit =
        is_digit ? static_cast<char32_t>(c - '0') : static_cast<char32_t>((c | 0x20) - 'a' + 10);
    number = std::min<char32_t>(number * (hex ? 16 : 10) + digit, 0x110000);
  }
  if (at < text.size() && text[at] == ';') ++at;
  if (at <= 3) return 0;  // Go's rule: "&#1" with nothing behind the digit is left as it is
  append_rune(out, numbered_rune(number));
  return at;
}

// The same for "&name".
std::size_t decode_name(std::string_view text, std::string& out) {
  std::size_t end = 1;
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  while (end < text.size() && is_name(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  const bool closed = end < text.size() && text[end] == ';';
  if (const Entity* entity = find_entity(name); entity != nullptr && (closed || !entity->needs_semicolon)) {
    out += entity->text;
    return end + (closed ? 1 : 0);
  }
  const std::size_t longest = std::min(name.size() + (closed ? 1 : 0) - 1, kLongestBareName);
  for (std::size_t size = name.empty() ? 0 : longest; size > 1; --size) {
    const Entity* entity = find_entity(name.substr(0, size));
    if (entity == nullptr || entity->needs_semicolon) continue;
    out += entity->text;
    return size + 1;
  }
  return 0;
}

}  // namespace

std::string unescape_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t ampersand = text.find('&');
    out.append(text.substr(0, ampersand));
    if (ampersand == std::string_view::npos) break;
    text.remove_prefix(ampersand);
    const bool numbered = text.size() > 1 && text[1] == '#';
    std::size_t read = numbered ? decode_number(text, out) : decode_name(text, out);
    if (read == 0) {
      out.push_back('&');
      read = 1;
    }
    text.remove_prefix(read);
  }
  return out;
}

}  // namespace tocsin::tmpl
