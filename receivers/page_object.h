// What templates find under `.Tocsin`, beside Alertmanager's data: what changed since the last notification,
// and the page of Tocsin's own style, whole and in parts. It is made when a template first asks for it.
//
//   .Tocsin.Title 256         the title, at most so many characters
//   .Tocsin.Subject           what it is about, the same for every notification about a group
//   .Tocsin.Delta             +2 new (gpu-7), 1 resolved (gpu-3); first fired 12 min ago; notified: 2nd time
//   .Tocsin.Text 1024         the page without its title: .Text, .Markdown, .List, .TelegramHTML; the limit
//   may
//                             be left out, or be of bytes: .Tocsin.Text 1024 "bytes"
//   .Tocsin.HTML              the page as the HTML of an e-mail
//   .Tocsin.New .Resolved .Unchanged                        the alerts, as .Alerts has them; each also says
//                             it itself: (index .Alerts 0).Change is new, resolved or unchanged
//   .Tocsin.FirstFired .TimesNotified .Severity .Trend      a time, a number, critical|error|warning|info,
//   text .Tocsin.SilenceURL .GroupURL .ExplainURL
#pragma once

#include <functional>
#include <memory>

#include "receivers/notification_objects.h"

namespace tocsin {

// `alerts_that` makes the list of the alerts that changed so.
tmpl::Value page_object(std::shared_ptr<const NotificationData>, TimePoint now,
                        std::function<tmpl::Value(AlertChange)> alerts_that);

}  // namespace tocsin
