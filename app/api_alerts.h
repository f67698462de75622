// Handlers that list what the router knows: alerts, and alerts by group. Posting alerts is api_posts.
#pragma once

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

HttpAnswer list_alerts(ApiBackend&, const HttpQuery&);        // GET /api/v2/alerts
HttpAnswer list_alert_groups(ApiBackend&, const HttpQuery&);  // GET /api/v2/alerts/groups

}  // namespace tocsin
