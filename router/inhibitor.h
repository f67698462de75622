// The Inhibitor knows which firing alerts are sources of which inhibition rules, and so which rule inhibits
// a target now. It keeps all sources: while one of them fires, its targets stay inhibited. Sources count
// even if they are themselves inhibited or silenced. It does not know alerts that are no source of anything,
// and it has no durable state: it is filled anew from the alert book.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/labels.h"
#include "router/alert_key.h"
#include "router/inhibit_rule.h"

namespace tocsin {

// Finds the rules of which one side may match a label set, by an equality matcher of that side. A rule whose
// side has none is found always.
class InhibitRuleIndex {
 public:
  using Found = boost::container::small_vector<std::uint32_t, 32>;  // ascending

  InhibitRuleIndex() = default;
  InhibitRuleIndex(const std::vector<InhibitRule>&, Matchers InhibitRule::*side);
  Found find(const Labels&) const;

 private:
  using ByValue = std::map<std::string, std::vector<std::uint32_t>, std::less<>>;
  std::map<std::string, ByValue, std::less<>> by_label_;
  std::vector<std::uint32_t> always_;
};

class Inhibitor {
 public:
  explicit Inhibitor(std::vector<InhibitRule> rules = {});
  // Causes point into the rules, so an Inhibitor stays where its causes are used.
  Inhibitor(const Inhibitor&) = delete;
  Inhibitor& operator=(const Inhibitor&) = delete;
  Inhibitor(Inhibitor&&) = default;
  Inhibitor& operator=(Inhibitor&&) = default;

  // Fires now. Twice is fine.
  void started(AlertKey, const Labels&);
  // Fires no more. Unknown is fine.
  void ended(AlertKey);

  struct Cause {
    const InhibitRule* rule = nullptr;
    AlertKey source;
  };
  // By the first rule of the file that has a source for it; of its sources the smallest key.
  std::optional<Cause> inhibiting(const Labels& target) const;
  // Every rule and source, in the same order, at most `limit`.
  std::vector<Cause> all_inhibiting(const Labels& target, std::size_t limit) const;

  std::size_t rule_count() const { return rules_.size(); }

 private:
  // Sources of equal values under `equal`: first those that match the source side only, then those that
  // match the target side too and so cannot inhibit their like.
  using Sources = std::set<std::pair<bool, AlertKey>>;

  // Lets text in a buffer be looked up without a string.
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct KeyHash {
    std::size_t operator()(const AlertKey& key) const { return key.fingerprint ^ key.twin; }
  };
  using SourcesByEqual = boost::unordered_flat_map<std::string, Sources, TextHash, std::equal_to<>>;

  template <class Visit>
  void visit(const Labels& target, Visit visit) const;

  std::vector<InhibitRule> rules_;
  InhibitRuleIndex by_source_;
  InhibitRuleIndex by_target_;
  std::vector<SourcesByEqual> sources_;                                 // by rule
  boost::unordered_flat_map<AlertKey, Labels, KeyHash> source_labels_;  // of alerts that are a source
};

}  // namespace tocsin
