// The program's own alerts about its receivers: people have to hear, by another way, that nothing arrives
// there, or that it arrives in plain words because a template of theirs fails. Only texts and times: the
// router finds out, the engine raises them, and they are routed like all alerts. A route for them should lead
// elsewhere.
#pragma once

#include <string>

#include "core/alert.h"
#include "router/router_output.h"

namespace tocsin {

// ReceiverFailing: fires until something arrives.
Alert receiver_failing(const IntegrationNews&);
// Whose alert it is, as text; empty for any other alert.
std::string failing_integration(const Labels&);

// NotificationTemplateFailing: it ends by itself an hour after the last failure.
Alert template_failing(const IntegrationId&, const std::string& error, TimePoint now);

}  // namespace tocsin
