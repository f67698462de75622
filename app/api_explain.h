// GET /api/tocsin/v1/explain: why alerts were told or not, now or at an earlier moment (?at=), with what the
// history has of them; and GET /api/tocsin/v1/groups: every group and how its integrations stand.
#pragma once

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

HttpAnswer explain_alerts(ApiBackend&, const HttpQuery&);
HttpAnswer list_groups(ApiBackend&, const HttpQuery&);

}  // namespace tocsin
