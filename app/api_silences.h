// Handlers for silences: list, set, show, expire, and what one would mute if it were set.
#pragma once

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

HttpAnswer list_silences(ApiBackend&, const HttpQuery&);    // GET /api/v2/silences
HttpAnswer post_silence(ApiBackend&, const HttpQuery&);     // POST /api/v2/silences
HttpAnswer show_silence(ApiBackend&, const HttpQuery&);     // GET /api/v2/silence/{id}
HttpAnswer delete_silence(ApiBackend&, const HttpQuery&);   // DELETE /api/v2/silence/{id}
HttpAnswer preview_silence(ApiBackend&, const HttpQuery&);  // POST /api/tocsin/v1/silences/preview

}  // namespace tocsin
