#include "core/yaml_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "core/yaml_scalar.h"

namespace tocsin {
namespace {

// How many values aliases may repeat. A walk over the document is bounded by this plus the values written
// out, however the aliases are nested.
constexpr std::size_t kMostRepeated = 1'000'000;

constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";
constexpr std::string_view kNullTag = "tag:yaml.org,2002:null";

}  // namespace

void YamlTreeBuilder::check_last_quote() {
  if (last_quoted_ && !text_.quote_is_closed(text_.offset(*last_quoted_))) {
    error(*last_quoted_, "a quoted text is not closed", "add the missing quote");
  }
}

void YamlTreeBuilder::add_null(Position place, Anchor anchor) {
  const std::string_view here = text_.all().substr(text_.offset(place));
  const bool written = here.starts_with('~') || here.starts_with('&') || here.starts_with("null") ||
                       here.starts_with("Null") || here.starts_with("NULL");
  add(make(Kind::kNull, written ? place : place_of_nothing(place), ""), anchor);
}

void YamlTreeBuilder::add_alias(Position place, Anchor anchor) {
  // Until its target is known to be usable it is null, under a tag that keeps others from complaining again.
  std::shared_ptr<Data> alias = make(Kind::kNull, place, kUnusableAliasTag);
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
  add(std::move(alias), 0);
}

void YamlTreeBuilder::add_scalar(Position place, std::string_view tag, std::string value, Anchor anchor) {
  std::shared_ptr<Data> scalar = make(tag == kNullTag ? Kind::kNull : Kind::kScalar, place, tag);
  if (tag != "?") last_quoted_ = place;
  if (tag == kBinaryTag) {
    if (std::optional<std::string> bytes = decode_base64(value)) {
      scalar->text = std::move(*bytes);
    } else {
      error(scalar->position, "!!binary value contains invalid base64 data");
    }
  } else if (scalar->kind == Kind::kScalar) {
    scalar->text = std::move(value);
  }
  add(std::move(scalar), anchor);
}

void YamlTreeBuilder::open(Kind kind, Position place, std::string_view tag, Anchor anchor) {
  remember(anchor, nullptr);  // known, but not yet whole
  open_.push_back({make(kind, place, tag), anchor});
}

void YamlTreeBuilder::close_mapping() {
  finish_yaml_mapping(*open_.back().data, text_, problems_);
  close();
}

void YamlTreeBuilder::error(Position place, std::string message, std::string hint) {
  problems_.error(*file_, place, std::move(message), std::move(hint));
}

std::shared_ptr<YamlNode::Data> YamlTreeBuilder::make(Kind kind, Position place, std::string_view tag) const {
  auto data = std::make_shared<Data>();
  data->kind = kind;
  data->position = place;
  data->file = file_;
  data->tag = tag;
  return data;
}

// A null that is not written is marked at the token after it, often on a later line: in a mapping take the
// key's place instead, in a list that of its dash.
Position YamlTreeBuilder::place_of_nothing(Position next) const {
  if (open_.empty()) return next;
  const Data& parent = *open_.back().data;
  if (parent.kind == Kind::kMapping && parent.children.size() % 2 == 1)
    return parent.children.back()->position;
  if (parent.kind == Kind::kList) return text_.position(text_.dash_before(text_.offset(next)));
  return next;
}

void YamlTreeBuilder::close() {
  TOCSIN_CHECK(!open_.empty());
  const Open done = std::move(open_.back());
  open_.pop_back();
  for (const std::shared_ptr<const Data>& child : done.data->children) {
    done.data->depth = std::max(done.data->depth, child->depth + 1);
    done.data->weight += child->weight;
  }
  if (done.data->depth + open_.size() > kDeepestYaml && !too_deep_) {
    too_deep_ = true;
    error(done.data->position, fmt::format("nested more than {} deep", kDeepestYaml));
    done.data->children.clear();
    done.data->depth = done.data->weight = 1;
  }
  add(done.data, done.anchor);
}

void YamlTreeBuilder::remember(Anchor anchor, std::shared_ptr<const Data> data) {
  if (anchor == 0) return;
  if (anchor >= anchors_.size()) anchors_.resize(anchor + 1);
  anchors_[anchor] = std::move(data);
}

void YamlTreeBuilder::add(std::shared_ptr<Data> data, Anchor anchor) {
  remember(anchor, data);
  if (open_.empty()) {
    root_ = std::move(data);
  } else {
    open_.back().data->children.emplace_back(std::move(data));
  }
}

}  // namespace tocsin
