#include "router/route.h"

#include <algorithm>

namespace tocsin {

namespace {

void collect_matches(const Route& route, const Labels& labels, std::vector<const Route*>& out) {
  std::size_t before = out.size();
  for (const Route& child : route.routes) {
    if (!match_all(child.matchers, labels)) continue;
    collect_matches(child, labels, out);
    if (!child.continues) break;
  }
  if (out.size() == before) out.push_back(&route);
}

void collect_all(const Route& route, std::vector<const Route*>& out) {
  out.push_back(&route);
  for (const Route& child : route.routes) collect_all(child, out);
}

void name_route(Route& route, const Route* parent, std::size_t index) {
  std::sort(route.matchers.begin(), route.matchers.end());
  std::sort(route.group_by.begin(), route.group_by.end());
  std::string own = to_string(route.matchers);
  route.key = parent == nullptr ? own : parent->key + "/" + own;
  route.id = parent == nullptr ? own : parent->id + "/" + own + "/" + std::to_string(index);
  for (std::size_t i = 0; i < route.routes.size(); ++i) name_route(route.routes[i], &route, i);
}

}  // namespace

std::vector<const Route*> Route::match(const Labels& alert) const {
  std::vector<const Route*> out;
  if (match_all(matchers, alert)) collect_matches(*this, alert, out);
  return out;
}

Labels Route::group_labels(const Labels& alert) const {
  if (group_by_all) return alert;
  std::vector<Label> kept;
  for (const std::string& name : group_by) {
    if (alert.has(name)) kept.push_back({name, alert.value(name)});
  }
  return Labels::from(std::move(kept));
}

void name_routes(Route& root) {
  name_route(root, nullptr, 0);
}

std::vector<const Route*> all_routes(const Route& root) {
  std::vector<const Route*> out;
  collect_all(root, out);
  return out;
}

}  // namespace tocsin
