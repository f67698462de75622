// Where each byte of a scalar's value stands in the YAML text: through quotes and their escapes, folded lines
// and block scalars. So a mistake inside an expression or a template is shown where its author wrote it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/yaml_text.h"

namespace tocsin {

class YamlValueMap {
 public:
  // `start` is the scalar's place as YamlNode gives it, `value` its text. Where the two cannot be brought
  // together (an alias, base64), every byte is said to stand at `start`.
  YamlValueMap(const YamlText& text, Position start, std::string_view value);

  bool exact() const { return exact_; }
  // Of the byte of the value at `offset`; of the end where it is the value's size.
  std::size_t source_offset(std::size_t offset) const;
  Position position(std::size_t offset) const { return text_.position(source_offset(offset)); }
  // How many bytes of one line the piece takes, from the place of its first byte: at least 1.
  int length(std::size_t begin, std::size_t end) const;

 private:
  void skip_anchor_and_tag();
  bool line_ends_here() const;
  bool map_plain();
  bool map_single_quoted();
  bool map_double_quoted();
  bool map_block();
  bool map_escape();
  bool map_line_break();  // as flow scalars fold them
  bool skip_break_of_block(bool folded, std::size_t indent);
  void map(std::size_t source) { places_.push_back(static_cast<std::uint32_t>(source)); }
  bool done() const { return places_.size() >= value_.size(); }
  char wanted() const { return value_[places_.size()]; }
  bool at_end() const { return at_ >= text_.all().size(); }
  char here() const { return at_end() ? '\0' : text_.all()[at_]; }

  const YamlText& text_;
  std::string_view value_;
  std::size_t start_;
  std::size_t at_;
  std::vector<std::uint32_t> places_;
  bool exact_ = false;
};

}  // namespace tocsin
