#include "router/inhibition_cycles.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/strong_components.hpp>
#include <set>

#include "router/matcher_values.h"

namespace tocsin {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Cycle = std::vector<std::size_t>;  // rules in order; the smallest is first

constexpr std::size_t kMostReported = 20;

// A rule's sides with what `equal` carries over: a matcher of the source on a label that must be equal holds
// for the target too.
struct Sides {
  Matchers source;
  Matchers target;
};

Sides sides_of(const InhibitRule& rule) {
  Sides sides{rule.source, rule.target};
  const auto carried = [&](const Matcher& matcher) {
    return std::ranges::find(rule.equal, matcher.name()) != rule.equal.end();
  };
  std::ranges::copy_if(rule.source, std::back_inserter(sides.target), carried);
  std::ranges::copy_if(rule.target, std::back_inserter(sides.source), carried);
  return sides;
}

// Whether each alert that matches both a and b matches `wanted` by the very same matchers.
bool covered(const Matchers& wanted, const Matchers& a, const Matchers& b) {
  return std::ranges::all_of(wanted, [&](const Matcher& matcher) {
    return std::ranges::find(a, matcher) != a.end() || std::ranges::find(b, matcher) != b.end();
  });
}

class CycleSearch {
 public:
  explicit CycleSearch(const std::vector<InhibitRule>& rules) : rules_(rules), graph_(rules.size()) {
    for (const InhibitRule& rule : rules) sides_.push_back(sides_of(rule));
    for (std::size_t a = 0; a < rules.size(); ++a) {
      for (std::size_t b = 0; b < rules.size(); ++b) {
        const bool link = a != b && can_inhibit(rules[a]) && can_inhibit(rules[b]) &&
                          may_overlap(sides_[a].target, sides_[b].source);
        if (link) boost::add_edge(a, b, graph_);
      }
    }
  }

  std::set<Cycle> run() const {
    std::vector<int> component(rules_.size());
    boost::strong_components(graph_, boost::make_iterator_property_map(
                                         component.begin(), boost::get(boost::vertex_index, graph_)));
    std::set<Cycle> cycles;
    for (const auto& edge : boost::make_iterator_range(boost::edges(graph_))) {
      const std::size_t from = boost::source(edge, graph_);
      const std::size_t to = boost::target(edge, graph_);
      if (component[from] != component[to]) continue;
      Cycle cycle = shortest_through(from, to);
      if (!cycle.empty() && !guarded(cycle)) cycles.insert(std::move(cycle));
    }
    return cycles;
  }

 private:
  // from → to → … → from, rotated to begin with the smallest.
  Cycle shortest_through(std::size_t from, std::size_t to) const {
    std::vector<std::size_t> parent(rules_.size());
    for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = i;
    boost::breadth_first_search(graph_, to,
                                boost::visitor(boost::make_bfs_visitor(
                                    boost::record_predecessors(parent.data(), boost::on_tree_edge()))));
    Cycle cycle;
    for (std::size_t at = from; at != to; at = parent[at]) {
      if (parent[at] == at) return {};
      cycle.push_back(at);
    }
    cycle.push_back(to);
    std::reverse(cycle.begin(), cycle.end());
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    return cycle;
  }

  // Where both alerts of a link are bound to match both sides of its rule, the rule does not apply to them.
  bool guarded(const Cycle& cycle) const {
    const std::size_t size = cycle.size();
    for (std::size_t i = 0; i < size; ++i) {
      const Sides& before = sides_[cycle[(i + size - 1) % size]];
      const Sides& rule = sides_[cycle[i]];
      const Sides& after = sides_[cycle[(i + 1) % size]];
      const InhibitRule& written = rules_[cycle[i]];
      if (covered(written.source, rule.target, after.source) &&
          covered(written.target, before.target, rule.source)) {
        return true;
      }
    }
    return false;
  }

  const std::vector<InhibitRule>& rules_;
  std::vector<Sides> sides_;
  Graph graph_;
};

std::string names_of(const Cycle& cycle, const std::vector<InhibitRule>& rules) {
  std::string names;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (i > 0) names += i + 1 == cycle.size() ? " and " : ", ";
    names += describe(rules[cycle[i]]);
  }
  return names;
}

}  // namespace

void check_inhibition_cycles(const std::vector<InhibitRule>& rules, std::string_view file,
                             Problems& problems) {
  const std::set<Cycle> cycles = CycleSearch(rules).run();
  std::size_t reported = 0;
  for (const Cycle& cycle : cycles) {
    const Position place = rules[cycle.front()].position;
    if (reported == kMostReported) {
      problems.add({std::string(file), place, Severity::kWarning,
                    fmt::format("and {} more cycles of inhibition rules", cycles.size() - reported), "", 0,
                    "inhibition/cycle"});
      return;
    }
    ++reported;
    problems.add({std::string(file), place, Severity::kWarning,
                  fmt::format("the inhibition rules {} can inhibit in a circle: alerts that keep each other "
                              "quiet would be heard by nobody",
                              names_of(cycle, rules)),
                  "add matchers so that no target of one can be a source of the next", 0,
                  "inhibition/cycle"});
  }
}

}  // namespace tocsin
