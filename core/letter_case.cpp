#include "core/letter_case.h"

#include <locale.h>
#include <wctype.h>

#include <utility>
#include <vector>

#include "core/template/rune.h"

namespace tocsin {
namespace {

using tmpl::append_rune;
using tmpl::decode_rune;

// The C library's Unicode tables; "C.UTF-8" is built into it, no file is read. Null would mean ASCII only.
locale_t unicode() {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
  return kLocale;
}

char32_t upper(char32_t rune) {
  if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return unicode() == nullptr ? rune
                              : static_cast<char32_t>(towupper_l(static_cast<wint_t>(rune), unicode()));
}

char32_t lower(char32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
  return unicode() == nullptr ? rune
                              : static_cast<char32_t>(towlower_l(static_cast<wint_t>(rune), unicode()));
}

bool is_cased(char32_t rune) {
  return upper(rune) != rune || lower(rune) != rune;
}

bool is_between_letters(char32_t rune) {
  return rune == '\'' || rune == '.' || rune == ':' || rune == 0xb7 || rune == 0x2019;
}

bool separates_words(char32_t rune) {
  if (tmpl::is_identifier_rune(rune)) return false;
  return rune < 0x80 || unicode() == nullptr || iswspace_l(static_cast<wint_t>(rune), unicode()) != 0;
}

std::vector<char32_t> runes_of(std::string_view text) {
  std::vector<char32_t> out;
  for (std::size_t at = 0; at < text.size();) {
    const tmpl::Rune rune = decode_rune(text, at);
    out.push_back(rune.value);
    at += rune.width;
  }
  return out;
}

template <class Map>
std::string mapped(std::string_view text, Map map) {
  std::string out;
  for (const char32_t rune : runes_of(text)) append_rune(out, map(rune));
  return out;
}

}  // namespace

std::string upper_case(std::string_view text) {
  return mapped(text, upper);
}

std::string lower_case(std::string_view text) {
  return mapped(text, lower);
}

std::string title_case(std::string_view text) {
  const std::vector<char32_t> runes = runes_of(text);
  std::string out;
  bool in_word = false;
  for (std::size_t i = 0; i < runes.size(); ++i) {
    const char32_t rune = runes[i];
    if (tmpl::is_identifier_rune(rune)) {
      append_rune(out, in_word ? lower(rune) : upper(rune));
      in_word = in_word || is_cased(rune);
      continue;
    }
    const bool joins =
        in_word && is_between_letters(rune) && i + 1 < runes.size() && tmpl::is_identifier_rune(runes[i + 1]);
    in_word = joins;
    append_rune(out, rune);
  }
  return out;
}

std::string upper_initials(std::string_view text) {
  char32_t previous = ' ';
  return mapped(text, [&previous](char32_t rune) {
    return separates_words(std::exchange(previous, rune)) ? upper(rune) : rune;
  });
}

}  // namespace tocsin
