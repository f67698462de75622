// RouterStory runs a Router under virtual time as the engine would: records are kept before deliveries are
// answered, restarts begin with the records alone. What was said is collected as lines: SECOND INTEGRATION
// REASON: +FIRING -RESOLVED.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/router.h"

namespace tocsin {

inline const TimePoint kStart = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
inline TimePoint at(double seconds) {
  return kStart + from_seconds(seconds);
}

inline Labels named(std::string_view name) {
  return Labels{{"alertname", name}};
}

inline Matcher equals(std::string name, std::string value) {
  return *Matcher::make(std::move(name), MatchType::kEqual, std::move(value));
}

inline IntegrationEntry integration(std::string receiver, std::string kind = "slack", int index = 0) {
  std::string fingerprint = receiver + "-" + kind + std::to_string(index);
  return {{std::move(receiver), std::move(kind), index}, true, fingerprint};
}

// One route, one receiver "team" with one integration; defaults of Alertmanager: 30 s, 5 m, 4 h.
RoutingConfig plain_config();

class RouterStory {
 public:
  // What the service answers; nothing: it hangs until `answer` is called.
  using Service = std::function<std::optional<DeliveryResult>(const Notification&)>;

  explicit RouterStory(RoutingConfig config = plain_config());

  void fires(const Labels&, double second);
  void resolves(const Labels&, double second);
  void fires(std::string_view name, double second) { fires(named(name), second); }
  void resolves(std::string_view name, double second) { resolves(named(name), second); }
  void accepts(Alert, double second);
  void reloads(RoutingConfig, double second);
  // From `second` until `until`; the answer is its id.
  std::string silences(const Matcher&, double second, double until);
  void expires(const std::string& silence, double second);
  void restarts(double second);
  void answers(const std::string& id, const DeliveryResult&, double second);
  void run_until(double second);

  // Lines since the last call.
  std::string said();
  std::vector<std::string> notices(NoticeKind) const;
  std::size_t records_of(std::string_view bucket) const;
  const Notification& last() const { return deliveries_.back(); }
  double now() const { return to_seconds(now_ - kStart); }
  Router& router() { return *router_; }
  const std::map<std::pair<std::string, std::string>, std::string>& store() const { return store_; }
  std::map<std::pair<std::string, std::string>, std::string>& store() { return store_; }

  Service service;
  RouterOutput last_output;
  std::vector<Notification> deliveries_;
  std::vector<Notice> notices_;

 private:
  void take(RouterOutput);
  void advance();

  std::shared_ptr<const RoutingConfig> config_;
  std::unique_ptr<Router> router_;
  std::map<std::pair<std::string, std::string>, std::string> store_;
  std::deque<Notification> unanswered_;
  std::string said_;
  bool answered_ = false;  // since the last advance
  TimePoint now_ = kStart;
};

inline DeliveryResult ok() {
  return {.outcome = DeliveryResult::Outcome::kDelivered,
          .status = 200,
          .reason = "",
          .message = "",
          .retry_after = {},
          .message_ref = ""};
}
inline DeliveryResult failing() {
  return {.outcome = DeliveryResult::Outcome::kFailed,
          .status = 500,
          .reason = "serverError",
          .message = "it is down",
          .retry_after = {},
          .message_ref = ""};
}
inline DeliveryResult refused() {
  return {.outcome = DeliveryResult::Outcome::kRejected,
          .status = 400,
          .reason = "clientError",
          .message = "no such channel",
          .retry_after = {},
          .message_ref = ""};
}

}  // namespace tocsin
