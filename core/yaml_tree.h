// Builds the tree of YamlNode::Data from what a parser finds, in the order of the text. It has no parser of
// its own: yaml_reader.cpp drives it with yaml-cpp, yaml_usual.h with the short way for what people usually
// write. Only the files named yaml_* of this folder, and their tests, include it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_data.h"
#include "core/yaml_text.h"

namespace tocsin {

// yaml-cpp's own bound for brackets and blocks; aliases must not get around it.
inline constexpr std::size_t kDeepestYaml = 500;

class YamlTreeBuilder {
 public:
  using Data = YamlNode::Data;
  using Kind = YamlNode::Kind;
  using Anchor = std::size_t;  // counted from 1; 0: none

  YamlTreeBuilder(const YamlText& text, std::shared_ptr<const std::string> file, Problems& problems)
      : text_(text), file_(std::move(file)), problems_(problems) {}

  std::shared_ptr<const Data> root() const { return root_; }

  // `place` is where the null is written, or where the next token stands.
  void add_null(Position place, Anchor anchor = 0);
  void add_alias(Position place, Anchor anchor);
  // `tag` is "?" of a plain scalar, "!" of one in quotes or of a block.
  void add_scalar(Position place, std::string_view tag, std::string value, Anchor anchor = 0);
  void open(Kind kind, Position place, std::string_view tag, Anchor anchor = 0);
  void close_list() { close(); }
  void close_mapping();

  // Quotes are checked once, on the last: only that one can run to the end of the file.
  void check_last_quote();

 private:
  struct Open {
    std::shared_ptr<Data> data;
    Anchor anchor;
  };

  void error(Position place, std::string message, std::string hint = "");
  std::shared_ptr<Data> make(Kind kind, Position place, std::string_view tag) const;
  Position place_of_nothing(Position next) const;
  void close();
  void remember(Anchor anchor, std::shared_ptr<const Data> data);
  void add(std::shared_ptr<Data> data, Anchor anchor);

  const YamlText& text_;
  std::shared_ptr<const std::string> file_;
  Problems& problems_;
  std::shared_ptr<const Data> root_;
  std::vector<Open> open_;
  std::vector<std::shared_ptr<const Data>> anchors_;
  std::optional<Position> last_quoted_;
  std::size_t repeated_ = 0;
  bool too_deep_ = false;
};

// The first document by yaml-cpp, whatever it holds. Throws yaml-cpp's exceptions.
std::shared_ptr<const YamlNode::Data> read_yaml_by_library(const YamlText&, const std::string& file,
                                                           Problems&);

}  // namespace tocsin
