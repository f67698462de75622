// Printer: walks one value under one verb, as Go's fmt does: lists, maps and structs element by element,
// String methods where the verb allows text, a note where the verb does not fit. Used by go_format.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/template/field_format.h"
#include "core/template/object.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

class Printer {
 public:
  explicit Printer(std::size_t size_limit) : size_limit_(size_limit) {}

  void print(const Value& value, char32_t verb);

  std::string& out() { return out_; }
  FieldFormat& format() { return format_; }
  bool is_full() const { return out_.size() > size_limit_; }

 private:
  void print_at(const Value& value, char32_t verb, int depth);
  bool print_own_text(const Value& value, char32_t verb);
  void print_kind(const Value& value, char32_t verb, int depth);
  void print_bad_verb(const Value& value, char32_t verb, int depth);
  void print_boolean(const Value& value, char32_t verb, int depth);
  void print_integer(const Value& value, char32_t verb, int depth);
  void print_floating(const Value& value, char32_t verb, int depth);
  bool append_floating(double number, char32_t verb);
  void print_complex(const Value& value, char32_t verb, int depth);
  void print_string(const Value& value, char32_t verb, int depth);
  bool append_string(std::string_view text, char32_t verb);
  void print_list(const Value& value, char32_t verb, int depth);
  void print_map(const Value& value, char32_t verb, int depth);
  void print_fields(const Value& value, char32_t verb, int depth);
  void print_nil(const Value& value, char32_t verb, int depth);

  std::string out_;
  FieldFormat format_;
  std::size_t size_limit_;
  bool in_note_ = false;  // Inside "%!v(…)": String methods are not asked.
};

}  // namespace tocsin::tmpl
