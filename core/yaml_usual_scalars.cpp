#include "core/yaml_usual_scalars.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::string_view kIndicators = ",[]{}#&*!|>'\"%@`";

// One break is a blank; each empty line after it makes a break of its own.
void add_fold(std::string& out, std::size_t empty_lines) {
  if (empty_lines == 0) {
    out += ' ';
  } else {
    out.append(empty_lines, '\n');
  }
}

// From the break at the end of a line to the first byte of the next line that is not empty; how many lines
// between were. Blanks only: there are no tabs.
std::size_t skip_empty_lines(YamlCursor& cursor) {
  std::size_t empty = 0;
  cursor.next_line();
  while (true) {
    cursor.skip_blanks();
    if (cursor.here() != '\n' || cursor.at_end()) return empty;
    ++empty;
    cursor.next_line();
  }
}

// Where a plain text ends on the line that ends at `line_end`: before a colon or a comment.
std::size_t end_of_plain(const YamlCursor& cursor, std::size_t line_end) {
  const std::string_view text = cursor.text();
  for (std::size_t at = cursor.offset(); at < line_end; ++at) {
    if (text[at] == ':' && (at + 1 >= line_end || text[at + 1] == ' ')) return at;
    if (text[at] == ' ' && at + 1 < line_end && text[at + 1] == '#') return at;
  }
  return line_end;
}

std::string_view without_blanks_at_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// Of the line breaks that a quoted text ends with yaml-cpp keeps one, and two behind an escape; `escapes` is
// where the last one ended.
void cut_last_folds(std::string& out, std::size_t escapes) {
  std::size_t last = out.find_last_not_of('\n');
  if (escapes > 0 && (last == std::string::npos || last < escapes)) last = escapes;
  if (last == std::string::npos) {
    out.clear();
  } else if (last + 1 < out.size()) {
    out.erase(last + 2);
  }
}

// What a quoted text makes of a line break: the blanks before it go, and those that the next line begins
// with.
bool fold_in_quotes(YamlCursor& cursor, std::string& out, std::size_t keep) {
  out.erase(std::max(keep, out.find_last_not_of(' ') + 1));
  const std::size_t empty = skip_empty_lines(cursor);
  if (cursor.column() == 0 && cursor.is_document_mark()) return false;
  add_fold(out, empty);
  return true;
}

// Where the next of the two or a line break is.
std::size_t next_of(const YamlCursor& cursor, char one, char other) {
  const std::string_view text = cursor.text();
  std::size_t at = cursor.offset();
  while (at < text.size() && text[at] != one && text[at] != other && text[at] != '\n') ++at;
  return at;
}

char escaped(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '"':
    case '\'':
    case '\\':
    case '/':
    case ' ':
      return letter;
    default:
      return '\0';
  }
}

}  // namespace

bool may_begin_plain(const YamlCursor& cursor) {
  const char c = cursor.here();
  if (cursor.at_end() || kIndicators.find(c) != std::string_view::npos) return false;
  return !((c == '-' || c == '?' || c == ':') && cursor.is_gap(1));
}

bool read_plain(YamlCursor& cursor, int indent, std::string& out, bool& one_line) {
  one_line = true;
  while (true) {
    const std::size_t line_end = cursor.line_end();
    const std::size_t end = end_of_plain(cursor, line_end);
    out += without_blanks_at_end(cursor.text().substr(cursor.offset(), end - cursor.offset()));
    cursor.move_to(end);
    if (end < line_end || cursor.at_end()) return one_line || cursor.here() != ':';
    YamlCursor next = cursor;
    const std::size_t empty = skip_empty_lines(next);
    if (next.at_end() || next.column() < indent || next.here() == '#') return true;
    cursor = next;
    add_fold(out, empty);
    one_line = false;
  }
}

bool read_plain_in_brackets(YamlCursor& cursor, std::string& out) {
  const std::string_view text = cursor.text();
  std::size_t at = cursor.offset();
  for (; at < text.size() && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (c == ',' || c == ']' || c == '}') break;
    if (c == '[' || c == '{' || c == '?') return false;
    const char next = at + 1 < text.size() && text[at + 1] != '\n' ? text[at + 1] : ' ';
    if (c == ':' && (next == ' ' || next == ',' || next == ']' || next == '}')) break;
    if (c == ' ' && next == '#') break;
  }
  out = without_blanks_at_end(text.substr(cursor.offset(), at - cursor.offset()));
  cursor.move_to(at);
  return true;
}

bool read_single_quoted(YamlCursor& cursor, std::string& out, bool& one_line) {
  one_line = true;
  std::size_t keep = 0;  // what came from an escape is never cut
  cursor.skip();
  while (true) {
    const std::size_t stop = next_of(cursor, '\'', '\'');
    out += cursor.text().substr(cursor.offset(), stop - cursor.offset());
    cursor.move_to(stop);
    if (cursor.at_end()) return false;
    if (cursor.here() == '\n') {
      one_line = false;
      if (!fold_in_quotes(cursor, out, keep)) return false;
    } else if (cursor.ahead(1) == '\'') {
      out += '\'';
      keep = out.size();
      cursor.skip(2);
    } else {
      cursor.skip();
      cut_last_folds(out, keep);
      return true;
    }
  }
}

bool read_double_quoted(YamlCursor& cursor, std::string& out, bool& one_line) {
  one_line = true;
  std::size_t keep = 0;
  cursor.skip();
  while (true) {
    const std::size_t stop = next_of(cursor, '"', '\\');
    out += cursor.text().substr(cursor.offset(), stop - cursor.offset());
    cursor.move_to(stop);
    if (cursor.at_end()) return false;
    if (cursor.here() == '\n') {
      one_line = false;
      if (!fold_in_quotes(cursor, out, keep)) return false;
    } else if (cursor.here() == '\\') {
      const char meant = escaped(cursor.ahead(1));
      if (meant == '\0') return false;
      out += meant;
      keep = out.size();
      cursor.skip(2);
    } else {
      cursor.skip();
      cut_last_folds(out, keep);
      return true;
    }
  }
}

namespace {

enum class Chomp { kClip, kStrip, kKeep };

void chomp(std::string& out, Chomp how) {
  if (how == Chomp::kKeep) return;
  const std::size_t content = out.find_last_not_of('\n') + 1;  // 0 where there is none
  const std::size_t breaks = how == Chomp::kClip && content > 0 && content < out.size() ? 1 : 0;
  out.erase(content + breaks);
}

// How the lines of a folded block are joined, as yaml-cpp does it.
class Folder {
 public:
  // Between two lines, of which the next is empty or more indented, or not even as far in as the block.
  void join(std::string& out, bool next_empty, bool next_more_indented, bool next_inside) {
    if (folded_ == 0 && next_empty) started_more_indented_ = more_indented_;
    if (!empty_ && !next_empty && !more_indented_ && !next_more_indented && next_inside) {
      out += ' ';
    } else if (next_empty) {
      ++folded_;
    } else {
      out += '\n';
    }
    if (!next_empty && folded_ > 0) {
      out.append(folded_ - 1, '\n');
      if (started_more_indented_ || next_more_indented) out += '\n';
      folded_ = 0;
    }
    begin(next_empty, next_more_indented);
  }
  void begin(bool empty, bool more_indented) {
    empty_ = empty;
    more_indented_ = more_indented;
  }

 private:
  bool empty_ = false;
  bool more_indented_ = false;
  std::size_t folded_ = 0;
  bool started_more_indented_ = false;
};

}  // namespace

bool read_block_text(YamlCursor& cursor, int parent, std::string& out) {
  const bool folded = cursor.here() == '>';
  cursor.skip();
  Chomp how = Chomp::kClip;
  if (cursor.here() == '-' || cursor.here() == '+') {
    how = cursor.here() == '-' ? Chomp::kStrip : Chomp::kKeep;
    cursor.skip();
  }
  cursor.skip_blanks();
  if (cursor.at_end() || cursor.here() != '\n') return false;
  cursor.next_line();

  YamlCursor first = cursor;
  first.skip_blanks();
  if (first.at_end() || first.here() == '\n')
    return false;  // what such a line says about the indent is yaml-cpp's
  const int indent = first.column();
  if (indent <= parent) return true;  // an empty text
  Folder folder;
  cursor = first;
  while (true) {
    const std::size_t line_end = cursor.line_end();
    out += cursor.text().substr(cursor.offset(), line_end - cursor.offset());
    cursor.move_to(line_end);
    if (cursor.at_end()) break;
    cursor.next_line();
    YamlCursor inside = cursor;
    while (inside.here() == ' ' && inside.column() < indent) inside.skip();
    const bool empty = inside.here() == '\n';
    if (folded) {
      folder.join(out, empty, inside.here() == ' ', inside.column() >= indent);
    } else {
      out += '\n';
    }
    if (!empty && inside.column() < indent) break;  // the next token's line, from its beginning
    cursor = inside;
  }
  chomp(out, how);
  return true;
}

}  // namespace tocsin
