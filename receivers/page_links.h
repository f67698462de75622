// The places that a page leads to: what its alerts name (runbook, expression, dashboard), and what the
// program itself answers to (a silence with its matchers filled in, the group, why it spoke).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "receivers/notification_data.h"

namespace tocsin {

struct PageLink {
  std::string text, url;
};

// In the order in which people reach for them. Those without a URL, or with one that is not http(s), are left
// out.
std::vector<PageLink> page_links(const NotificationData&);

// EXTERNAL/#/silences/new?filter=…: what all alerts have in common. Empty where that is nothing: such a
// silence would mute everything.
std::string silence_url(const NotificationData&);
// EXTERNAL/#/alerts?receiver=…&filter=…
std::string group_url(const NotificationData&);
// EXTERNAL/api/tocsin/v1/explain?filter=…
std::string explain_url(const NotificationData&);

}  // namespace tocsin
