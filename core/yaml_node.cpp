#include "core/yaml_data.h"
#include "core/yaml_reader.h"
#include "core/yaml_scalar.h"
#include "core/yaml_shape.h"

namespace tocsin {
namespace {

constexpr std::string_view kBoolTag = "tag:yaml.org,2002:bool";
constexpr std::string_view kIntTag = "tag:yaml.org,2002:int";
constexpr std::string_view kFloatTag = "tag:yaml.org,2002:float";

bool is_scalar_tagged(const YamlNode::Data* data, std::initializer_list<std::string_view> tags) {
  if (data == nullptr || data->content().kind != YamlNode::Kind::kScalar) return false;
  for (const std::string_view tag : tags) {
    if (data->content().tag == tag) return true;
  }
  return false;
}

void note(const YamlNode& node, YamlShape::Use use) {
  if (YamlShape* shape = node.shape()) shape->looks |= use;
}

}  // namespace

YamlNode::Kind YamlNode::kind() const {
  return data_ ? data_->content().kind : Kind::kAbsent;
}

Position YamlNode::position() const {
  return data_ ? data_->position : Position{};
}

const std::string& YamlNode::file() const {
  static const std::string kNone;
  return data_ ? *data_->file : kNone;
}

void YamlNode::take_as_it_is() const {
  if (data_ && data_->shape != nullptr) data_->shape->uses |= YamlShape::kAnything;
}

YamlShape* YamlNode::shape() const {
  return data_ ? data_->shape : nullptr;
}

const std::string& YamlNode::text() const {
  static const std::string kNone;
  if (!data_) return kNone;
  if (kind() == Kind::kScalar) note(*this, YamlShape::kText);
  return data_->content().text;
}

std::optional<bool> YamlNode::boolean() const {
  if (kind() == Kind::kScalar) note(*this, YamlShape::kBoolean);
  if (!is_scalar_tagged(data_.get(), {"?", kBoolTag})) return std::nullopt;
  return yaml_boolean(data_->content().text);
}

std::optional<std::int64_t> YamlNode::integer() const {
  if (kind() == Kind::kScalar) note(*this, YamlShape::kInteger);
  if (!is_scalar_tagged(data_.get(), {"?", kIntTag, kFloatTag})) return std::nullopt;
  return yaml_integer(data_->content().text);
}

std::optional<double> YamlNode::real() const {
  if (kind() == Kind::kScalar) note(*this, YamlShape::kReal);
  if (!is_scalar_tagged(data_.get(), {"?", kIntTag, kFloatTag})) return std::nullopt;
  return yaml_real(data_->content().text);
}

bool YamlNode::quoted() const {
  return kind() == Kind::kScalar && is_quoted(*data_);
}

bool is_quoted(const YamlNode::Data& data) {
  return !is_scalar_tagged(&data, {"?", kBoolTag, kIntTag, kFloatTag});
}

std::vector<YamlNode> YamlNode::items() const {
  std::vector<YamlNode> items;
  if (kind() != Kind::kList) return items;
  note(*this, YamlShape::kList);
  items.reserve(data_->content().children.size());
  for (const auto& child : data_->content().children) items.emplace_back(child);
  return items;
}

std::vector<std::pair<YamlNode, YamlNode>> YamlNode::entries() const {
  std::vector<std::pair<YamlNode, YamlNode>> entries;
  if (kind() != Kind::kMapping) return entries;
  note(*this, YamlShape::kMap);
  const auto& children = data_->content().children;
  entries.reserve(children.size() / 2);
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    entries.emplace_back(YamlNode(children[i]), YamlNode(children[i + 1]));
  }
  return entries;
}

YamlNode YamlNode::child(std::string_view key) const {
  for (const auto& [name, value] : entries()) {
    if (name.text() == key) return value;
  }
  return {};
}

}  // namespace tocsin
