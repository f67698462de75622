// What the metrics show of the program's state at the moment of a scrape; whoever answers /metrics fills it
// in. Values that only ever grow with events are not here: Metrics counts them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/http_server.h"
#include "app/metric_values.h"
#include "app/rules_snapshot.h"
#include "router/router_counts.h"
#include "router/silences.h"

namespace tocsin {

struct MetricsSnapshot {
  std::string version;
  std::string revision;
  std::string branch;

  RouterCounts router;
  std::vector<IntegrationCounts> by_integration;
  TimePoint now = kNoTime;
  SilenceCounts silences;
  std::int64_t alerts_per_name = 0;  // the limit; 0: none
  std::size_t inhibition_rules = 0;
  RulesSnapshot rules;
  HttpServerCounters http;
  std::int64_t gets_in_flight = 0;
  std::int64_t gets_refused = 0;  // because too many were in flight

  std::size_t receivers = 0;
  std::size_t integrations = 0;
  std::uint64_t config_hash = 0;
  bool last_reload_worked = false;
  TimePoint config_loaded_at = kNoTime;  // the last load that worked

  std::size_t deliveries_under_way = 0;
  bool heartbeat_configured = false;
  bool heartbeat_withheld = false;
  std::uint64_t heartbeats_given = 0;  // requests that a target took
  std::uint64_t heartbeats_failed = 0;
  bool store_failing = false;
  std::uint64_t commits = 0;  // that were tried
  std::uint64_t failed_commits = 0;
  std::size_t shared_label_names = 0;  // core/label_names.h
  std::size_t shared_label_names_limit = 0;
};

// One list of series per metric. Where Alertmanager's metric is about something that we do not have, it is
// told if its value is a fact about us too, and left out if it would have to be made up:
//
//   cluster_enabled 0, cluster_members 1, cluster_failed_peers, _health_score, _messages_queued,
//   _reconnections…: as of an Alertmanager that is alone. Two that do not know of each other do show up in
//   the mixin's AlertmanagerMembersInconsistent, and rightly: both page. nflog_maintenance…,
//   silences_maintenance…: commits to the store, which hold both; an error means for us what it means there:
//   what was said or silenced would not outlive a crash. …_query_errors_total, silences_gc_errors_total,
//   …_gossip_messages_propagated_total, group_limit_reached, group_creation_…: 0, since nothing of the kind
//   can happen. silences_state_size, _matcher_index_size: silences that are kept; all of them are compiled.
//   Left out: …_snapshot_…, …_gc_duration_seconds, …_queries_total, …_query_duration_seconds (there are no
//   snapshots and collections, and looking something up in memory is no query), subscriber_channel_writes,
//   version_index_size, and whatever tells of messages between members or of the event recorder.
//
// tocsin_integration_deliveries_owed, _oldest_owed_age_seconds, _last_success_timestamp_seconds (absent until
// one has arrived) and _circuit_open say of each integration what waits and whether it takes anything.
//
// Rule metrics carry the name that Prometheus gives them, and `server` in addition, because one file may be
// evaluated against several.
std::vector<MetricValues> snapshot_values(const MetricsSnapshot&);

}  // namespace tocsin
