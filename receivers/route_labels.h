// Route labels: what a route says about all of its groups (an owner, a channel), in values that are templates
// and may call on one another. They become text once per notification, from its own data; what they became is
// then what every other template sees. Merging them from the root of the routing tree is not done here.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/notification.h"
#include "core/problem.h"
#include "receivers/notification_data.h"

namespace tocsin {

class NotificationTemplates;

// Expands labels on demand, each once. A label may call on the others, but not on itself. Lives as long as
// one execution of a template; the data must outlive it.
class RouteLabelResolver {
 public:
  using Expand = std::function<Result<std::string>(const std::string& template_text)>;
  RouteLabelResolver(const NotificationData& data, Expand expand) : data_(data), expand_(std::move(expand)) {}
  // Empty where there is no such label.
  Result<std::string> value(const std::string& name);

 private:
  const NotificationData& data_;
  Expand expand_;
  KeyValues done_;
  std::vector<std::string> in_progress_;
};

struct RenderedRouteLabels {
  KeyValues labels;    // without those that failed, as in Alertmanager
  KeyValues failures;  // name to reason
};

// What the labels of the notification's route are for its alerts. As in Alertmanager they do not know why the
// group speaks: that is "unknown" to them. It needs of the notification: integration.receiver, group_labels,
// route_labels, at and alerts.
RenderedRouteLabels render_route_labels(const Notification&, const NotificationTemplates&,
                                        const std::string& external_url, TimePoint now);

// The same on data at hand: where its labels are still templates, they become text. Answers what failed, on
// one line, for a delivery's warning; empty where nothing did.
std::string render_route_labels(NotificationData&, const NotificationTemplates&, TimePoint now);

// Tries the labels of a route on sample alerts; each failure is a problem at the place given. A failure that
// `inherited` labels alone show too is the parent's, and is not told again.
void check_route_labels(const KeyValues& own, const KeyValues& inherited, const std::string& file, Position,
                        const NotificationTemplates&, Problems&);

}  // namespace tocsin
