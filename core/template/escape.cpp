#include "core/template/escape.h"

#include <fmt/format.h>

#include <iterator>

#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

std::string_view html_entity(char c) {
  switch (c) {
    case '\0':
      return "\xEF\xBF\xBD";
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

void append_js(std::string& out, char32_t rune) {
  switch (rune) {
    case '\\':
      out += "\\\\";
      return;
    case '\'':
      out += "\\'";
      return;
    case '"':
      out += "\\\"";
      return;
    case '<':
    case '>':
    case '&':
    case '=':
      fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<std::uint32_t>(rune));
      return;
    default:
      break;
  }
  if (is_printable_rune(rune)) return append_rune(out, rune);
  fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<std::uint32_t>(rune));
}

}  // namespace

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::string_view entity = html_entity(c);
    if (entity.empty()) {
      out.push_back(c);
    } else {
      out += entity;
    }
  }
  return out;
}

std::string js_escape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const Rune rune = decode_rune(text, i);
    append_js(out, rune.value);
    i += rune.width;
  }
  return out;
}

std::string url_query_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace tocsin::tmpl
