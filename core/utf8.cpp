#include "core/utf8.h"

#include "core/labels.h"
#include "core/template/rune.h"

namespace tocsin {

Rune first_rune(std::string_view text) {
  const tmpl::Rune rune = tmpl::decode_rune(text, 0);
  return {rune.value, rune.width, rune.width != 1 || rune.value < 0x80};
}

void append_rune(std::string& out, char32_t rune) { tmpl::append_rune(out, rune); }

std::size_t count_runes(std::string_view text) { return tmpl::count_runes(text); }

std::string truncate_runes(std::string_view text, std::size_t limit) {
  if (count_runes(text) <= limit) return std::string(text);
  if (limit == 0) return "";
  std::size_t bytes = 0;
  for (std::size_t i = 0; i + 1 < limit; ++i) bytes += first_rune(text.substr(bytes)).bytes;
  return std::string(text.substr(0, bytes)) + "…";
}

bool is_valid_utf8(std::string_view text) { return tmpl::is_valid_utf8(text); }

}  // namespace tocsin
