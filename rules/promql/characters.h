// What a byte is to the lexer, outside strings.
#pragma once

#include <array>
#include <cstddef>

namespace tocsin::promql {

enum CharacterClass : unsigned char { kLetter = 1, kDigit = 2, kBlank = 4 };

inline constexpr std::array<unsigned char, 256> kCharacterClasses = [] {
  std::array<unsigned char, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = kDigit;
  for (const char c : {' ', '\t', '\n', '\r'}) classes[static_cast<std::size_t>(c)] = kBlank;
  classes['_'] = kLetter;
  return classes;
}();

constexpr bool has_class(char c, unsigned classes) {
  return (kCharacterClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
constexpr bool is_letter(char c) {
  return has_class(c, kLetter);
}
constexpr bool is_digit(char c) {
  return has_class(c, kDigit);
}
constexpr bool is_alphanumeric(char c) {
  return has_class(c, kLetter | kDigit);
}
constexpr bool is_blank(char c) {
  return has_class(c, kBlank);
}

}  // namespace tocsin::promql
