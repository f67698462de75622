#include "app/metrics_snapshot.h"

#include <algorithm>

namespace tocsin {
namespace {

using Type = MetricValues::Type;
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

double seconds_since_1970(TimePoint t) {
  return is_set(t) ? to_seconds(t.time_since_epoch()) : 0;
}

MetricValues gauge(std::string name, std::string help, double value) {
  return {std::move(name), std::move(help), Type::kGauge, {{{}, value}}};
}

void add_config(const MetricsSnapshot& now, std::vector<MetricValues>& out) {
  out.push_back({"alertmanager_build_info",
                 "Constantly 1, with the build's version as labels.",
                 Type::kGauge,
                 {{{{"version", now.version}, {"revision", now.revision}, {"branch", now.branch}}, 1}}});
  out.push_back(gauge("alertmanager_receivers", "Configured receivers.", static_cast<double>(now.receivers)));
  out.push_back(
      gauge("alertmanager_integrations", "Configured integrations.", static_cast<double>(now.integrations)));
  // 48 bits, as Alertmanager gives: a double holds them exactly, so that replicas can be compared.
  out.push_back(gauge("alertmanager_config_hash", "Hash of the configuration in force.",
                      static_cast<double>(now.config_hash & 0xFFFF'FFFF'FFFFULL)));
  for (const std::string prefix : {"alertmanager", "prometheus"}) {
    out.push_back(gauge(prefix + "_config_last_reload_successful",
                        "Whether the last attempt to load the configuration worked.",
                        now.last_reload_worked));
    out.push_back(gauge(prefix + "_config_last_reload_success_timestamp_seconds",
                        "When the configuration in force was loaded.",
                        seconds_since_1970(now.config_loaded_at)));
  }
}

void add_router(const MetricsSnapshot& now, std::vector<MetricValues>& out) {
  MetricValues alerts{"alertmanager_alerts", "Alerts that the router knows, by state.", Type::kGauge, {}};
  const auto add_state = [](MetricValues& values, const char* state, std::size_t count) {
    values.values.push_back({{{"state", state}}, static_cast<double>(count)});
  };
  add_state(alerts, "active", now.router.active);
  add_state(alerts, "suppressed", now.router.suppressed);
  add_state(alerts, "unprocessed", now.router.unprocessed);
  out.push_back(std::move(alerts));
  MetricValues silences{"alertmanager_silences", "Silences, by state.", Type::kGauge, {}};
  add_state(silences, "active", now.silences.active);
  add_state(silences, "expired", now.silences.expired);
  add_state(silences, "pending", now.silences.pending);
  out.push_back(std::move(silences));
  const std::size_t kept = now.silences.active + now.silences.expired + now.silences.pending;
  out.push_back(
      gauge("alertmanager_silences_state_size", "Silences that are kept.", static_cast<double>(kept)));
  out.push_back(gauge("alertmanager_silences_matcher_index_size", "Silences whose matchers are compiled.",
                      static_cast<double>(kept)));
  out.push_back(gauge("alertmanager_alerts_per_alert_limit",
                      "How many alerts there may be of one name; 0: no limit.",
                      static_cast<double>(now.alerts_per_name)));
  out.push_back(gauge("alertmanager_inhibition_rules", "Configured inhibition rules.",
                      static_cast<double>(now.inhibition_rules)));
  out.push_back(gauge("alertmanager_dispatcher_aggregation_groups",
                      "Groups of alerts that are notified together.",
                      static_cast<double>(now.router.groups)));
  out.push_back(gauge("tocsin_deliveries_under_way", "Notifications that are being delivered now.",
                      static_cast<double>(now.deliveries_under_way)));
  out.push_back(
      gauge("tocsin_store_failing", "Whether the last write to the store failed.", now.store_failing));
  out.push_back(gauge("tocsin_shared_label_names", "Sets of label names that label sets share.",
                      static_cast<double>(now.shared_label_names)));
  out.push_back(gauge("tocsin_shared_label_names_limit",
                      "How many can be shared: label sets with further names need more memory.",
                      static_cast<double>(now.shared_label_names_limit)));
}

MetricValues counter(std::string name, std::string help, double value) {
  return {std::move(name), std::move(help), Type::kCounter, {{{}, value}}};
}

void add_heartbeat(const MetricsSnapshot& now, std::vector<MetricValues>& out) {
  if (!now.heartbeat_configured) return;
  out.push_back(gauge("tocsin_heartbeat_withheld",
                      "Whether the sign of life is withheld, because people would not be paged.",
                      now.heartbeat_withheld));
  out.push_back(counter("tocsin_heartbeat_requests_total", "Signs of life that a target took.",
                        static_cast<double>(now.heartbeats_given)));
  out.push_back(counter("tocsin_heartbeat_requests_failed_total", "Signs of life that a target did not take.",
                        static_cast<double>(now.heartbeats_failed)));
}

// As of an Alertmanager without cluster: it is its own only member.
// How each integration does, named as in notices: RECEIVER/KIND[INDEX].
void add_integrations(const MetricsSnapshot& now, std::vector<MetricValues>& out) {
  MetricValues owed{
      "tocsin_integration_deliveries_owed",
      "Notifications that have not arrived yet: waiting for their turn, under way or tried again.",
      Type::kGauge,
      {}};
  MetricValues age{"tocsin_integration_oldest_owed_age_seconds",
                   "For how long the oldest of them has been owed; 0: none is.",
                   Type::kGauge,
                   {}};
  MetricValues success{"tocsin_integration_last_success_timestamp_seconds",
                       "When a notification arrived last, since the program started.",
                       Type::kGauge,
                       {}};
  MetricValues circuit{"tocsin_integration_circuit_open",
                       "1 while the service refuses everybody, so that only probes are sent.",
                       Type::kGauge,
                       {}};
  for (const IntegrationCounts& count : now.by_integration) {
    const MetricLabels labels = {{"receiver", count.id.receiver}, {"integration", count.id.to_string()}};
    owed.values.push_back({labels, static_cast<double>(count.owed)});
    const bool waits = is_set(count.owed_since) && is_set(now.now);
    age.values.push_back({labels, waits ? std::max(0.0, to_seconds(now.now - count.owed_since)) : 0.0});
    circuit.values.push_back({labels, count.circuit_open ? 1.0 : 0.0});
    if (is_set(count.last_delivered_at))
      success.values.push_back({labels, seconds_since_1970(count.last_delivered_at)});
  }
  for (MetricValues* values : {&owed, &age, &success, &circuit}) out.push_back(std::move(*values));
}

void add_cluster(std::vector<MetricValues>& out) {
  out.push_back(gauge("alertmanager_cluster_enabled", "Whether there is a cluster.", 0));
  out.push_back(gauge("alertmanager_cluster_members", "Members of the cluster: this one.", 1));
  out.push_back(gauge("alertmanager_cluster_failed_peers", "Failed peers of the cluster.", 0));
  out.push_back(gauge("alertmanager_cluster_health_score", "Health of the cluster; 0 is healthy.", 0));
  out.push_back(gauge("alertmanager_cluster_messages_queued", "Messages that wait for peers.", 0));
  out.push_back(gauge("alertmanager_peer_position", "Position among the members.", 0));
  out.push_back(counter("alertmanager_cluster_reconnections_total", "Reconnections to peers.", 0));
  out.push_back(
      counter("alertmanager_cluster_reconnections_failed_total", "Reconnections to peers that failed.", 0));
}

void add_store(const MetricsSnapshot& now, std::vector<MetricValues>& out) {
  for (const std::string part : {"nflog", "silences"}) {
    out.push_back(counter("alertmanager_" + part + "_maintenance_total",
                          "Writes to the store, which holds silences and what was notified.",
                          static_cast<double>(now.commits)));
    out.push_back(counter("alertmanager_" + part + "_maintenance_errors_total",
                          "Writes to the store that failed.", static_cast<double>(now.failed_commits)));
    out.push_back(
        counter("alertmanager_" + part + "_query_errors_total", "Look-ups that failed: none can.", 0));
    out.push_back(counter("alertmanager_" + part + "_gossip_messages_propagated_total",
                          "Messages handed on to peers: there are none.", 0));
  }
  out.push_back(
      counter("alertmanager_silences_gc_errors_total", "Removals of old silences that failed: none can.", 0));
  for (const std::string what : {"limit_reached", "creation_retries", "creation_given_up"}) {
    out.push_back(counter("alertmanager_dispatcher_aggregation_group_" + what + "_total",
                          "Groups that could not be made at once: none, there is no limit.", 0));
  }
}

void add_get_limit(const MetricsSnapshot& now, std::vector<MetricValues>& out) {
  const auto add = [&](const char* name, const char* help, Type type, std::int64_t value) {
    out.push_back({name, help, type, {{{{"method", "get"}}, static_cast<double>(value)}}});
  };
  add("alertmanager_http_requests_in_flight", "HTTP requests that are being answered now.", Type::kGauge,
      now.gets_in_flight);
  add("alertmanager_http_concurrency_limit_exceeded_total",
      "HTTP requests that were refused because too many were being answered.", Type::kCounter,
      now.gets_refused);
}

void add_http(const HttpServerCounters& http, std::vector<MetricValues>& out) {
  const std::uint64_t busy = http.connections_open - std::min(http.connections_open, http.connections_parked);
  out.push_back({"tocsin_http_connections",
                 "Open connections: idle ones wait for a next request.",
                 Type::kGauge,
                 {{{{"state", "busy"}}, static_cast<double>(busy)},
                  {{{"state", "idle"}}, static_cast<double>(http.connections_parked)}}});
  out.push_back({"tocsin_http_connections_accepted_total",
                 "Connections that were accepted.",
                 Type::kCounter,
                 {{{}, static_cast<double>(http.connections_accepted)}}});
  MetricValues refused{
      "tocsin_http_refused_total", "Requests and connections turned away by the server.", Type::kCounter, {}};
  for (const std::string_view reason : kHttpRefusalNames) {
    const auto found = http.refused.find(reason);
    const std::uint64_t count = found == http.refused.end() ? 0 : found->second;
    refused.values.push_back({{{"reason", std::string(reason)}}, static_cast<double>(count)});
  }
  out.push_back(std::move(refused));
}

MetricLabels labels_of(const RuleGroupSnapshot& group) {
  return {{"rule_group", group.group->file + ";" + group.group->name}, {"server", group.server}};
}

// A series per rule group; `read` takes the value from the group.
template <class Read>
void add_per_group(const RulesSnapshot& rules, Type type, const char* name, const char* help, Read read,
                   std::vector<MetricValues>& out) {
  MetricValues metric{name, help, type, {}};
  for (const RuleGroupSnapshot& group : rules.groups) {
    metric.values.push_back({labels_of(group), static_cast<double>(read(group))});
  }
  out.push_back(std::move(metric));
}

template <class Read>
double sum_over_rules(const RuleGroupSnapshot& group, Read read) {
  double sum = 0;
  for (const RuleSnapshot& rule : group.rules) sum += static_cast<double>(read(rule));
  return sum;
}

void add_rule_groups(const RulesSnapshot& rules, std::vector<MetricValues>& out) {
  using Group = RuleGroupSnapshot;
  const auto gauges = [&](const char* name, const char* help, auto read) {
    add_per_group(rules, Type::kGauge, name, help, read, out);
  };
  const auto counters = [&](const char* name, const char* help, auto read) {
    add_per_group(rules, Type::kCounter, name, help, read, out);
  };
  counters("prometheus_rule_evaluations_total", "Evaluations of rules.", [](const Group& group) {
    return sum_over_rules(group, [](const RuleSnapshot& rule) { return rule.evaluations; });
  });
  counters("prometheus_rule_evaluation_failures_total", "Evaluations of rules that failed.",
           [](const Group& group) {
             return sum_over_rules(group, [](const RuleSnapshot& rule) { return rule.failures; });
           });
  counters("prometheus_rule_group_iterations_total", "Scheduled evaluations of the group, made or missed.",
           [](const Group& group) { return group.iterations + group.missed; });
  counters("prometheus_rule_group_iterations_missed_total", "Evaluations missed because the group was slow.",
           [](const Group& group) { return group.missed; });
  gauges("prometheus_rule_group_interval_seconds", "The interval of the group.",
         [](const Group& group) { return to_seconds(group.interval); });
  gauges("prometheus_rule_group_last_duration_seconds", "How long the last evaluation of the group took.",
         [](const Group& group) { return to_seconds(group.evaluation_took); });
  gauges("prometheus_rule_group_last_rule_duration_sum_seconds", "Sum over the rules of the last evaluation.",
         [](const Group& group) {
           return sum_over_rules(group,
                                 [](const RuleSnapshot& rule) { return to_seconds(rule.evaluation_took); });
         });
  gauges("prometheus_rule_group_last_evaluation_timestamp_seconds", "When the group was evaluated last.",
         [](const Group& group) { return seconds_since_1970(group.last_evaluation); });
  gauges("prometheus_rule_group_last_evaluation_samples",
         "Samples that the last evaluation of the group brought.", [](const Group& group) {
           return sum_over_rules(group, [](const RuleSnapshot& rule) { return rule.samples; });
         });
  gauges("prometheus_rule_group_rules", "Rules in the group.",
         [](const Group& group) { return group.rules.size(); });
}

// Per rule, what Prometheus does not tell. Rules of one name in one group are told together, as nothing tells
// them apart: counted, or failing if one of them fails.
void add_rules(const RulesSnapshot& rules, std::vector<MetricValues>& out) {
  MetricValues failing{
      "tocsin_rule_failing", "Whether the last evaluation of the rule failed.", Type::kGauge, {}};
  MetricValues alerts{"tocsin_rule_alerts", "Pending and firing alerts of the rule.", Type::kGauge, {}};
  for (const RuleGroupSnapshot& group : rules.groups) {
    struct Sums {
      bool failing = false;
      bool alerting = false;
      std::size_t pending = 0;
      std::size_t firing = 0;
    };
    std::map<std::string, Sums> by_name;
    for (std::size_t i = 0; i < group.rules.size(); ++i) {
      const Rule& rule = group.group->rules[i];
      Sums& sums = by_name[rule.name];
      sums.failing |= !group.rules[i].last_error.empty();
      sums.alerting |= rule.kind == Rule::Kind::kAlerting;
      sums.pending += group.rules[i].pending;
      sums.firing += group.rules[i].firing;
    }
    for (const auto& [name, sums] : by_name) {
      MetricLabels labels = labels_of(group);
      labels.emplace_back("rule", name);
      failing.values.push_back({labels, sums.failing ? 1.0 : 0.0});
      if (!sums.alerting) continue;
      labels.emplace_back("state", "firing");
      alerts.values.push_back({labels, static_cast<double>(sums.firing)});
      labels.back().second = "pending";
      alerts.values.push_back({labels, static_cast<double>(sums.pending)});
    }
  }
  out.push_back(std::move(failing));
  out.push_back(std::move(alerts));
}

}  // namespace

std::vector<MetricValues> snapshot_values(const MetricsSnapshot& now) {
  std::vector<MetricValues> values;
  add_config(now, values);
  add_router(now, values);
  add_heartbeat(now, values);
  add_integrations(now, values);
  add_cluster(values);
  add_store(now, values);
  add_get_limit(now, values);
  add_http(now.http, values);
  add_rule_groups(now.rules, values);
  add_rules(now.rules, values);
  return values;
}

}  // namespace tocsin
