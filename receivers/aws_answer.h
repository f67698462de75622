// What an answer of AWS' query protocol (SNS, STS) means: small XML documents with a code for each mistake.
#pragma once

#include <string>
#include <string_view>

#include "core/delivery_result.h"
#include "core/outbound.h"

namespace tocsin {

// The text of the first element of that name, entities resolved; empty where there is none.
std::string aws_text(std::string_view xml, std::string_view element);

// `reference` is the element whose text names what was done ("MessageId").
DeliveryResult read_aws_answer(const OutboundAnswer&, TimePoint sent_at, std::string_view reference);

// Whether temporary keys are no longer good.
bool is_aws_identity_refused(const OutboundAnswer&);

}  // namespace tocsin
