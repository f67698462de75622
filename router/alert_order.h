// The order of alerts within a notification, as Alertmanager sorts them: by job, then instance (alerts
// without come last), then label set: fewer labels first, then by the first name or value that differs.
#pragma once

#include "core/labels.h"

namespace tocsin {

bool notified_before(const Labels& a, const Labels& b);

}  // namespace tocsin
