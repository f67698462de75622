// Reads the body of POST /api/v2/silences: JSON in, a Silence out, with every mistake of the body named at
// once. What can be wrong about a silence as such (empty matchers, an end before its start) is judged by
// router/silence.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "app/http_message.h"
#include "router/silence.h"

namespace tocsin {

// To look at what a silence would mute nothing but matchers is needed.
enum class SilencePurpose { kSet, kPreview };

// Fails with the answer to send: 400 where types are wrong, 422 where something is missing, as Alertmanager.
//
// Beyond Alertmanager's fields: matcherSets (a list of lists of matchers, one of which has to match; its
// first is the same as matchers, which may then be left out), untilResolved and expireWhenIdle ("2h").
tl::expected<Silence, HttpAnswer> read_posted_silence(std::string_view body, SilencePurpose);

}  // namespace tocsin
