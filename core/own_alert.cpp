#include "core/own_alert.h"

#include <utility>

namespace tocsin {

Alert own_alert(Labels labels, Labels annotations, TimePoint now) {
  Alert alert;
  alert.labels = std::move(labels);
  alert.annotations = std::move(annotations);
  alert.starts_at = now;
  alert.updated_at = now;
  alert.origin = AlertOrigin::kRule;
  return alert;
}

Alert ended(Alert firing, TimePoint now, ResolveCause cause) {
  firing.ends_at = now;
  firing.updated_at = now;
  firing.cause = cause;
  return firing;
}

}  // namespace tocsin
