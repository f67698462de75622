#include <cstdio>

#include "core/labels.h"
#include "core/utf8.h"

namespace tocsin {
namespace {

// The runes outside ASCII that Go's strconv.IsPrint refuses and that occur in practice: controls, blanks
// other than the ASCII one, format characters, private use.
bool is_printable(char32_t r) {
  if (r < 0x20 || r == 0x7F) return false;
  if (r < 0x7F) return true;
  if (r <= 0xA0 || r == 0xAD || r == 0x1680 || r == 0x3000 || r == 0xFEFF) return false;
  if ((r >= 0x2000 && r <= 0x200F) || (r >= 0x2028 && r <= 0x202F) || (r >= 0x205F && r <= 0x206F))
    return false;
  if ((r >= 0xE000 && r <= 0xF8FF) || (r >= 0xFFF0 && r <= 0xFFFB) || r >= 0xE0000) return false;
  return true;
}

void append_escaped(std::string& out, char32_t rune) {
  switch (rune) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\a':
      out += "\\a";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\v':
      out += "\\v";
      return;
    default:
      break;
  }
  char text[16];
  const char* form = rune < 0x80 ? "\\x%02x" : rune < 0x10000 ? "\\u%04x" : "\\U%08x";
  std::snprintf(text, sizeof text, form, static_cast<unsigned>(rune));
  out += text;
}

}  // namespace

std::string go_quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (!rune.valid) {
      char bytes[8];
      std::snprintf(bytes, sizeof bytes, "\\x%02x", static_cast<unsigned char>(text[0]));
      out += bytes;
    } else if (rune.value == '"' || rune.value == '\\' || !is_printable(rune.value)) {
      append_escaped(out, rune.value);
    } else {
      out.append(text.substr(0, rune.bytes));
    }
    text.remove_prefix(rune.bytes);
  }
  return out += '"';
}

}  // namespace tocsin
