#include "core/yaml_value_map.h"

#include <algorithm>

#include "core/ascii.h"

namespace tocsin {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

// How many bytes of the value an escape in double quotes makes, given its letter and code point.
std::size_t bytes_of_code_point(std::uint32_t code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

}  // namespace

YamlValueMap::YamlValueMap(const YamlText& text, Position start, std::string_view value)
    : text_(text), value_(value), start_(text.offset(start)), at_(start_) {
  places_.reserve(value.size() + 1);
  skip_anchor_and_tag();
  switch (here()) {
    case '\'':
      exact_ = map_single_quoted();
      break;
    case '"':
      exact_ = map_double_quoted();
      break;
    case '|':
    case '>':
      exact_ = map_block();
      break;
    default:
      exact_ = map_plain();
  }
  if (exact_) map(at_);
}

std::size_t YamlValueMap::source_offset(std::size_t offset) const {
  return exact_ ? places_[std::min(offset, value_.size())] : start_;
}

int YamlValueMap::length(std::size_t begin, std::size_t end) const {
  if (!exact_ || end <= begin) return 1;
  const std::size_t first = source_offset(begin);
  std::size_t last = std::max(first, source_offset(std::min(end, value_.size()) - 1));
  const std::size_t line_end = std::min(text_.all().find('\n', first), text_.all().size());
  last = std::min(last + 1, std::max(line_end, first + 1));
  return static_cast<int>(last - first);
}

void YamlValueMap::skip_anchor_and_tag() {
  while (here() == '&' || here() == '!') {
    while (!at_end() && !is_blank(here()) && !is_line_end(here())) ++at_;
    while (is_blank(here()) || is_line_end(here())) ++at_;
  }
}

// Blanks before a line's end count as part of it.
bool YamlValueMap::line_ends_here() const {
  std::size_t after = at_;
  while (after < text_.all().size() && is_blank(text_.all()[after])) ++after;
  return after < text_.all().size() && is_line_end(text_.all()[after]);
}

bool YamlValueMap::map_plain() {
  while (!done()) {
    if (at_end()) return false;
    if (line_ends_here()) {
      if (!map_line_break()) return false;
    } else if (here() == wanted()) {
      map(at_++);
    } else {
      return false;
    }
  }
  return true;
}

bool YamlValueMap::map_single_quoted() {
  ++at_;
  while (!done()) {
    if (at_end()) return false;
    if (line_ends_here()) {
      if (!map_line_break()) return false;
      continue;
    }
    if (here() != wanted()) return false;
    map(at_);
    at_ += here() == '\'' ? 2 : 1;
  }
  return true;
}

bool YamlValueMap::map_double_quoted() {
  ++at_;
  while (!done()) {
    if (at_end()) return false;
    if (here() == '\\') {
      if (!map_escape()) return false;
      continue;
    }
    if (line_ends_here()) {
      if (!map_line_break()) return false;
    } else if (here() == wanted()) {
      map(at_++);
    } else {
      return false;
    }
  }
  return true;
}

bool YamlValueMap::map_escape() {
  const std::size_t start = at_++;
  const char letter = here();
  if (is_line_end(letter)) {  // an escaped line break is none
    while (is_line_end(here()) || is_blank(here())) ++at_;
    return true;
  }
  ++at_;
  std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  std::uint32_t code = 0;
  for (; digits > 0; --digits, ++at_) {
    const int digit = hex_digit_value(here());
    if (digit < 0) return false;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  std::size_t bytes = 1;
  if (letter == 'x' || letter == 'u' || letter == 'U') bytes = bytes_of_code_point(code);
  if (letter == 'N' || letter == '_') bytes = 2;  // U+0085, U+00A0
  if (letter == 'L' || letter == 'P') bytes = 3;  // U+2028, U+2029
  for (; bytes > 0 && !done(); --bytes) map(start);
  return bytes == 0;
}

// One line break is a blank of the value; each further one is a line break of it.
bool YamlValueMap::map_line_break() {
  std::size_t breaks = 0;
  const std::size_t start = at_;
  while (!at_end() && (is_blank(here()) || is_line_end(here()))) {
    if (here() == '\n') ++breaks;
    ++at_;
  }
  const char expected = breaks == 1 ? ' ' : '\n';
  for (std::size_t i = 0; i < std::max<std::size_t>(1, breaks - 1) && !done(); ++i) {
    if (wanted() != expected) return false;
    map(start);
  }
  return true;
}

bool YamlValueMap::map_block() {
  const bool folded = here() == '>';
  at_ = text_.all().find('\n', at_);
  if (at_ == std::string_view::npos) return false;
  ++at_;
  // The indent is what the first line that is not empty has more than its line in the value.
  const std::size_t content = text_.all().find_first_not_of(" \r\n", at_);
  const std::size_t value_content = value_.find_first_not_of(" \n");
  if (content == std::string_view::npos || value_content == std::string_view::npos) return false;
  const auto column = [](std::string_view all, std::size_t place) {
    const std::size_t line_end = place == 0 ? std::string_view::npos : all.rfind('\n', place - 1);
    return line_end == std::string_view::npos ? place : place - line_end - 1;
  };
  const std::size_t source_column = column(text_.all(), content),
                    value_column = column(value_, value_content);
  if (value_column > source_column) return false;
  const std::size_t indent = source_column - value_column;
  const auto skip_indent = [&] {
    for (std::size_t i = 0; i < indent && here() == ' '; ++i) ++at_;
  };
  skip_indent();
  while (!done()) {
    if (at_end()) return false;
    if (is_line_end(here())) {
      if (!skip_break_of_block(folded, indent)) return false;
    } else if (here() == wanted()) {
      map(at_++);
    } else {
      return false;
    }
  }
  return true;
}

// A literal block keeps each break. A folded one makes a blank of one, or keeps some of several.
bool YamlValueMap::skip_break_of_block(bool folded, std::size_t indent) {
  const auto next_line = [&] {
    if (here() == '\r') ++at_;
    if (here() == '\n') ++at_;
    for (std::size_t i = 0; i < indent && here() == ' '; ++i) ++at_;
  };
  const std::size_t start = at_;
  if (!folded) {
    if (wanted() != '\n') return false;
    map(start);
    next_line();
    return true;
  }
  while (!at_end() && is_line_end(here())) next_line();
  if (wanted() == ' ') {
    map(start);
    return true;
  }
  bool any = false;
  for (; !done() && wanted() == '\n'; any = true) map(start);
  return any;
}

}  // namespace tocsin
