// How explanations look as JSON: the live one, the one put together from the history, and the lines of the
// history. Only shapes. Times are RFC 3339 in milliseconds; one that is not known is left out.
#pragma once

#include "app/past_alert.h"
#include "core/json.h"
#include "router/explain.h"
#include "router/router_view.h"

namespace tocsin {

// Newest first, those that are shown of an alert; `more`: there are others.
struct ShownHistory {
  std::vector<const PastNotice*> lines;
  bool more = false;
};

void write_explanation(JsonWriter&, const AlertExplanation&, const ShownHistory&);
void write_past_alert(JsonWriter&, const PastAlert&, const ShownHistory&);
// An alert of a rule whose condition holds, but not yet for as long as `for` wants: the router does not know
// it yet.
struct PendingAlert {
  Labels labels;
  std::string rule_group;
  TimePoint active_at = kNoTime;
  Duration hold_for{};
  std::string rule_error;  // of the last evaluation: then it can neither fire nor end
};
void write_pending_alert(JsonWriter&, const PendingAlert&, TimePoint now);

void write_group_state(JsonWriter&, const GroupView&);

}  // namespace tocsin
