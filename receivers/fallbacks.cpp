#include "receivers/fallbacks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/labels.h"
#include "core/nearest_name.h"

namespace tocsin {
namespace {

const Receiver* find_receiver(const std::vector<Receiver>& receivers, const std::string& name) {
  const auto found = std::ranges::find(receivers, name, &Receiver::name);
  return found == receivers.end() ? nullptr : &*found;
}

// The names from `first` back to itself; empty where it does not come back.
std::vector<std::string> cycle_of(const std::vector<Receiver>& receivers, const Receiver& first) {
  std::vector<std::string> path = {first.name};
  for (const Receiver* next = find_receiver(receivers, first.fallback_receiver); next != nullptr;
       next = find_receiver(receivers, next->fallback_receiver)) {
    path.push_back(next->name);
    if (next->name == first.name) return path;
    if (path.size() > receivers.size()) break;  // a circle further on, which is told of its own members
  }
  return {};
}

}  // namespace

void check_fallbacks(const std::vector<Receiver>& receivers, const std::vector<Position>& places,
                     const std::string& file, Problems& problems) {
  std::vector<std::string> names;
  for (const Receiver& receiver : receivers) names.push_back(receiver.name);
  std::vector<std::string> in_told_cycles;
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    const Receiver& receiver = receivers[i];
    const std::string& name = receiver.fallback_receiver;
    if (name.empty()) continue;
    const Receiver* fallback = find_receiver(receivers, name);
    if (fallback == nullptr) {
      const std::string hint = did_you_mean(name, names);
      problems.error(file, places[i], fmt::format("there is no receiver {} to fall back to", go_quote(name)),
                     hint.empty() ? "define it under `receivers`" : hint);
      continue;
    }
    if (fallback->integrations.empty()) {
      problems.error(file, places[i],
                     fmt::format("the fallback {} has no integration: it would reach nobody", go_quote(name)),
                     "name a receiver that tells somebody");
    }
    if (std::ranges::find(in_told_cycles, receiver.name) != in_told_cycles.end()) continue;
    const std::vector<std::string> cycle = cycle_of(receivers, receiver);
    if (cycle.empty()) continue;
    problems.error(file, places[i],
                   fmt::format("fallback receivers go in a circle: {}", fmt::join(cycle, " -> ")),
                   "the last one of a chain must have none");
    in_told_cycles.insert(in_told_cycles.end(), cycle.begin(), cycle.end());
  }
}

}  // namespace tocsin
