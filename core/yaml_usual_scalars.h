// Texts in the styles of YAML as the short way (yaml_usual.h) reads them: plain, in quotes, as a block. Each
// function answers false where it gives up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

// Where in a text the reader is. Lines and columns as YAML counts them here: from 0, columns in bytes.
class YamlCursor {
 public:
  explicit YamlCursor(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return ahead(0); }
  char ahead(std::size_t count) const { return at_ + count < text_.size() ? text_[at_ + count] : '\0'; }
  // Whether the byte `count` ahead is a blank, the end of the line or of the text.
  bool is_gap(std::size_t count) const {
    return at_ + count >= text_.size() || text_[at_ + count] == ' ' || text_[at_ + count] == '\n';
  }
  std::size_t offset() const { return at_; }
  int line() const { return line_; }
  int column() const { return static_cast<int>(at_ - line_start_); }
  std::string_view text() const { return text_; }
  std::size_t line_end() const { return std::min(text_.find('\n', at_), text_.size()); }

  // Within the line.
  void move_to(std::size_t offset) { at_ = offset; }
  void skip(std::size_t count = 1) { at_ += count; }
  void skip_blanks() {
    while (here() == ' ') ++at_;
  }
  // Behind the line break that is here.
  void next_line() {
    line_start_ = ++at_;
    ++line_;
  }
  // Whether the line that begins here ends or separates documents.
  bool is_document_mark() const {
    const std::string_view rest = text_.substr(std::min(at_, text_.size()));
    return rest.starts_with("---") || rest.starts_with("...");
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 0;
};

// A plain text of a block: it goes on over lines that are indented by at least `indent`. Stops at its end:
// the colon of a key, a comment, the last line's end. `one_line` says whether it stayed on its line.
bool read_plain(YamlCursor&, int indent, std::string& out, bool& one_line);
// Within brackets: one line.
bool read_plain_in_brackets(YamlCursor&, std::string& out);
bool read_single_quoted(YamlCursor&, std::string& out, bool& one_line);
bool read_double_quoted(YamlCursor&, std::string& out, bool& one_line);
// A block behind its | or >, `parent` being the column of the mapping or list that it is in.
bool read_block_text(YamlCursor&, int parent, std::string& out);

// Whether a plain text may begin with what is here.
bool may_begin_plain(const YamlCursor&);

}  // namespace tocsin
