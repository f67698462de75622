// A change event of PagerDuty: it pages nobody, and stands beside the incidents of the service, so that a
// responder sees that the rule was edited ten minutes before it fired.
// https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
#pragma once

#include <string>

#include "core/rule_change.h"

namespace tocsin {

// One line: Rules changed: 2 added (DiskFull, NodeDown), 1 changed (HighLatency: expr, for).
std::string change_summary(const RulesChanged&);
// The body of the request.
std::string pagerduty_change_event(const RulesChanged&, const std::string& routing_key,
                                   const std::string& external_url);
// Where change events go, beside where alert events do; empty: the URL is not that of the Events API
// version 2.
std::string pagerduty_change_url(const std::string& events_url);

}  // namespace tocsin
