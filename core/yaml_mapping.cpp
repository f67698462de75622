#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "core/labels.h"
#include "core/yaml_data.h"
#include "core/yaml_text.h"

namespace tocsin {
namespace {

using Data = YamlNode::Data;
using Kind = YamlNode::Kind;
using Child = std::shared_ptr<const Data>;

bool is_collection(const Data& data) {
  return data.kind == Kind::kList || data.kind == Kind::kMapping;
}

bool is_merge_key(const Data& key) {
  return key.kind == Kind::kScalar && key.text == "<<" &&
         (key.tag == "?" || key.tag == "tag:yaml.org,2002:merge");
}

class MappingFinisher {
 public:
  MappingFinisher(Data& mapping, const YamlText& text, Problems& problems)
      : mapping_(mapping), text_(text), problems_(problems) {}

  void run() {
    refuse_collections_as_keys();
    refuse_repeated_keys();
    apply_merges();
  }

 private:
  void error(Position place, std::string message, std::string hint = "") {
    problems_.error(*mapping_.file, place, std::move(message), std::move(hint));
  }

  // Keeps only the pairs (by index) that `keep` says.
  template <class Keep>
  void filter(Keep keep) {
    std::vector<Child> kept;
    kept.reserve(mapping_.children.size());
    for (std::size_t i = 0; i + 1 < mapping_.children.size(); i += 2) {
      if (!keep(i)) continue;
      kept.push_back(std::move(mapping_.children[i]));
      kept.push_back(std::move(mapping_.children[i + 1]));
    }
    mapping_.children = std::move(kept);
  }

  void refuse_collections_as_keys() {
    bool found = false;
    for (std::size_t i = 0; i + 1 < mapping_.children.size(); i += 2) {
      const Data& key = *mapping_.children[i];
      if (!is_collection(key.content())) continue;
      found = true;
      // {{ … }} is a mapping whose key is a mapping: nearly always a template that lacks its quotes.
      const bool braces = text_.all().substr(text_.offset(mapping_.position)).starts_with("{{");
      error(
          key.position,
          fmt::format("a key must be text, not a {}", key.content().kind == Kind::kList ? "list" : "mapping"),
          braces ? "text that starts with {{ must stand in quotes: '{{ … }}'" : "");
    }
    if (found) filter([&](std::size_t i) { return !is_collection(mapping_.children[i]->content()); });
  }

  const std::string& key_text(std::size_t index) const { return mapping_.children[index]->content().text; }

  void refuse_repeated_keys() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i + 1 < mapping_.children.size(); i += 2) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return key_text(a) < key_text(b); });
    std::vector<std::pair<std::size_t, std::size_t>> repeated;  // which, and the first of its name
    std::size_t first = 0;
    for (std::size_t n = 1; n < order.size(); ++n) {
      if (key_text(order[n]) != key_text(order[first])) {
        first = n;
      } else {
        repeated.emplace_back(order[n], order[first]);
      }
    }
    if (repeated.empty()) return;
    std::sort(repeated.begin(), repeated.end());
    for (const auto& [again, before] : repeated) {
      error(mapping_.children[again]->position,
            fmt::format("mapping key {} already defined at line {}", go_quote(key_text(again)),
                        mapping_.children[before]->position.line),
            "remove one of them");
    }
    filter([&](std::size_t i) {
      return !std::binary_search(repeated.begin(), repeated.end(), std::pair{i, std::size_t{0}},
                                 [](const auto& a, const auto& b) { return a.first < b.first; });
    });
  }

  // Keys written out win over merged ones, wherever they stand; of several merged mappings the first wins.
  void apply_merges() {
    std::vector<Child> merges;
    for (std::size_t i = 0; i + 1 < mapping_.children.size(); i += 2) {
      if (is_merge_key(mapping_.children[i]->content())) merges.push_back(mapping_.children[i + 1]);
    }
    if (merges.empty()) return;
    filter([&](std::size_t i) { return !is_merge_key(mapping_.children[i]->content()); });
    for (std::size_t i = 0; i < mapping_.children.size(); i += 2) seen_.insert(key_text(i));
    for (const Child& from : merges) {
      if (from->content().kind != Kind::kList) {
        merge(*from);
        continue;
      }
      for (const Child& item : from->content().children) merge(*item);
    }
  }

  void merge(const Data& from) {
    if (from.content().tag == kUnusableAliasTag) return;
    if (from.content().kind != Kind::kMapping) {
      error(from.position, "map merge requires map or sequence of maps as the value",
            "write <<: *name, where &name marks a mapping");
      return;
    }
    const std::vector<Child>& children = from.content().children;
    for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
      if (!seen_.insert(children[i]->content().text).second) continue;
      mapping_.children.push_back(children[i]);
      mapping_.children.push_back(children[i + 1]);
    }
  }

  Data& mapping_;
  const YamlText& text_;
  Problems& problems_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

void finish_yaml_mapping(Data& mapping, const YamlText& text, Problems& problems) {
  MappingFinisher(mapping, text, problems).run();
}

}  // namespace tocsin
