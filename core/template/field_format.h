// FieldFormat: the flags, width and precision of one verb, and how the basic Go kinds are written under them.
// The lower half of Go's fmt; go_format walks values and format texts on top of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin::tmpl {

struct FieldFormat {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool plus_v = false;   // %+v
  bool sharp_v = false;  // %#v
  bool has_width = false;
  bool has_precision = false;
  int width = 0;
  int precision = 0;

  void append_padded(std::string& out, std::string_view text) const;
  void append_text(std::string& out, std::string_view text) const;             // %s
  void append_quoted(std::string& out, std::string_view text) const;           // %q
  void append_hex(std::string& out, std::string_view text, bool upper) const;  // %x of text
  void append_integer(std::string& out, std::uint64_t magnitude, bool negative, unsigned base,
                      char32_t verb) const;
  void append_rune_text(std::string& out, std::uint64_t code) const;    // %c
  void append_quoted_rune(std::string& out, std::uint64_t code) const;  // %q of an integer
  void append_code_point(std::string& out, std::uint64_t code) const;   // %U
  void append_float(std::string& out, double value, char verb, int default_precision) const;

 private:
  std::string_view truncated(std::string_view text) const;
};

}  // namespace tocsin::tmpl
