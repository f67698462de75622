// The wording that needs no template: what people get where a template of theirs fails, so that no page is
// lost over it.
#pragma once

#include <string>

#include "receivers/notification_data.h"

namespace tocsin {

// [FIRING:2] Name values (other common values), as the default subject.
std::string plain_title(const NotificationData&);
// One line per alert: state, summary or description, labels that are not common; after `limit` alerts "… N
// more".
std::string plain_alert_list(const NotificationData&, std::size_t limit = 10);

}  // namespace tocsin
