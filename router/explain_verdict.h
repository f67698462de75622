// The verdict about one alert and one integration: where it stands, and the sentence that says so. Pure: it
// sees an explanation that lacks nothing else.
#pragma once

#include "router/explain.h"
#include "router/notify_decision.h"

namespace tocsin {

// Fills in `stand` and `verdict`. Retired: here the alert is no longer announced, only its end is told.
void judge(const AlertExplanation&, const GroupExplanation&, Standing, TimePoint now,
           IntegrationExplanation&);

}  // namespace tocsin
