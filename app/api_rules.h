// Handlers that show rules and their alerts as Prometheus shows them, so that Grafana and others read them
// unchanged.
#pragma once

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

HttpAnswer list_rules(ApiBackend&, const HttpQuery&);        // GET /api/v1/rules
HttpAnswer list_rule_alerts(ApiBackend&, const HttpQuery&);  // GET /api/v1/alerts

}  // namespace tocsin
