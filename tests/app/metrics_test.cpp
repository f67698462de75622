#include "app/metrics.h"

#include <doctest/doctest.h>

#include <sstream>

#include "app/delivery_desk.h"

using namespace tocsin;

namespace {

// The value of a series as it stands in the text, or "" where there is none.
std::string value_of(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "";
}

Attempt attempt(std::string kind, DeliveryResult::Outcome outcome, std::string reason, double seconds) {
  Attempt made;
  made.integration = {"team-db", std::move(kind), 0};
  made.result.outcome = outcome;
  made.result.reason = std::move(reason);
  made.took = from_seconds(seconds);
  return made;
}

MetricsSnapshot snapshot_with_rules() {
  RuleGroup read;
  read.file = "a.yml";
  read.name = "g";
  read.rules.resize(3);
  read.rules[0].name = "Down";
  read.rules[1].name = "Down";
  read.rules[2].name = "job:up:sum";
  read.rules[2].kind = Rule::Kind::kRecording;

  RuleGroupSnapshot group;
  group.server = "main";
  group.group = std::make_shared<const RuleGroup>(read);
  group.interval = std::chrono::seconds(15);
  group.evaluation_took = std::chrono::milliseconds(250);
  group.last_evaluation = TimePoint(std::chrono::seconds(1767323045));
  group.iterations = 7;
  group.missed = 2;
  group.rules.resize(3);
  group.rules[0].evaluations = 5;
  group.rules[0].pending = 1;
  group.rules[0].firing = 1;
  group.rules[1].evaluations = 4;
  group.rules[1].failures = 3;
  group.rules[1].last_error = "no";
  group.rules[1].pending = 1;
  group.rules[2].samples = 9;

  MetricsSnapshot now;
  now.rules.groups = {group, group};
  now.rules.groups[1].server = "eu\xff";
  return now;
}

}  // namespace

TEST_CASE("state is told under the names that dashboards know") {
  MetricsSnapshot now;
  now.version = "0.1.0";
  now.router = {.active = 3, .groups = 2};
  now.silences = {.pending = 1, .active = 2, .expired = 4};
  now.alerts_per_name = 100;
  now.commits = 9;
  now.failed_commits = 2;
  now.shared_label_names = 11;
  now.shared_label_names_limit = 12;
  now.receivers = 4;
  now.integrations = 5;
  now.config_hash = 0xFFFF'0000'0000'0007ULL;
  now.last_reload_worked = true;
  now.config_loaded_at = TimePoint(std::chrono::milliseconds(1767323045500));
  now.deliveries_under_way = 6;
  now.http.connections_open = 10;
  now.http.connections_parked = 4;
  now.http.refused["too_slow"] = 8;
  const std::string text = Metrics().text(now);
  struct Row {
    std::string series;
    std::string value;
  };
  for (const Row& row : {
           Row{R"(alertmanager_build_info{branch="",revision="",version="0.1.0"})", "1"},
           Row{R"(alertmanager_alerts{state="active"})", "3"},
           Row{R"(alertmanager_alerts{state="suppressed"})", "0"},
           Row{R"(alertmanager_alerts{state="unprocessed"})", "0"},
           Row{"alertmanager_dispatcher_aggregation_groups", "2"},
           Row{R"(alertmanager_silences{state="expired"})", "4"},
           Row{"alertmanager_silences_state_size", "7"},
           Row{"alertmanager_alerts_per_alert_limit", "100"},
           Row{"alertmanager_cluster_enabled", "0"},
           Row{"alertmanager_cluster_members", "1"},
           Row{"alertmanager_cluster_failed_peers", "0"},
           Row{"alertmanager_cluster_health_score", "0"},
           Row{"alertmanager_peer_position", "0"},
           Row{"alertmanager_nflog_maintenance_total", "9"},
           Row{"alertmanager_silences_maintenance_errors_total", "2"},
           Row{"alertmanager_silences_query_errors_total", "0"},
           Row{"alertmanager_dispatcher_aggregation_group_limit_reached_total", "0"},
           Row{"alertmanager_dispatcher_alert_processing_duration_seconds_count", "0"},
           Row{"alertmanager_receivers", "4"},
           Row{"alertmanager_integrations", "5"},
           Row{"alertmanager_config_hash", "7"},
           Row{"alertmanager_config_last_reload_successful", "1"},
           Row{"prometheus_config_last_reload_successful", "1"},
           Row{"alertmanager_config_last_reload_success_timestamp_seconds", "1767323045.5"},
           Row{"tocsin_deliveries_under_way", "6"},
           Row{"tocsin_store_failing", "0"},
           Row{"tocsin_shared_label_names", "11"},
           Row{"tocsin_shared_label_names_limit", "12"},
           Row{R"(tocsin_http_connections{state="busy"})", "6"},
           Row{R"(tocsin_http_connections{state="idle"})", "4"},
           Row{R"(tocsin_http_refused_total{reason="too_slow"})", "8"},
           Row{R"(tocsin_http_refused_total{reason="malformed"})", "0"},
           Row{R"(alertmanager_alerts_received_total{status="firing",version="v2"})", "0"},
           Row{R"(alertmanager_alerts_invalid_total{version="v2"})", "0"},
           Row{R"(tocsin_notices_total{kind="StoreFailed"})", "0"},
           Row{"prometheus_template_text_expansion_failures_total", "0"},
       }) {
    CAPTURE(row.series);
    CHECK(value_of(text, row.series) == row.value);
  }
  CHECK(text.find("# TYPE alertmanager_alerts gauge\n") != std::string::npos);
  CHECK(text.find("# TYPE tocsin_http_refused_total counter\n") != std::string::npos);
}

TEST_CASE("the process tells of itself") {
  const std::string text = Metrics().text({});
  for (const char* name :
       {"process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total",
        "process_open_fds", "process_max_fds", "process_virtual_memory_bytes"}) {
    CAPTURE(name);
    CHECK_FALSE(value_of(text, name).empty());
  }
  CHECK(std::stod(value_of(text, "process_resident_memory_bytes")) > 1e5);
  CHECK(std::stod(value_of(text, "process_start_time_seconds")) > 1.6e9);
  CHECK(std::stod(value_of(text, "process_open_fds")) >= 3);
}

TEST_CASE("rules are told under Prometheus' names, and per rule what Prometheus does not tell") {
  const std::string text = Metrics().text(snapshot_with_rules());
  const std::string group = R"({rule_group="a.yml;g",server="main"})";
  struct Row {
    std::string series;
    std::string value;
  };
  for (const Row& row : {
           Row{"prometheus_rule_evaluations_total" + group, "9"},
           Row{"prometheus_rule_evaluation_failures_total" + group, "3"},
           Row{"prometheus_rule_group_iterations_total" + group, "9"},
           Row{"prometheus_rule_group_iterations_missed_total" + group, "2"},
           Row{"prometheus_rule_group_interval_seconds" + group, "15"},
           Row{"prometheus_rule_group_last_duration_seconds" + group, "0.25"},
           Row{"prometheus_rule_group_last_evaluation_timestamp_seconds" + group, "1767323045"},
           Row{"prometheus_rule_group_last_evaluation_samples" + group, "9"},
           Row{"prometheus_rule_group_rules" + group, "3"},
           Row{R"(tocsin_rule_failing{rule="Down",rule_group="a.yml;g",server="main"})", "1"},
           Row{R"(tocsin_rule_failing{rule="job:up:sum",rule_group="a.yml;g",server="main"})", "0"},
           Row{R"(tocsin_rule_alerts{rule="Down",rule_group="a.yml;g",server="main",state="firing"})", "1"},
           Row{R"(tocsin_rule_alerts{rule="Down",rule_group="a.yml;g",server="main",state="pending"})", "2"},
           Row{R"(tocsin_rule_alerts{rule="job:up:sum",rule_group="a.yml;g",server="main",state="firing"})",
               ""},
       }) {
    CAPTURE(row.series);
    CHECK(value_of(text, row.series) == row.value);
  }
  CHECK(text.find("server=\"eu\xef\xbf\xbd\"") != std::string::npos);
}

TEST_CASE("each integration tells what is owed to it, for how long, and whether it takes anything") {
  MetricsSnapshot snapshot;
  snapshot.now = TimePoint(std::chrono::seconds(1'767'323'045));
  snapshot.by_integration = {
      {{"team", "slack", 0}, 7, snapshot.now - std::chrono::seconds(90), kNoTime, true},
      {{"team", "webhook", 1}, 0, kNoTime, snapshot.now - std::chrono::seconds(45), false}};
  const std::string text = Metrics().text(snapshot);
  const std::string slack = R"({integration="team/slack[0]",receiver="team"})";
  const std::string webhook = R"({integration="team/webhook[1]",receiver="team"})";
  CHECK(value_of(text, "tocsin_integration_deliveries_owed" + slack) == "7");
  CHECK(value_of(text, "tocsin_integration_deliveries_owed" + webhook) == "0");
  CHECK(value_of(text, "tocsin_integration_oldest_owed_age_seconds" + slack) == "90");
  CHECK(value_of(text, "tocsin_integration_oldest_owed_age_seconds" + webhook) == "0");
  CHECK(value_of(text, "tocsin_integration_last_success_timestamp_seconds" + slack) == "");
  CHECK(value_of(text, "tocsin_integration_last_success_timestamp_seconds" + webhook) == "1767323000");
  CHECK(value_of(text, "tocsin_integration_circuit_open" + slack) == "1");
  CHECK(value_of(text, "tocsin_integration_circuit_open" + webhook) == "0");
}

TEST_CASE("attempts count as notifications, with a reason where they fail") {
  using Outcome = DeliveryResult::Outcome;
  Metrics metrics;
  const std::vector<IntegrationId> expected = {{"team-db", "slack", 0}, {"team-web", "email", 0}};
  metrics.expect(expected);
  metrics.observe_attempt(attempt("slack", Outcome::kDelivered, "", 0.3));
  metrics.observe_attempt(attempt("slack", Outcome::kFailed, "rateLimited", 7));
  metrics.observe_attempt(attempt("slack", Outcome::kRejected, "clientError", 2));
  metrics.observe_attempt(attempt("slack", Outcome::kFailed, "never heard of", 30));
  const std::string text = metrics.text({});
  struct Row {
    std::string series;
    std::string value;
  };
  for (
      const Row& row : {
          Row{R"(alertmanager_notifications_total{integration="slack"})", "4"},
          Row{R"(alertmanager_notifications_total{integration="email"})", "0"},
          Row{R"(alertmanager_notification_requests_total{integration="slack"})", "4"},
          Row{R"(alertmanager_notification_requests_failed_total{integration="slack"})", "3"},
          Row{R"(alertmanager_notifications_failed_total{integration="slack",reason="rateLimited"})", "1"},
          Row{R"(alertmanager_notifications_failed_total{integration="slack",reason="clientError"})", "1"},
          Row{R"(alertmanager_notifications_failed_total{integration="slack",reason="other"})", "1"},
          Row{R"(alertmanager_notifications_failed_total{integration="slack",reason="serverError"})", "0"},
          Row{R"(alertmanager_notifications_failed_total{integration="email",reason="authError"})", "0"},
          Row{R"(alertmanager_notifications_failed_total{integration="email",reason="contextDeadlineExceeded"})",
              "0"},
          Row{R"(alertmanager_notification_latency_seconds_bucket{integration="slack",le="1"})", "1"},
          Row{R"(alertmanager_notification_latency_seconds_bucket{integration="slack",le="5"})", "2"},
          Row{R"(alertmanager_notification_latency_seconds_bucket{integration="slack",le="10"})", "3"},
          Row{R"(alertmanager_notification_latency_seconds_bucket{integration="slack",le="20"})", "3"},
          Row{R"(alertmanager_notification_latency_seconds_bucket{integration="slack",le="+Inf"})", "4"},
          Row{R"(alertmanager_notification_latency_seconds_count{integration="email"})", "0"},
      }) {
    CAPTURE(row.series);
    CHECK(value_of(text, row.series) == row.value);
  }
}

TEST_CASE("notification metrics name the receiver where that is asked for") {
  Metrics metrics(Metrics::NotificationLabels::kIntegrationAndReceiver);
  metrics.observe_attempt(attempt("slack", DeliveryResult::Outcome::kDelivered, "", 1));
  CHECK(value_of(metrics.text({}),
                 R"(alertmanager_notifications_total{integration="slack",receiver_name="team-db"})") == "1");
}

TEST_CASE("notices, posts and requests are counted") {
  Metrics metrics;
  const std::vector<Notice> notices = {
      {NoticeKind::kAlertFired, "", {}, {}},
      {NoticeKind::kAlertFired, "", {}, {}},
      {NoticeKind::kTemplateFailed, "", {}, {{"rule", "Down"}, {"error", "x"}}}};
  metrics.observe(notices);
  metrics.observe_posted({3, 2, 1});
  metrics.observe_http("/api/v2/alerts", "GET", {200, "", std::string(150, 'x'), {}}, 0.2);
  metrics.observe_http("/api/v2/alerts", "BREW", {405, "", "", {}}, 0.01);
  const std::string text = metrics.text({});
  CHECK(value_of(text, R"(tocsin_notices_total{kind="AlertFired"})") == "2");
  CHECK(value_of(text, R"(tocsin_rule_template_failures_total{rule="Down"})") == "1");
  CHECK(value_of(text, "prometheus_template_text_expansion_failures_total") == "1");
  CHECK(value_of(text, R"(alertmanager_alerts_received_total{status="firing",version="v2"})") == "3");
  CHECK(value_of(text, R"(alertmanager_alerts_received_total{status="resolved",version="v2"})") == "2");
  CHECK(value_of(text, R"(alertmanager_alerts_invalid_total{version="v2"})") == "1");
  CHECK(
      value_of(
          text,
          R"(alertmanager_http_response_size_bytes_bucket{handler="/api/v2/alerts",method="GET",le="1000"})") ==
      "1");
  CHECK(
      value_of(text, R"(alertmanager_http_response_size_bytes_sum{handler="/api/v2/alerts",method="GET"})") ==
      "150");
  const std::string http =
      "alertmanager_http_request_duration_seconds_bucket{code=\"200\",handler=\"/api/v2/alerts\",";
  CHECK(value_of(text, http + "method=\"GET\",le=\"0.25\"}") == "1");
  CHECK(value_of(text, http + "method=\"GET\",le=\"0.1\"}") == "0");
  CHECK(value_of(text,
                 "alertmanager_http_request_duration_seconds_count{code=\"405\",handler=\"/api/v2/alerts\","
                 "method=\"other\"}") == "1");
}

TEST_CASE("each metric is described once, and each series stands once") {
  Metrics metrics;
  metrics.observe_attempt(attempt("slack", DeliveryResult::Outcome::kDelivered, "", 1));
  const std::string text = metrics.text(snapshot_with_rules());
  std::istringstream lines(text);
  std::map<std::string, int> seen;
  for (std::string line; std::getline(lines, line);) {
    const bool type = line.starts_with("# TYPE ");
    if (line.starts_with("#") && !type) continue;
    ++seen[type ? line : line.substr(0, line.rfind(' '))];
  }
  CHECK(seen.size() > 100);
  for (const auto& [line, times] : seen) {
    CAPTURE(line);
    CHECK(times == 1);
  }
}
