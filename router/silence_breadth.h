// How much a silence would mute: counted against the alerts that fire now, and judged by its matchers alone.
// For the question before it is made, not for routing.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "router/silence.h"

namespace tocsin {

// Calls back with the labels of every alert that fires now.
using FiringAlerts = std::function<void(const std::function<void(const Labels&)>&)>;

struct SilenceBreadth {
  std::size_t matched = 0;
  std::size_t total = 0;
};

SilenceBreadth preview(const std::vector<Matchers>& matcher_sets, const FiringAlerts&);

// One of its sets narrows nothing down: it has only matchers that nearly every alert passes, such as
// team!="db", team="" or instance=~".+".
bool dangerously_broad(const Silence&);

}  // namespace tocsin
