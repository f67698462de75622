#include "core/yaml_usual.h"

#include "core/yaml_tree.h"
#include "core/yaml_usual_scalars.h"

namespace tocsin {
namespace {

using Kind = YamlNode::Kind;

// What is nested deeper is left to yaml-cpp, and so is a key that is longer.
constexpr int kDeepest = 100;
constexpr std::size_t kLongestKey = 1000;  // yaml-cpp's own bound is 1024

bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Every function below answers false where it gives up; blocks and their values are read up to the next
// token, on a later line. Blocks are told apart by columns, as in yaml-cpp: one ends at the first token that
// is further left.
class UsualReader {
 public:
  UsualReader(std::string_view text, YamlTreeBuilder& tree) : cursor_(text), tree_(tree) {}

  bool read() {
    skip_to_token();
    if (at_document_mark_ && cursor_.here() == '-') {
      at_document_mark_ = false;
      cursor_.skip(3);
      if (!skip_to_token()) return false;
    }
    if (cursor_.at_end() || at_document_mark_) return false;
    return read_block(kNoBlock) && cursor_.at_end() && !at_document_mark_;
  }

 private:
  // The column of what the document's root is in: there, only a list or a mapping is usual.
  static constexpr int kNoBlock = -1;

  Position place() const { return {cursor_.line() + 1, cursor_.column() + 1}; }

  // Where the next token is, behind blanks, comments and line breaks. Whether a line break was among them; at
  // the end of the text there always is one.
  bool skip_to_token() {
    bool new_line = false;
    while (true) {
      cursor_.skip_blanks();
      if (cursor_.here() == '#') cursor_.move_to(cursor_.line_end());
      if (cursor_.at_end()) return true;
      if (cursor_.here() != '\n') break;
      cursor_.next_line();
      new_line = true;
    }
    if (cursor_.column() == 0 && cursor_.is_document_mark() && cursor_.is_gap(3)) at_document_mark_ = true;
    return new_line;
  }

  // At the end of the text yaml-cpp stands at the beginning of its last line.
  Position place_of_next() const { return cursor_.at_end() ? Position{cursor_.line() + 1, 1} : place(); }
  int column_of_next() const { return cursor_.at_end() ? -1 : cursor_.column(); }
  bool at_item() const { return cursor_.here() == '-' && cursor_.is_gap(1); }

  // A block that begins at the token here: a list, a mapping, or a text or brackets.
  bool read_block(int parent) {
    if (at_item()) return read_list();
    YamlCursor probe = cursor_;
    std::string key;
    if (read_key(probe, key)) return read_mapping();
    return parent != kNoBlock && read_value(parent);
  }

  bool read_list() {
    if (!deeper()) return false;
    const int column = cursor_.column();
    tree_.open(Kind::kList, place(), "?");
    do {
      cursor_.skip();
      const bool new_line = skip_to_token();
      if (new_line && column_of_next() <= column) {
        tree_.add_null(place_of_next());
      } else if (!read_block(column)) {
        return false;
      }
      if (column_of_next() > column) return false;
    } while (column_of_next() == column && at_item());
    tree_.close_list();
    --depth_;
    return true;
  }

  bool read_mapping() {
    if (!deeper()) return false;
    const int column = cursor_.column();
    tree_.open(Kind::kMapping, place(), "?");
    while (true) {
      const Position key_place = place();
      const char first = cursor_.here();
      std::string key;
      if (!read_key(cursor_, key)) return false;
      add_scalar(key_place, first, std::move(key));
      cursor_.skip();  // the colon
      if (!read_value_of_key(column)) return false;
      if (column_of_next() < column) break;
      if (column_of_next() > column || at_item()) return false;
    }
    tree_.close_mapping();
    --depth_;
    return true;
  }

  bool read_value_of_key(int column) {
    if (!skip_to_token()) return read_value(column);
    if (column_of_next() > column) return read_block(column);
    // A list may stand as far left as the key that it belongs to.
    if (column_of_next() == column && at_item()) return read_list();
    tree_.add_null(place_of_next());
    return true;
  }

  // A key up to its colon; false also where there is no key here.
  static bool read_key(YamlCursor& at, std::string& key) {
    const std::size_t begin = at.offset();
    bool one_line = false;
    if (at.here() == '\'') {
      if (!read_single_quoted(at, key, one_line)) return false;
    } else if (at.here() == '"') {
      if (!read_double_quoted(at, key, one_line)) return false;
    } else if (!may_begin_plain(at)) {
      return false;
    } else {
      // On its own line: a text that goes on is no key.
      const std::size_t line_end = at.line_end();
      const std::string_view line = at.text().substr(0, line_end);
      YamlCursor within(line);
      within.move_to(begin);
      if (!read_plain(within, 0, key, one_line)) return false;
      at.move_to(within.offset());
    }
    at.skip_blanks();
    return one_line && at.here() == ':' && at.is_gap(1) && at.offset() - begin <= kLongestKey;
  }

  void add_scalar(Position at, char first, std::string text) {
    const bool quoted = first == '\'' || first == '"' || first == '|' || first == '>';
    if (!quoted && is_null(text)) {
      tree_.add_null(at);
    } else {
      tree_.add_scalar(at, quoted ? "!" : "?", std::move(text));
    }
  }

  // A text or brackets, below a block at this column. Nothing but a comment may follow on the line.
  bool read_value(int column) {
    const Position at = place();
    const char first = cursor_.here();
    if (first == '[' || first == '{') return read_brackets() && cursor_.is_gap(0) && skip_to_token();
    std::string text;
    bool one_line = false;
    if (first == '\'') {
      if (!read_single_quoted(cursor_, text, one_line) || !cursor_.is_gap(0)) return false;
    } else if (first == '"') {
      if (!read_double_quoted(cursor_, text, one_line) || !cursor_.is_gap(0)) return false;
    } else if (first == '|' || first == '>') {
      if (!read_block_text(cursor_, column, text)) return false;
    } else if (!may_begin_plain(cursor_) || !read_plain(cursor_, column + 1, text, one_line) ||
               cursor_.here() == ':') {
      return false;
    }
    add_scalar(at, first, std::move(text));
    const bool behind_block = first == '|' || first == '>';  // and its last line's end
    return skip_to_token() || behind_block;
  }

  bool read_brackets() {
    if (!deeper()) return false;
    const bool is_list = cursor_.here() == '[';
    const char end = is_list ? ']' : '}';
    tree_.open(is_list ? Kind::kList : Kind::kMapping, place(), "?");
    cursor_.skip();
    for (bool first = true;; first = false) {
      if (!skip_in_brackets()) return false;
      if (cursor_.here() == end) break;
      if (!first) {
        if (cursor_.here() != ',') return false;
        cursor_.skip();
        if (!skip_in_brackets()) return false;
        if (cursor_.here() == end) break;
      }
      if (!is_list && !read_key_in_brackets()) return false;
      if (!read_item_in_brackets()) return false;
    }
    cursor_.skip();
    if (is_list) {
      tree_.close_list();
    } else {
      tree_.close_mapping();
    }
    --depth_;
    return true;
  }

  // No token within brackets may stand at the left edge but the bracket that closes.
  bool skip_in_brackets() {
    skip_to_token();
    return !cursor_.at_end() && (cursor_.column() > 0 || cursor_.here() == ']' || cursor_.here() == '}');
  }

  bool read_text_in_brackets(std::string& text, bool& one_line) {
    one_line = true;
    if (cursor_.here() == '\'') return read_single_quoted(cursor_, text, one_line);
    if (cursor_.here() == '"') return read_double_quoted(cursor_, text, one_line);
    return may_begin_plain(cursor_) && cursor_.here() != '?' && read_plain_in_brackets(cursor_, text);
  }

  bool read_key_in_brackets() {
    const Position at = place();
    const char first = cursor_.here();
    const std::size_t begin = cursor_.offset();
    std::string key;
    bool one_line = false;
    if (!read_text_in_brackets(key, one_line) || !one_line || cursor_.offset() - begin > kLongestKey)
      return false;
    cursor_.skip_blanks();
    if (cursor_.here() != ':' || !cursor_.is_gap(1)) return false;
    cursor_.skip();
    add_scalar(at, first, std::move(key));
    return skip_in_brackets() && cursor_.here() != ',' && cursor_.here() != '}' && cursor_.here() != ']';
  }

  // What follows must be a comma or a closing bracket: the caller looks.
  bool read_item_in_brackets() {
    if (cursor_.here() == '[' || cursor_.here() == '{') return read_brackets();
    const Position at = place();
    const char first = cursor_.here();
    std::string text;
    bool one_line = false;
    if (!read_text_in_brackets(text, one_line)) return false;
    add_scalar(at, first, std::move(text));
    return true;
  }

  bool deeper() { return ++depth_ <= kDeepest; }

  YamlCursor cursor_;
  YamlTreeBuilder& tree_;
  int depth_ = 0;
  bool at_document_mark_ = false;  // --- or ... was met
};

}  // namespace

std::shared_ptr<const YamlNode::Data> read_usual_yaml(const YamlText& text, const std::string& file,
                                                      Problems& problems) {
  // Tabs and carriage returns mean different things in different places.
  if (text.all().find('\t') != std::string_view::npos || text.all().find('\r') != std::string_view::npos)
    return nullptr;
  YamlTreeBuilder tree(text, std::make_shared<const std::string>(file), problems);
  return UsualReader(text.all(), tree).read() ? tree.root() : nullptr;
}

}  // namespace tocsin
