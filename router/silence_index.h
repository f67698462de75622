// SilenceIndex finds the silences that may match an alert without looking at the others. Every matcher set is
// filed under one of its equality matchers, the one that has the fewest sets so far; only sets without
// one are looked at for every alert. It does not know states or times.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "router/silence_entry.h"

namespace tocsin {

class SilenceIndex {
 public:
  // The entry keeps its address and its matcher sets until it is removed.
  void add(SilenceEntry&);
  void remove(SilenceEntry&);

  // visit(entry) for every entry with a set that matches, possibly more than once; it returns whether that
  // was enough. `worth` is asked before the matchers are.
  template <class Worth, class Visit>
  void visit_matching(const Labels& labels, Worth&& worth, Visit&& visit) const {
    if (visit_in(unfiled_, labels, worth, visit) || filed_.empty()) return;
    for (const Label& label : labels) {
      auto it = filed_.find(file_of(label.name, label.value));
      if (it != filed_.end() && visit_in(it->second, labels, worth, visit)) return;
    }
  }

 private:
  struct Filed {
    SilenceEntry* entry;
    const Matchers* set;
  };
  // A hash: two labels that share one are told apart by the matchers.
  static std::uint64_t file_of(std::string_view name, std::string_view value);
  std::uint64_t choose_file(const Matchers&) const;  // 0: none

  template <class Worth, class Visit>
  static bool visit_in(const std::vector<Filed>& file, const Labels& labels, Worth& worth, Visit& visit) {
    for (const Filed& filed : file) {
      if (worth(*filed.entry) && match_all(*filed.set, labels) && visit(*filed.entry)) return true;
    }
    return false;
  }

  std::unordered_map<std::uint64_t, std::vector<Filed>> filed_;
  std::vector<Filed> unfiled_;
};

}  // namespace tocsin
