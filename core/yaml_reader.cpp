// The parser: yaml-cpp's events become a tree of YamlNode::Data. The only file that includes yaml-cpp; its
// exceptions end here.
#include "core/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "core/check.h"
#include "core/yaml_data.h"
#include "core/yaml_scalar.h"
#include "core/yaml_text.h"

namespace tocsin {
namespace {

using Data = YamlNode::Data;
using Kind = YamlNode::Kind;

// yaml-cpp's own bound for brackets and blocks; aliases must not get around it.
constexpr std::size_t kDeepest = 500;
// How many values aliases may repeat. A walk over the document is bounded by this plus the values written
// out, however the aliases are nested.
constexpr std::size_t kMostRepeated = 1'000'000;

constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";
constexpr std::string_view kNullTag = "tag:yaml.org,2002:null";

Position place_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlText& text, std::shared_ptr<const std::string> file, Problems& problems)
      : text_(text), file_(std::move(file)), problems_(problems) {}

  std::shared_ptr<const Data> root() const { return root_; }
  // Quotes are checked once, on the last: only that one can run to the end of the file.
  void check_last_quote() {
    if (last_quoted_ && !text_.quote_is_closed(text_.offset(*last_quoted_))) {
      error(*last_quoted_, "a quoted text is not closed", "add the missing quote");
    }
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Position place = place_of(mark);
    const std::string_view here = text_.all().substr(text_.offset(place));
    const bool written = here.starts_with('~') || here.starts_with('&') || here.starts_with("null") ||
                         here.starts_with("Null") || here.starts_with("NULL");
    add(make(Kind::kNull, written ? place : place_of_nothing(place), ""), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // Until its target is known to be usable it is null, under a tag that keeps others from complaining
    // again.
    std::shared_ptr<Data> alias = make(Kind::kNull, place_of(mark), std::string(kUnusableAliasTag));
    const auto found = anchor < anchors_.size() ? anchors_[anchor] : nullptr;
    if (!found) {
      error(alias->position, "the anchor's value contains itself", "write the value out");
    } else if (repeated_ + found->weight > kMostRepeated) {
      if (repeated_ <= kMostRepeated) error(alias->position, "aliases repeat too many values");
      repeated_ = kMostRepeated + 1;
    } else {
      repeated_ += found->weight;
      alias->target = found->target ? found->target : found;
      alias->depth = found->depth;
      alias->weight = found->weight;
    }
    add(std::move(alias), YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    std::shared_ptr<Data> scalar = make(tag == kNullTag ? Kind::kNull : Kind::kScalar, place_of(mark), tag);
    if (tag != "?") last_quoted_ = scalar->position;
    if (tag == kBinaryTag) {
      if (std::optional<std::string> bytes = decode_base64(value)) {
        scalar->text = std::move(*bytes);
      } else {
        error(scalar->position, "!!binary value contains invalid base64 data");
      }
    } else if (scalar->kind == Kind::kScalar) {
      scalar->text = value;
    }
    add(std::move(scalar), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(Kind::kList, place_of(mark), tag), anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(Kind::kMapping, place_of(mark), tag), anchor);
  }
  void OnMapEnd() override {
    finish_yaml_mapping(*open_.back().data, text_, problems_);
    close();
  }

 private:
  struct Open {
    std::shared_ptr<Data> data;
    YAML::anchor_t anchor;
  };

  void error(Position place, std::string message, std::string hint = "") {
    problems_.error(*file_, place, std::move(message), std::move(hint));
  }

  std::shared_ptr<Data> make(Kind kind, Position place, std::string tag) const {
    auto data = std::make_shared<Data>();
    data->kind = kind;
    data->position = place;
    data->file = file_;
    data->tag = std::move(tag);
    return data;
  }

  // yaml-cpp marks a null that is not written at the token after it, often on a later line: in a mapping take
  // the key's place instead, in a list that of its dash.
  Position place_of_nothing(Position next) const {
    if (open_.empty()) return next;
    const Data& parent = *open_.back().data;
    if (parent.kind == Kind::kMapping && parent.children.size() % 2 == 1)
      return parent.children.back()->position;
    if (parent.kind == Kind::kList) return text_.position(text_.dash_before(text_.offset(next)));
    return next;
  }

  void open(std::shared_ptr<Data> data, YAML::anchor_t anchor) {
    remember(anchor, nullptr);  // known, but not yet whole
    open_.push_back({std::move(data), anchor});
  }

  void close() {
    TOCSIN_CHECK(!open_.empty());
    const Open done = std::move(open_.back());
    open_.pop_back();
    for (const std::shared_ptr<const Data>& child : done.data->children) {
      done.data->depth = std::max(done.data->depth, child->depth + 1);
      done.data->weight += child->weight;
    }
    if (done.data->depth + open_.size() > kDeepest && !too_deep_) {
      too_deep_ = true;
      error(done.data->position, fmt::format("nested more than {} deep", kDeepest));
      done.data->children.clear();
      done.data->depth = done.data->weight = 1;
    }
    add(done.data, done.anchor);
  }

  void remember(YAML::anchor_t anchor, std::shared_ptr<const Data> data) {
    if (anchor == YAML::NullAnchor) return;
    if (anchor >= anchors_.size()) anchors_.resize(anchor + 1);
    anchors_[anchor] = std::move(data);
  }

  void add(std::shared_ptr<Data> data, YAML::anchor_t anchor) {
    remember(anchor, data);
    if (open_.empty()) {
      root_ = std::move(data);
    } else {
      open_.back().data->children.emplace_back(std::move(data));
    }
  }

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

YamlDocument YamlDocument::parse(std::string_view source, std::string file, Problems& problems) {
  YamlDocument document;
  const YamlText text(source);
  if (!text.check_characters(file, problems)) return document;

  Problems found;
  TreeBuilder builder(text, std::make_shared<const std::string>(file), found);
  try {
    std::istringstream stream{std::string(text.all())};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    builder.check_last_quote();
    check_end(parser, text, file, found);
    document.root_ = YamlNode(builder.root());
  } catch (const YAML::DeepRecursion& exception) {
    problems.error(file, place_of(exception.mark), fmt::format("nested more than {} deep", kDeepest));
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
