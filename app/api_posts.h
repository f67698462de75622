// The handler that takes alerts from outside: POST /api/v2/alerts.
#pragma once

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

// What is valid is taken even where other alerts of the same request are not; the answer then names each of
// those.
HttpAnswer post_alerts(ApiBackend&, const HttpQuery&);

}  // namespace tocsin
