#include "router/alert_order.h"

namespace tocsin {

namespace {

// As Prometheus' LabelSet.Before: of two sets of the same size, the one that lacks the first differing name
// comes first.
bool set_before(const Labels& a, const Labels& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name) return b[i].name < a[i].name;
    if (a[i].value != b[i].value) return a[i].value < b[i].value;
  }
  return false;
}

}  // namespace

bool notified_before(const Labels& a, const Labels& b) {
  for (std::string_view name : {"job", "instance"}) {
    bool in_a = a.has(name);
    bool in_b = b.has(name);
    if (!in_a && !in_b) continue;
    if (in_a != in_b) return in_a;
    if (a.value(name) != b.value(name)) return a.value(name) < b.value(name);
  }
  return set_before(a, b);
}

}  // namespace tocsin
