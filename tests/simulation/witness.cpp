#include "tests/simulation/witness.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

// The longest that may pass between two attempts without a hold: the back-off's cap with its jitter.
constexpr Duration kBackOffCap = 90s;
constexpr Duration kInTime = SimulatedWorld::kGroupWait + SimulatedWorld::kGroupInterval + kBackOffCap +
                             SimulatedWorld::kLongestAnswer + 1s;

bool of_a_rule(const Notice& notice) {
  return notice.labels.value("alertname").starts_with('R') && !notice.detail("group").empty();
}

// Of a route of team b, whoever hears of it.
bool is_of_b(const Notification& notification, const RoutingConfig& config) {
  if (notification.route_id == "{}") return false;
  if (notification.integration.receiver == "b") return true;
  for (const Route* route : all_routes(config.root)) {
    if (route->id == notification.route_id) return route->receiver == "b";
  }
  return false;
}

std::string content_of(const Notification& notification, bool wants_resolved) {
  std::string content;
  for (const Alert& alert : notification.alerts) {
    content += alert.labels.to_string() + (is_set(alert.ends_at) ? " resolved" : " firing");
    // Without "resolved" in between, only the start tells that an alert fired anew.
    if (!wants_resolved) content += format_rfc3339(alert.starts_at);
    content += "\n";
  }
  return content;
}

}  // namespace

void Witness::violated(TimePoint now, std::string what) {
  if (violations_.size() < 20)
    violations_.push_back(format_go_duration(now - kSimulationStart) + " " + std::move(what));
}

void Witness::queried(std::size_t rule, const VirtualShell::QueryReply& reply, TimePoint at, TimePoint now) {
  if (evaluations_.empty() || evaluations_.back().at != at || evaluations_.back().asked_at != now) {
    evaluations_.push_back({at, now, now, false, {}});
  }
  Evaluation& evaluation = evaluations_.back();
  evaluation.comes_back += reply.took;
  if (!reply.result.ok()) return;
  std::set<std::string>& holding = evaluation.holding[rule];
  for (const Sample& sample : reply.result.samples)
    holding.insert(std::string(sample.labels.value("instance")));
}

void Witness::configured(const std::set<std::size_t>& rules) {
  for (std::size_t rule = 0; rule < FlappingSeries::kRules; ++rule) {
    if (!rules.contains(rule)) deleted_.insert(rule);
  }
}

// Takes in the answers that have come back. One that comes back right now may be lost yet, by a crash before
// the commit: that something holds is believed at once, that it does not only later.
void Witness::learn(TimePoint now) {
  for (const Evaluation& evaluation : evaluations_) {
    if (evaluation.comes_back > now) continue;
    for (const auto& [rule, instances] : evaluation.holding) {
      RuleKnowledge& known = rules_[rule];
      for (const std::string& instance : instances) known.holds_since.try_emplace(instance, evaluation.at);
      if (evaluation.may_be_dropped) {
        std::erase_if(known.last_seen, [&](const auto& seen) { return !instances.contains(seen); });
        continue;
      }
      known.last_seen = instances;
      if (evaluation.comes_back == now) continue;
      std::erase_if(known.holds_since, [&](const auto& entry) {
        return !instances.contains(entry.first) && !known.firing.contains(entry.first);
      });
    }
  }
  std::erase_if(evaluations_, [&](const Evaluation& evaluation) { return evaluation.comes_back < now; });
}

void Witness::noticed(std::span<const Notice> notices, const SimulatedWorld& world, TimePoint now) {
  for (const Notice& notice : notices) {
    const bool fired = notice.kind == NoticeKind::kAlertFired || notice.kind == NoticeKind::kAlertReceived;
    if (fired) firing_since_[notice.labels] = now;
    // Its end may be said once more, also where the new beginning never got through.
    if (fired) forget_said(notice);
    if (notice.kind == NoticeKind::kAlertResolved) source_ended_at_ = now;
    if (notice.kind == NoticeKind::kReceiverRecovered) receiver_recovered_at_ = now;
    if (notice.kind == NoticeKind::kStoreFailed) store_failed_until_ = kNever;
    if (notice.kind == NoticeKind::kStoreRecovered) store_failed_until_ = now;
    if (notice.kind == NoticeKind::kAlertUnsuppressed || notice.kind == NoticeKind::kGroupUnmuted)
      forget_said(notice);
    if (!of_a_rule(notice)) continue;
    if (notice.kind == NoticeKind::kAlertFired) check_fired(notice, world, now);
    if (notice.kind == NoticeKind::kAlertResolved) check_resolved(notice, now);
  }
}

// What is not muted any more may be said once more.
void Witness::forget_said(const Notice& notice) {
  for (auto& [who, conversation] : conversations_) {
    const bool group = notice.kind == NoticeKind::kGroupUnmuted;
    const bool about = group ? std::get<2>(who) == notice.labels
                             : conversation.content.find(notice.labels.to_string()) != std::string::npos;
    conversation.disturbed |= about;
  }
}

// What is muted is not announced. It may be shown to whoever may know of it, so that the end of others does
// not look like the end of all.
void Witness::check_muted(const Notification& notification, const Engine& engine, TimePoint now) {
  const Router& router = engine.router();
  const bool pause = now >= kPauseStart && now < kPauseEnd && is_of_b(notification, router.config());
  bool announces = false;
  bool shows_muted = false;
  for (const Alert& alert : notification.alerts) {
    if (is_set(alert.ends_at)) continue;
    const bool muted = pause || router.silences().mutes(alert.labels, now) ||
                       router.inhibitor().inhibiting(alert.labels).has_value();
    (muted ? shows_muted : announces) = true;
    const Ear ear{notification.integration.to_string(), notification.group_key, alert.labels};
    if (muted && !attempted_.contains(ear) && !perhaps_attempted_.contains(alert.labels))
      violated(now, "announces what is muted: " + alert.labels.to_string());
    attempted_.insert(ear);
  }
  if (announces && shows_muted) violated(now, "shows what is muted beside what is not");
}

TimePoint Witness::muted_until(const Labels& labels, const Engine& engine, TimePoint now) const {
  const Router& router = engine.router();
  TimePoint until = source_ended_at_;  // whatever it inhibited
  if (router.inhibitor().inhibiting(labels)) return now;
  for (const Silence& silence : router.silences().all()) {
    if (silence.matches(labels) && silence.starts_at <= now)
      until = std::max(until, std::min(silence.ends_at, now));
  }
  if (now >= kPauseStart) until = std::max(until, std::min(kPauseEnd, now));
  return until;
}

void Witness::check_fired(const Notice& notice, const SimulatedWorld& world, TimePoint now) {
  learn(now);
  const std::size_t rule = SimulatedWorld::rule_of(notice.labels.value("alertname"));
  const std::string instance(notice.labels.value("instance"));
  const auto since = rules_[rule].holds_since.find(instance);
  if (since == rules_[rule].holds_since.end())
    return violated(now, "fired without evidence: " + notice.labels.to_string());
  // The slot of the answer is at most `now`.
  if (now - since->second < world.hold_for(rule)) {
    violated(now, fmt::format("fired after {}, not after its for of {}: {}",
                              format_go_duration(now - since->second),
                              format_go_duration(world.hold_for(rule)), notice.labels.to_string()));
  }
  rules_[rule].firing.insert(instance);
}

void Witness::check_resolved(const Notice& notice, TimePoint now) {
  learn(now);
  RuleKnowledge& rule = rules_[SimulatedWorld::rule_of(notice.labels.value("alertname"))];
  const std::string instance(notice.labels.value("instance"));
  rule.firing.erase(instance);
  if (notice.detail("cause") != to_string(ResolveCause::kConditionFalse)) return;
  if (rule.last_seen.contains(instance))
    violated(now, "resolved without evidence: " + notice.labels.to_string());
  rule.holds_since.erase(instance);
}

void Witness::delivered(const Notification& notification, const SimulatedWorld::Answer& answer,
                        bool wants_resolved, const Engine& engine, TimePoint now) {
  const std::string integration = notification.integration.to_string();
  check_conversation(notification, answer, wants_resolved, now);
  check_muted(notification, engine, now);
  if (notification.alerts.empty()) violated(now, "says nothing to " + integration);
  std::set<Labels> seen;
  for (const Alert& alert : notification.alerts) {
    const bool firing = !is_set(alert.ends_at);
    if (!seen.insert(alert.labels).second) violated(now, "names an alert twice: " + alert.labels.to_string());
    if (!firing && !wants_resolved)
      violated(now, "tells an end that nobody wants to hear: " + alert.labels.to_string());
    const std::string_view name = alert.labels.value("alertname");
    // The answer that ends it may bring about another notification of its group in the same moment.
    const bool receiver_fails =
        engine.router().gates().fails(alert.labels.value("integration")) || receiver_recovered_at_ == now;
    const bool true_now = name == "StorageFailing"    ? store_failed_until_ >= now
                          : name == "ReceiverFailing" ? receiver_fails
                                                      : engine.evaluator().fires(alert.labels);
    if (firing && alert.origin == AlertOrigin::kRule && !true_now) {
      violated(now, "says that fires what does not: " + alert.labels.to_string());
    }
    const bool ended_with_rule = alert.cause == ResolveCause::kRuleDeleted && !alert.labels.has("rule");
    if (ended_with_rule && !deleted_.contains(SimulatedWorld::rule_of(alert.labels.value("alertname")))) {
      violated(now, "says that a rule was deleted which was not: " + alert.labels.to_string());
    }
    if (answer.heard) heard_[{integration, notification.group_key, alert.labels}] = {firing, wants_resolved};
  }
  if (answer.result.outcome == DeliveryResult::Outcome::kDelivered) return;
  troubled_until_[integration] = now + answer.took + answer.result.retry_after;
  if (answer.result.outcome == DeliveryResult::Outcome::kRejected) refused_.insert(integration);
}

void Witness::check_conversation(const Notification& notification, const SimulatedWorld::Answer& answer,
                                 bool wants_resolved, TimePoint now) {
  const std::string integration = notification.integration.to_string();
  Conversation& conversation =
      conversations_[{integration, notification.route_id, notification.group_labels}];
  const std::string who =
      integration + " " + notification.route_id + " " + notification.group_labels.to_string();
  if (is_set(conversation.answered_at) && conversation.answered_at > now)
    violated(now, "two deliveries in flight: " + who);
  const std::string content = content_of(notification, wants_resolved);
  // Repeats go from flush to flush; the flush of an attempt is up to an interval ago.
  const Duration repeat = SimulatedWorld::kRepeatInterval - 2 * SimulatedWorld::kGroupInterval;
  const bool repeated =
      conversation.acknowledged && !conversation.disturbed && conversation.content == content;
  if (repeated && now - conversation.said_at < repeat) {
    violated(now, fmt::format("says the same again after {}: {} {}",
                              format_go_duration(now - conversation.said_at), who, content));
  }
  const bool acknowledged = answer.result.outcome == DeliveryResult::Outcome::kDelivered;
  conversation = {now + answer.took, acknowledged, now, content, false};
}

void Witness::crashed(TimePoint now) {
  for (const auto& [labels, since] : firing_since_) perhaps_attempted_.insert(labels);
  std::erase_if(evaluations_, [&](const Evaluation& evaluation) { return evaluation.comes_back >= now; });
  for (auto& [who, conversation] : conversations_) {
    conversation.answered_at = kNoTime;
    conversation.disturbed = true;
  }
  disturbed(now);
}

void Witness::disturbed(TimePoint now) {
  disturbed_at_ = now;
}

void Witness::reloaded(TimePoint now) {
  for (Evaluation& evaluation : evaluations_) evaluation.may_be_dropped |= evaluation.comes_back >= now;
  disturbed(now);
}

void Witness::rerouted(const RoutingConfig& routing, TimePoint now) {
  for (auto& [who, conversation] : conversations_) conversation.disturbed = true;
  std::set<std::string> known;
  for (const ReceiverEntry& receiver : routing.receivers) {
    for (const IntegrationEntry& integration : receiver.integrations)
      known.insert(integration.id.to_string());
  }
  // Who is gone from the configuration hears nothing more.
  std::erase_if(heard_, [&](const auto& entry) { return !known.contains(std::get<0>(entry.first)); });
  disturbed(now);
}

void Witness::check_heard_in_time(const Engine& engine, TimePoint now) {
  check_known(engine, now, false);
}

void Witness::check_everybody_knows(const Engine& engine, TimePoint now) {
  check_known(engine, now, true);
}

void Witness::check_known(const Engine& engine, TimePoint now, bool calm) {
  const RoutingConfig& routing = engine.router().config();
  for (const AlertView& view : engine.router().alerts(now)) {
    const Labels& labels = view.alert.labels;
    if (view.alert.resolved_at(now)) continue;
    const TimePoint since = std::max({firing_since_.try_emplace(labels, now).first->second, disturbed_at_,
                                      muted_until(labels, engine, now)});
    for (const Route* route : routing.root.match(labels)) {
      const std::string group_key = route->key + ":" + route->group_labels(labels).to_string();
      for (const IntegrationEntry& entry : routing.receiver(route->receiver)->integrations) {
        const std::string integration = entry.id.to_string();
        if (!calm) check_fallback(routing, entry, {integration, group_key, labels}, since, now);
        if (!calm && refused_.contains(integration)) continue;
        if (now < std::max(since, troubled_until_[integration]) + kInTime) continue;
        const auto heard = heard_.find({integration, group_key, labels});
        if (heard != heard_.end() && heard->second.firing) continue;
        violated(now,
                 fmt::format("fires since {} and {} has not heard of it: {}",
                             format_go_duration(since - kSimulationStart), integration, labels.to_string()));
      }
    }
  }
}

// Whom an integration has not told for its fallback_after, its fallback has.
void Witness::check_fallback(const RoutingConfig& routing, const IntegrationEntry& entry, const Ear& ear,
                             TimePoint since, TimePoint now) {
  const auto heard = heard_.find(ear);
  if (entry.fallback_receiver.empty() || (heard != heard_.end() && heard->second.firing)) return;
  for (const IntegrationEntry& stand_in : routing.receiver(entry.fallback_receiver)->integrations) {
    const std::string integration = stand_in.id.to_string();
    if (refused_.contains(integration)) continue;
    if (now < std::max(since + entry.fallback_after, troubled_until_[integration]) + kInTime) continue;
    const auto told = heard_.find({integration, std::get<1>(ear), std::get<2>(ear)});
    if (told != heard_.end() && told->second.firing) continue;
    violated(now, fmt::format("{} has not heard of it, and neither has its fallback {}: {}", std::get<0>(ear),
                              integration, std::get<2>(ear).to_string()));
  }
}

void Witness::check_what_fires(const std::set<Labels>& expected, const Engine& engine, TimePoint now) {
  std::set<Labels> firing;
  for (const AlertView& view : engine.router().alerts(now)) {
    // News about a receiver is no rule's.
    if (view.alert.origin == AlertOrigin::kRule && !view.alert.resolved_at(now) &&
        view.alert.labels.value("alertname") != "ReceiverFailing")
      firing.insert(view.alert.labels);
  }
  for (const Labels& labels : expected) {
    if (!firing.contains(labels))
      violated(now, "its condition has long held, and it does not fire: " + labels.to_string());
  }
  for (const Labels& labels : firing) {
    if (!expected.contains(labels))
      violated(now, "its condition is long false, and it fires: " + labels.to_string());
  }
}

void Witness::check_everything_ended(TimePoint now) {
  for (const auto& [ear, heard] : heard_) {
    if (!heard.firing || !heard.wants_resolved) continue;
    violated(now, fmt::format("{} heard that it fires, and never that it ended: {} {}", std::get<0>(ear),
                              std::get<2>(ear).to_string(), std::get<1>(ear)));
  }
}

}  // namespace tocsin
