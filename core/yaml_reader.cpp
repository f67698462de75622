// The parser: yaml-cpp's events become a tree of YamlNode::Data, wherever the short way (yaml_usual.h) does
// not do. The only file that includes yaml-cpp; its exceptions end here.
#include "core/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "core/yaml_text.h"
#include "core/yaml_tree.h"
#include "core/yaml_usual.h"

namespace tocsin {
namespace {

using Kind = YamlNode::Kind;

Position place_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

class LibraryEvents : public YAML::EventHandler {
 public:
  explicit LibraryEvents(YamlTreeBuilder& tree) : tree_(tree) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    tree_.add_null(place_of(mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    tree_.add_alias(place_of(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    tree_.add_scalar(place_of(mark), tag, value, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    tree_.open(Kind::kList, place_of(mark), tag, anchor);
  }
  void OnSequenceEnd() override { tree_.close_list(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    tree_.open(Kind::kMapping, place_of(mark), tag, anchor);
  }
  void OnMapEnd() override { tree_.close_mapping(); }

 private:
  YamlTreeBuilder& tree_;
};

// Thrown to ourselves through yaml-cpp, to stop at the second document instead of reading it.
struct SecondDocument {
  Position place;
};

class SecondDocumentFinder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { throw SecondDocument{place_of(mark)}; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

// What follows the first document: nothing, a further document (ignored, as Prometheus does), or text that
// belongs to none.
void check_end(YAML::Parser& parser, const YamlText& text, const std::string& file, Problems& problems) {
  if (!parser) return;
  SecondDocumentFinder finder;
  try {
    parser.HandleNextDocument(finder);
  } catch (const SecondDocument& second) {
    const std::string_view rest = text.all().substr(text.offset(second.place));
    if (!rest.starts_with("---")) {
      problems.error(file, second.place, "unexpected text after the end of the document",
                     "check that it is indented like the first line");
    } else if (rest.find_first_not_of(" \t\r\n", 3) != std::string_view::npos) {
      problems.warning(file, second.place, "this further document is ignored", "only the first one is read");
    }
  }
}

}  // namespace

std::shared_ptr<const YamlNode::Data> read_yaml_by_library(const YamlText& text, const std::string& file,
                                                           Problems& problems) {
  YamlTreeBuilder tree(text, std::make_shared<const std::string>(file), problems);
  LibraryEvents events(tree);
  std::istringstream stream{std::string(text.all())};
  YAML::Parser parser(stream);
  parser.HandleNextDocument(events);
  tree.check_last_quote();
  check_end(parser, text, file, problems);
  return tree.root();
}

YamlDocument YamlDocument::parse(std::string_view source, std::string file, Problems& problems) {
  YamlDocument document;
  const YamlText text(source);
  if (!text.check_characters(file, problems)) return document;

  Problems found;
  if (const auto root = read_usual_yaml(text, file, found)) {
    document.root_ = YamlNode(root);
    problems.append(found);
    return document;
  }
  found = Problems();
  try {
    document.root_ = YamlNode(read_yaml_by_library(text, file, found));
  } catch (const YAML::DeepRecursion& exception) {
    problems.error(file, place_of(exception.mark), fmt::format("nested more than {} deep", kDeepestYaml));
    return document;
  } catch (const YAML::Exception& exception) {
    const Position place = place_of(exception.mark);
    const SyntaxError error = explain_syntax_error(text, place, exception.msg);
    // What was found on the very line that is no YAML follows from the same mistake.
    for (const Problem& problem : found.all()) {
      if (problem.position.line != place.line) problems.add(problem);
    }
    problems.error(file, place, error.message, error.hint);
    return document;
  }
  problems.append(found);
  return document;
}

}  // namespace tocsin
