#include "core/yaml_sample.h"

#include <bit>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/yaml_data.h"

namespace tocsin {
namespace {

using Kind = YamlNode::Kind;
using Data = YamlNode::Data;

// So many samples in a row without news are enough; what hides behind a choice of several is found by chance.
constexpr int kPatience = 120;
constexpr int kMost = 800;

// Numbers without an order that anybody would see, the same in every run.
class Dice {
 public:
  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % limit;
  }

 private:
  std::uint64_t state_ = 11;
};

// How a sample is made of what is known: each way finds what the others do not.
struct Way {
  bool all_keys;  // of every mapping; else half of them, so that no choice hides the others
  bool guess;     // now and then a value of a kind that was not read yet, for there may be several
  bool lone;      // now and then a mapping with a single key, for those of which there may be only one
};
constexpr Way kWays[] = {{true, false, false},
                         {true, true, false},
                         {false, false, false},
                         {false, true, false},
                         {true, false, true}};

class SampleMaker {
 public:
  SampleMaker(Dice& dice, Way way) : dice_(dice), way_(way) {}

  std::shared_ptr<const Data> mapping(YamlShape& shape) {
    auto data = make(Kind::kMapping, shape);
    if (shape.repeats() != nullptr) return data;
    const bool lone = way_.lone && !shape.keys.empty() && dice_.below(3) == 0;
    const std::size_t chosen = lone ? dice_.below(shape.keys.size()) : 0;
    for (std::size_t i = 0; i < shape.keys.size(); ++i) {
      if (lone && i != chosen) continue;
      if (!way_.all_keys && dice_.below(2) == 0) continue;
      data->children.push_back(scalar(shape.keys[i].first));
      data->children.push_back(any(*shape.keys[i].second));
    }
    // A name that nobody asks for, so that a map has something, and a whole document is always refused.
    data->children.push_back(scalar("x"));
    data->children.push_back(any(shape.value()));
    return data;
  }

 private:
  std::shared_ptr<Data> make(Kind kind, YamlShape& shape) const {
    auto data = std::make_shared<Data>();
    data->kind = kind;
    data->file = file_;
    data->tag = "?";
    data->position = {1, 1};
    data->shape = &shape;
    return data;
  }

  std::shared_ptr<const Data> scalar(std::string text) const {
    auto data = std::make_shared<Data>();
    data->kind = Kind::kScalar;
    data->file = file_;
    data->tag = "?";
    data->position = {1, 1};
    data->text = std::move(text);
    return data;
  }

  // Of a kind that the value was read as, or, as long as that is not clear, of whatever kind.
  std::shared_ptr<const Data> any(YamlShape& shape) {
    constexpr unsigned kScalars = YamlShape::kText | YamlShape::kBoolean | YamlShape::kInteger |
                                  YamlShape::kReal | YamlShape::kPrometheusDuration | YamlShape::kGoDuration;
    const bool unknown = shape.kinds() == 0;
    const bool guess = unknown || (way_.guess && dice_.below(8) == 0);
    std::vector<Kind> kinds;
    if (guess || (shape.kinds() & kScalars) != 0) kinds.push_back(Kind::kScalar);
    if (guess || (shape.kinds() & YamlShape::kList) != 0) kinds.push_back(Kind::kList);
    if (guess || (shape.kinds() & (YamlShape::kMap | YamlShape::kObject)) != 0)
      kinds.push_back(Kind::kMapping);
    if (kinds.empty()) kinds = {Kind::kScalar, Kind::kList, Kind::kMapping};
    const Kind kind = kinds[dice_.below(kinds.size())];
    // Within what is not known there is one level, to see whether it is looked at.
    const bool filled = !within_unknown_ && (shape.uses & YamlShape::kAnything) == 0;
    const bool outer = std::exchange(within_unknown_, unknown);
    std::shared_ptr<const Data> out;
    if (kind == Kind::kMapping && filled) {
      out = mapping(shape);
    } else {
      auto data = make(kind, shape);
      if (kind == Kind::kScalar) data->text = text_for(shape);
      if (kind == Kind::kList && filled) data->children.push_back(any(shape.item()));
      out = std::move(data);
    }
    within_unknown_ = outer;
    return out;
  }

  std::string text_for(const YamlShape& shape) {
    if (!shape.words.empty()) return shape.words[dice_.below(shape.words.size())];
    if ((shape.kinds() & YamlShape::kBoolean) != 0) return dice_.below(2) == 0 ? "true" : "false";
    if ((shape.kinds() & (YamlShape::kInteger | YamlShape::kReal)) != 0) return "1";
    if ((shape.kinds() & (YamlShape::kPrometheusDuration | YamlShape::kGoDuration)) != 0) return "1m";
    return dice_.below(2) == 0 ? "x" : "http://x/";
  }

  Dice& dice_;
  Way way_;
  bool within_unknown_ = false;
  std::shared_ptr<const std::string> file_ = std::make_shared<const std::string>("sample");
};

// Everything that is known, as a number: it only grows.
std::size_t knowledge(const YamlShape& shape) {
  std::size_t sum = shape.words.size() + (shape.closed ? 1 : 0);
  sum += static_cast<std::size_t>(std::popcount(shape.uses) + std::popcount(shape.looks));
  for (const auto& [name, child] : shape.keys) sum += knowledge(*child);
  if (shape.item_if_known() != nullptr) sum += knowledge(*shape.item_if_known());
  if (shape.value_if_known() != nullptr) sum += knowledge(*shape.value_if_known());
  return sum;
}

void absorb(YamlShape& into, const YamlShape& from) {
  into.uses |= from.uses;
  into.looks |= from.looks;
  if (into.words.empty()) into.words = from.words;
  for (const auto& [name, child] : from.keys) absorb(into.key(name), *child);
  if (from.item_if_known() != nullptr) absorb(into.item(), *from.item_if_known());
  if (from.value_if_known() != nullptr) absorb(into.value(), *from.value_if_known());
}

using ByName = std::map<std::string, std::vector<YamlShape*>>;
void collect(YamlShape& shape, ByName& out) {
  if (shape.repeats() != nullptr) return;
  if (shape.closed) out[shape.what].push_back(&shape);
  for (const auto& [name, child] : shape.keys) collect(*child, out);
  if (shape.item_if_known() != nullptr) collect(shape.item(), out);
  if (shape.value_if_known() != nullptr) collect(shape.value(), out);
}

// Objects of one name are read by one function: what was learned of one holds for the others.
void share_knowledge(YamlShape& root) {
  ByName shapes;
  collect(root, shapes);
  for (const auto& [name, same] : shapes) {
    YamlShape whole;
    for (const YamlShape* shape : same) absorb(whole, *shape);
    for (YamlShape* shape : same) absorb(*shape, whole);
  }
}

}  // namespace

std::unique_ptr<YamlShape> learn_yaml_shape(const std::function<void(const YamlNode& root)>& load) {
  auto shape = std::make_unique<YamlShape>();
  Dice dice;
  std::size_t known = 0;
  for (int round = 0, quiet = 0; round < kMost && quiet < kPatience; ++round) {
    load(YamlNode(SampleMaker(dice, kWays[round % std::size(kWays)]).mapping(*shape)));
    const std::size_t now = knowledge(*shape);
    quiet = now == known ? quiet + 1 : 0;
    known = now;
  }
  share_knowledge(*shape);
  return shape;
}

}  // namespace tocsin
