// What the Daemon answers to the API: of the engine it asks the event loop, of the rest it knows itself.
#include <algorithm>
#include <chrono>

#include "app/daemon.h"
#include "app/host_name.h"
#include "app/random_id.h"
#include "app/version.h"
#include "receivers/route_labels.h"

namespace tocsin {
namespace {

// What the templates of the group's route labels are for its alerts now.
void render_labels(GroupView& group, const DeliveryConfig& delivery, TimePoint now) {
  Notification notification;
  notification.integration.receiver = group.receiver;
  notification.group_labels = group.labels;
  notification.route_labels = std::move(group.route_labels);
  notification.at = now;
  for (const AlertView& view : group.alerts) notification.alerts.push_back(view.alert);
  group.route_labels =
      render_route_labels(notification, *delivery.templates, delivery.external_url, now).labels;
}

}  // namespace

std::vector<AlertView> Daemon::alerts() {
  return loop_->ask([](const Engine& engine, TimePoint now) { return engine.router().alerts(now); });
}
void Daemon::alerts_in_parts(std::size_t part, std::function<void(std::vector<AlertView>, bool last)> take) {
  loop_->ask_later([part, take = std::move(take)](const Engine& engine, TimePoint now) {
    engine.router().alerts(now, part, take);
  });
}
std::vector<GroupView> Daemon::groups() {
  auto groups = loop_->ask([](const Engine& engine, TimePoint now) { return engine.router().groups(now); });
  const auto current = configuration();
  for (GroupView& group : groups) {
    if (!group.route_labels.empty()) render_labels(group, *current->delivery, clock_.now());
  }
  return groups;
}
Explanations Daemon::explain(const ExplainQuery& query) {
  return loop_->ask(
      [&query](const Engine& engine, TimePoint now) { return engine.router().explain(query, now); });
}
Result<std::vector<HistoryEntry>> Daemon::history(const HistoryQuery& query) {
  return history_->read(query);
}
RulesSnapshot Daemon::rules() {
  return loop_->ask([](const Engine& engine, TimePoint) { return snapshot_rules(engine.evaluator()); });
}
std::vector<ReceiverView> Daemon::receivers() {
  std::vector<ReceiverView> views;
  for (const Receiver& receiver : configuration()->receivers) {
    LabelsBuilder labels;
    for (const auto& [name, value] : receiver.labels) labels.set(name, value);
    views.push_back({receiver.name, labels.build()});
  }
  return views;
}
StatusView Daemon::status() {
  StatusView view;
  view.version =
      kCompatibleAlertmanager;  // amtool warns where it differs from its own; ours stands beside it
  view.revision = std::string("tocsin-") + kVersion;
  view.branch = "tocsin";
  view.build_user = "tocsin";
  view.started_at = started_at_;
  view.redacted_config = configuration()->redacted;
  view.alertmanager_config = configuration()->redacted_alertmanager;
  view.own_version = kVersion;
  view.instance = host_name();
  view.address = servers_.front()->address();
  view.external_url = external_url_;
  return view;
}
OfferAnswer Daemon::offer(std::vector<Alert> alerts) {
  const auto offered = std::chrono::steady_clock::now();
  if (!loop_->offer({std::move(alerts)})) return OfferAnswer::kTooBusy;
  loop_->settle();
  metrics_.observe_processed(to_seconds(std::chrono::steady_clock::now() - offered));
  return OfferAnswer::kAccepted;
}
std::vector<Silence> Daemon::silences() {
  return loop_->ask([](const Engine& engine, TimePoint) { return engine.router().silences().all(); });
}
std::optional<Silence> Daemon::silence(const std::string& id) {
  return loop_->ask([&id](const Engine& engine, TimePoint) {
    const Silence* found = engine.router().silences().find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
  });
}
tl::expected<std::string, SilenceError> Daemon::set_silence(Silence wanted) {
  return loop_->set_silence(std::move(wanted), random_uuid());
}
tl::expected<void, SilenceError> Daemon::expire_silence(const std::string& id) {
  const auto expired = loop_->expire_silence(id);
  if (!expired) return tl::unexpected(expired.error());
  return {};
}
void Daemon::count_posted(const PostedCounts& counts) {
  metrics_.observe_posted(counts);
}
Result<void> Daemon::ready() {
  return stopping_ ? Result<void>(fail("stopping")) : Result<void>();
}
std::string Daemon::metrics_text() {
  MetricsSnapshot snapshot;
  snapshot.version = kVersion;
  snapshot.revision = std::string("compatible-with-alertmanager-") + kCompatibleAlertmanager;
  snapshot.branch = "tocsin";
  loop_->ask([&](const Engine& engine, TimePoint now) {
    snapshot.router = engine.router().counts(now);
    snapshot.by_integration = engine.router().integration_counts(now);
    snapshot.now = now;
    snapshot.silences = engine.router().silences().counts(now);
    snapshot.inhibition_rules = engine.router().config().inhibit_rules.size();
    snapshot.rules = snapshot_rules(engine.evaluator(), RuleDetail::kCounts);
    snapshot.heartbeat_configured = engine.heartbeat().configured();
    snapshot.heartbeat_withheld = !engine.heartbeat().withheld().empty();
    return true;
  });
  for (const auto& server : servers_) snapshot.http += server->counters();
  snapshot.gets_in_flight = gets_.in_flight();
  snapshot.gets_refused = gets_.refused();
  const auto current = configuration();
  snapshot.receivers = current->receivers.size();
  snapshot.integrations = current->delivery->integrations.size();
  snapshot.config_hash = current->hash;
  snapshot.last_reload_worked = last_reload_worked_;
  snapshot.deliveries_under_way = deliveries_->under_way();
  snapshot.heartbeats_given = heartbeats_->given();
  snapshot.heartbeats_failed = heartbeats_->failed();
  snapshot.store_failing = loop_->committer().store_fails();
  snapshot.commits = loop_->committer().commits();
  snapshot.failed_commits = loop_->committer().failed_commits();
  snapshot.shared_label_names = LabelNames::in_use();
  snapshot.shared_label_names_limit = LabelNames::limit();
  snapshot.alerts_per_name = std::max<std::int64_t>(options_.alerts_per_name, 0);
  {
    const std::lock_guard lock(configuration_mutex_);
    snapshot.config_loaded_at = configured_at_;
  }
  return metrics_.text(snapshot);
}
Duration Daemon::resolve_timeout() {
  return configuration()->resolve_timeout;
}
TimePoint Daemon::now() {
  return clock_.now();
}

}  // namespace tocsin
