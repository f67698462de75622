// Handlers about the program as a whole: is it alive, ready, what does it run with, read the configuration
// again.
#pragma once

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

HttpAnswer show_healthy(ApiBackend&, const HttpQuery&);          // GET /-/healthy
HttpAnswer show_ready(ApiBackend&, const HttpQuery&);            // GET /-/ready
HttpAnswer reload_configuration(ApiBackend&, const HttpQuery&);  // POST /-/reload
HttpAnswer show_metrics(ApiBackend&, const HttpQuery&);          // GET /metrics
HttpAnswer list_receivers(ApiBackend&, const HttpQuery&);        // GET /api/v2/receivers
HttpAnswer show_own_status(ApiBackend&, const HttpQuery&);       // GET /api/tocsin/v1/status
HttpAnswer show_status(ApiBackend&, const HttpQuery&);           // GET /api/v2/status

}  // namespace tocsin
