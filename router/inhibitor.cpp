#include "router/inhibitor.h"

#include <algorithm>

#include "router/matcher_values.h"

namespace tocsin {
namespace {

using EqualKey = boost::container::small_vector<char, 128>;

// The values of the labels, each with its length before it, so that no two lists of values look alike.
void write_equal_key(const InhibitRule& rule, const Labels& labels, EqualKey& key) {
  key.clear();
  for (const std::string& name : rule.equal) {
    const std::string_view value = labels.value(name);
    const auto length = static_cast<std::uint32_t>(value.size());
    for (int shift = 0; shift < 32; shift += 8) key.push_back(static_cast<char>(length >> shift));
    key.insert(key.end(), value.begin(), value.end());
  }
}

std::string_view text_of(const EqualKey& key) {
  return {key.data(), key.size()};
}

struct Anchor {
  std::string name;
  std::vector<std::string> values;
};

// The matchers of a side that an index can find it by: those that allow only values which a label must be
// present for.
std::vector<Anchor> anchors_of(const Matchers& matchers) {
  std::vector<Anchor> anchors;
  for (const Matcher& matcher : matchers) {
    auto values = finite_values(matcher);
    if (!values) continue;
    std::sort(values->begin(), values->end());
    values->erase(std::unique(values->begin(), values->end()), values->end());
    if (!values->front().empty()) anchors.push_back({matcher.name(), std::move(*values)});
  }
  return anchors;
}

}  // namespace

// Of several anchors a rule is filed under the one that it shares with the fewest rules: a side that says
// severity="critical" and alertname="NodeDown" is better found by the latter.
InhibitRuleIndex::InhibitRuleIndex(const std::vector<InhibitRule>& rules, Matchers InhibitRule::*side) {
  std::vector<std::vector<Anchor>> anchors;
  std::map<std::pair<std::string, std::string>, std::size_t> uses;
  for (const InhibitRule& rule : rules) {
    anchors.push_back(anchors_of(rule.*side));
    for (const Anchor& anchor : anchors.back()) {
      for (const std::string& value : anchor.values) ++uses[{anchor.name, value}];
    }
  }
  const auto cost = [&](const Anchor& anchor) {
    std::size_t sum = 0;
    for (const std::string& value : anchor.values) sum += uses[{anchor.name, value}];
    return sum;
  };
  for (std::uint32_t rule = 0; rule < rules.size(); ++rule) {
    const auto best = std::ranges::min_element(anchors[rule], {}, cost);
    if (best == anchors[rule].end()) {
      always_.push_back(rule);
      continue;
    }
    for (const std::string& value : best->values) by_label_[best->name][value].push_back(rule);
  }
}

InhibitRuleIndex::Found InhibitRuleIndex::find(const Labels& labels) const {
  Found found(always_.begin(), always_.end());
  for (const auto& [name, by_value] : by_label_) {
    const auto rules = by_value.find(labels.value(name));
    if (rules != by_value.end()) found.insert(found.end(), rules->second.begin(), rules->second.end());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Inhibitor::Inhibitor(std::vector<InhibitRule> rules)
    : rules_(std::move(rules)),
      by_source_(rules_, &InhibitRule::source),
      by_target_(rules_, &InhibitRule::target),
      sources_(rules_.size()) {}

void Inhibitor::started(AlertKey key, const Labels& labels) {
  EqualKey equal;
  bool known = false;
  for (const std::uint32_t index : by_source_.find(labels)) {
    const InhibitRule& rule = rules_[index];
    if (!match_all(rule.source, labels)) continue;
    if (!known && !source_labels_.emplace(key, labels).second) return;
    known = true;
    write_equal_key(rule, labels, equal);
    sources_[index][std::string(text_of(equal))].emplace(match_all(rule.target, labels), key);
  }
}

void Inhibitor::ended(AlertKey key) {
  const auto known = source_labels_.find(key);
  if (known == source_labels_.end()) return;
  const Labels labels = known->second;
  source_labels_.erase(known);
  EqualKey equal;
  for (const std::uint32_t index : by_source_.find(labels)) {
    if (!match_all(rules_[index].source, labels)) continue;
    write_equal_key(rules_[index], labels, equal);
    const auto entry = sources_[index].find(text_of(equal));
    if (entry == sources_[index].end()) continue;
    entry->second.erase({false, key});
    entry->second.erase({true, key});
    if (entry->second.empty()) sources_[index].erase(entry);
  }
}

// Calls visit(rule, one_sided, two_sided) with the sources of each rule that inhibits the target, as ranges
// of which one may be empty, until it answers false.
template <class Visit>
void Inhibitor::visit(const Labels& target, Visit visit) const {
  if (source_labels_.empty()) return;
  EqualKey equal;
  for (const std::uint32_t index : by_target_.find(target)) {
    const InhibitRule& rule = rules_[index];
    if (sources_[index].empty() || !match_all(rule.target, target)) continue;
    write_equal_key(rule, target, equal);
    const auto entry = sources_[index].find(text_of(equal));
    if (entry == sources_[index].end()) continue;
    const Sources& sources = entry->second;
    const auto two_sided = sources.lower_bound({true, AlertKey{}});
    // Against mutual and self inhibition: a target that is itself a source is inhibited only by alerts that
    // are no targets.
    const auto end = match_all(rule.source, target) ? two_sided : sources.end();
    if (sources.begin() == end) continue;
    if (!visit(rule, std::ranges::subrange(sources.begin(), two_sided),
               std::ranges::subrange(two_sided, end))) {
      return;
    }
  }
}

std::optional<Inhibitor::Cause> Inhibitor::inhibiting(const Labels& target) const {
  std::optional<Cause> cause;
  visit(target, [&](const InhibitRule& rule, const auto& one_sided, const auto& two_sided) {
    AlertKey smallest = one_sided.empty() ? two_sided.front().second : one_sided.front().second;
    if (!two_sided.empty()) smallest = std::min(smallest, two_sided.front().second);
    cause = Cause{&rule, smallest};
    return false;
  });
  return cause;
}

std::vector<Inhibitor::Cause> Inhibitor::all_inhibiting(const Labels& target, std::size_t limit) const {
  std::vector<Cause> causes;
  if (limit == 0) return causes;
  visit(target, [&](const InhibitRule& rule, const auto& one_sided, const auto& two_sided) {
    auto one = one_sided.begin();
    auto two = two_sided.begin();
    while (causes.size() < limit && (one != one_sided.end() || two != two_sided.end())) {
      const bool take_one = two == two_sided.end() || (one != one_sided.end() && one->second < two->second);
      causes.push_back({&rule, take_one ? (one++)->second : (two++)->second});
    }
    return causes.size() < limit;
  });
  return causes;
}

}  // namespace tocsin
