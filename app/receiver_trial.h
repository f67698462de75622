// A trial: what a receiver of a configuration is told when somebody tries it out, without a running server.
// It finds the integrations that are meant and makes the notification, as the router would for the first
// route that leads to the receiver. It carries nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/configuration.h"
#include "app/options_receiver.h"

namespace tocsin {

enum class TrialKind {
  kPreview,  // as it would be
  kTest,     // marked as a test, and of a group of its own, so that no open incident is touched
};

class ReceiverTrial {
 public:
  // Fails where the receiver or an integration is not there, or the alerts cannot be read. `alerts_json` is
  // what --alerts names; empty: one alert is made up.
  static Result<ReceiverTrial> make(const Configuration&, const ReceiverTrialOptions&,
                                    const std::string& alerts_json, TrialKind, TimePoint now);

  const std::vector<std::shared_ptr<const Integration>>& integrations() const { return integrations_; }
  // `id` names the notification; two of one id may be taken for a repetition.
  Notification firing(const Integration&, std::string id) const;
  // The same alerts, over at `now`; `message_ref` is what the service called the first message.
  Notification resolved(const Integration&, std::string id, TimePoint now, std::string message_ref) const;
  // What the user should know about it; may be empty.
  const std::string& note() const { return note_; }

 private:
  Notification notification(const Integration&, std::string id, TimePoint at) const;

  std::vector<std::shared_ptr<const Integration>> integrations_;
  Notification common_;  // without what differs between integrations
  std::string note_;
};

// A JSON array as POST /api/v2/alerts takes it, or an object that has one as `alerts`.
Result<std::vector<Alert>> read_trial_alerts(std::string_view json, Duration resolve_timeout, TimePoint now);
// The object may also say what the page shows of the past, up to `now`:
//   "trend": {"values": [1, null, 2.5], "step_seconds": 60, "threshold": 2, "comparison": ">"}
// Null where it does not.
std::shared_ptr<const Trend> read_trial_trend(std::string_view json, TimePoint now);

}  // namespace tocsin
