// What an HTTP service's answer means for a delivery, in the way common to all services: 2xx has it, 5xx, 429
// and network trouble may work later, everything else will not. What a single service adds (Slack's "ok")
// stands in that service's file.
#pragma once

#include <string_view>

#include "core/delivery_result.h"
#include "core/outbound.h"

namespace tocsin {

// `sent_at` anchors a Retry-After that is a date where the answer has no Date header of its own.
DeliveryResult read_service_answer(const OutboundAnswer&, TimePoint sent_at);

// Seconds or an HTTP date; zero where it is missing, in the past or cannot be read. Capped at one day:
// nothing may silence us longer.
Duration read_retry_after(const OutboundAnswer&, TimePoint sent_at);

// A short, one-line piece of an answer's body for messages.
std::string answer_excerpt(std::string_view body);

}  // namespace tocsin
