// An Instance is one series of an alerting rule: pending or firing. What has resolved is reported once and
// then forgotten, because router and evaluator are one program: nothing has to be said again and again until
// somebody has heard it.
#pragma once

#include <string>

#include "core/labels.h"
#include "core/time.h"

namespace tocsin {

// What one sample says after the rule's labels and annotations were applied to it: the input of the state
// machine.
struct InstanceSeed {
  Labels labels;       // final: rule labels expanded, alertname set
  Labels annotations;  // expanded
  double value = 0;
};

struct Instance {
  enum class State { kPending, kFiring };
  State state = State::kPending;
  Labels labels;
  Labels annotations;
  double value = 0;
  Labels alert_labels;            // what the router knows it by: labels, and external labels where absent
  TimePoint active_at = kNoTime;  // since when the condition holds; `for` counts from here
  TimePoint fired_at = kNoTime;   // what a page shows as its start
  TimePoint keep_firing_since = kNoTime;  // set while only keep_firing_for holds it
};

}  // namespace tocsin
