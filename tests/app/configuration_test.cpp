// Loading the whole configuration from files in memory: what a user gets told, and what stays out.
#include "app/configuration.h"

#include <doctest/doctest.h>

#include "app/config_redaction.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

constexpr const char* kGood = R"(global:
  evaluation_interval: 15s
  external_labels: {cluster: eu-1}
prometheus:
  - name: main
    url: http://localhost:9090
    rule_files: [rules/*.yml]
route:
  receiver: chat
  group_by: [alertname]
  routes:
    - receiver: hook
      matchers: [severity = critical]
receivers:
  - name: chat
    slack_configs:
      - api_url: https://hooks.slack.com/services/T0/B0/very-secret
  - name: hook
    webhook_configs:
      - url: http://localhost:5001/secret-path
)";

constexpr const char* kRules = R"(groups:
  - name: ai
    rules:
      - alert: Slow
        expr: latency > 1
        for: 5m
      - record: job:latency
        expr: avg(latency)
)";

struct Loaded {
  MemoryFiles files;
  Problems problems;
  std::optional<Configuration> configuration;

  explicit Loaded(std::string text, std::map<std::string, std::string> others = {}) {
    files.files = std::move(others);
    files.files["etc/tocsin.yml"] = std::move(text);
    configuration = load_configuration("etc/tocsin.yml", "http://tocsin:9093", files, problems);
  }
};

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

}  // namespace

TEST_CASE("a configuration becomes servers, rules, routes and receivers") {
  const Loaded loaded(kGood, {{"etc/rules/ai.yml", kRules}, {"etc/rules/ai.txt", "not a rule file"}});
  INFO(loaded.problems.to_string());
  REQUIRE(loaded.configuration);
  CHECK(loaded.problems.empty());
  const Configuration& configuration = *loaded.configuration;
  REQUIRE(configuration.engine.evaluator->groups.size() == 1);
  const GroupPlan& plan = *configuration.engine.evaluator->groups[0];
  CHECK(plan.interval == 15s);
  CHECK(plan.group.file == "etc/rules/ai.yml");
  CHECK(plan.external_labels == Labels{{"cluster", "eu-1"}});
  CHECK(plan.server->url == "http://localhost:9090");
  CHECK(configuration.rule_count == 2);
  CHECK(configuration.unevaluated_recording_rules == 1);
  CHECK(configuration.receivers.size() == 2);
  CHECK(configuration.delivery->integrations.size() == 2);
  CHECK(configuration.files == std::vector<std::string>{"etc/tocsin.yml", "etc/rules/ai.yml"});
}

TEST_CASE("rule files of Prometheus 1.x are loaded beside those in YAML") {
  const std::string text = with(kGood, "rules/*.yml", "rules/*");
  const Loaded loaded(text, {{"etc/rules/ai.yml", kRules}, {"etc/rules/old.rules", "ALERT Old IF up == 0 FOR 5m\nold:up = sum(up)\n"}});
  CHECK(loaded.problems.to_string() == "");
  REQUIRE(loaded.configuration);
  REQUIRE(loaded.configuration->engine.evaluator->groups.size() == 2);
  const GroupPlan& plan = *loaded.configuration->engine.evaluator->groups[1];
  CHECK(plan.group.name == "old");
  CHECK(plan.interval == 15s);
  CHECK(plan.templates.size() == 2);
  CHECK(loaded.configuration->rule_count == 4);
}

TEST_CASE("an Alertmanager configuration without our keys is a router without rules") {
  const Loaded loaded("route: {receiver: x}\nreceivers: [{name: x}]\n");
  INFO(loaded.problems.to_string());
  REQUIRE(loaded.configuration);
  CHECK(loaded.configuration->engine.evaluator->groups.empty());
}

TEST_CASE("all mistakes of all files are reported at once, each with its place") {
  const std::string text = with(with(kGood, "receiver: hook", "receiver: hok"), "evaluation_interval: 15s",
                                "evaluation_interval: 15");
  const Loaded loaded(text, {{"etc/rules/ai.yml", with(kRules, "for: 5m", "fro: 5m")}});
  CHECK_FALSE(loaded.configuration);
  const std::string problems = loaded.problems.to_string();
  INFO(problems);
  CHECK(problems.find("etc/tocsin.yml:2:24: ") != std::string::npos);
  CHECK(problems.find("etc/tocsin.yml:12:17: ") != std::string::npos);
  CHECK(problems.find("hok") != std::string::npos);
  CHECK(problems.find("etc/rules/ai.yml:6:9: ") != std::string::npos);
}

TEST_CASE("what cannot be done yet is refused by name, and empty blocks of it are fine") {
  struct Row {
    const char* text;
    const char* key;
  };
  for (const Row& row : {Row{"remote_write: [{url: 'http://x'}]\n", "remote_write"},
                         Row{"alerting: {alertmanagers: []}\n", "alerting"}}) {
    const Loaded refused(std::string(kGood) + row.text);
    INFO(refused.problems.to_string());
    CHECK_FALSE(refused.configuration);
    CHECK(refused.problems.to_string().find(row.key) != std::string::npos);
    CHECK(refused.problems.to_string().find("not supported yet") != std::string::npos);
  }
  CHECK(Loaded(std::string(kGood) + "remote_write: []\nalerting:\n").configuration);
}

TEST_CASE("inhibition rules and time intervals reach the router") {
  const Loaded loaded(R"(route:
  receiver: x
  routes: [{mute_time_intervals: [night, old], active_time_intervals: [day]}]
receivers: [{name: x}]
inhibit_rules:
  - {source_matchers: [a=b], target_matchers: [a=c], equal: [d]}
time_intervals:
  - {name: night, time_intervals: [{times: [{start_time: '22:00', end_time: '06:00'}]}]}
  - {name: day, time_intervals: [{location: Europe/Berlin, weekdays: ['monday:friday']}]}
mute_time_intervals:
  - {name: old, time_intervals: [{months: [1]}]}
)");
  CHECK(loaded.problems.to_string() == "");
  REQUIRE(loaded.configuration);
  const RoutingConfig& routing = *loaded.configuration->engine.routing;
  CHECK(routing.inhibit_rules.size() == 1);
  CHECK(routing.time_intervals.size() == 3);
  CHECK(routing.root.routes[0].mute_time_intervals.size() == 2);
}

TEST_CASE("inhibition rules that silence each other are warned of") {
  const Loaded loaded(std::string(kGood) + R"(inhibit_rules:
  - {name: down, source_matchers: [s=1], target_matchers: [s=2], equal: [d]}
  - {name: up, source_matchers: [s=2], target_matchers: [s=1], equal: [d]}
)",
                      {{"etc/rules/ai.yml", kRules}});
  REQUIRE(loaded.configuration);
  CHECK(loaded.problems.to_string().find(R"(the inhibition rules "down" and "up" can inhibit in a circle)") !=
        std::string::npos);
}

TEST_CASE("a route that names a time interval which is not there is a mistake") {
  const Loaded loaded(
      "route: {receiver: x, routes: [{mute_time_intervals: [night]}]}\nreceivers: [{name: x}]\n"
      "time_intervals: [{name: nights, time_intervals: [{months: [1]}]}]\n");
  CHECK_FALSE(loaded.configuration);
  CHECK(loaded.problems.to_string().find("did you mean \"nights\"") != std::string::npos);
}

TEST_CASE("tracing and the event recorder are checked, and taken with a warning") {
  struct Row {
    const char* text;
    const char* said;
    bool loads;
  };
  for (const Row& row :
       {Row{"tracing: {endpoint: 'otel:4317', client_type: http, sampling_fraction: 0.5, insecure: true, "
            "timeout: "
            "5s, compression: gzip, headers: {a: b}, tls_config: {}}\n",
            "tracing has no effect here", true},
        Row{"tracing: {client_type: udp, endpoint: x}\n", "not a client_type", false},
        Row{"tracing: {endpoint: x, compression: zip}\n", "not a compression", false},
        Row{"tracing: {endpoint: x, timeout: soon}\n", "is not a duration", false},
        Row{"tracing: {insecure: true}\n", "must have an endpoint", false},
        Row{"tracing: {endpoint: x, endpiont: y}\n", "endpiont", false},
        Row{"event_recorder: {file_outputs: [{path: x}], webhook_outputs: [{url: 'http://x', workers: 2}], "
            "kafka_outputs: [{brokers: [x], topic: y}], stdout_outputs: [{}]}\n",
            "event_recorder has no effect here", true},
        Row{"event_recorder: {file_outputs: [{}]}\n", "must have path", false},
        Row{"event_recorder: {outputs: [{type: file, path: x}]}\n", "no effect here", true},
        Row{"event_recorder: {files: []}\n", "files", false},
        Row{"event_recorder: {stdout_outputs: [{path: x}]}\n", "path", false}}) {
    const Loaded loaded(std::string(kGood) + row.text);
    INFO(loaded.problems.to_string());
    CHECK(loaded.configuration.has_value() == row.loads);
    CHECK(loaded.problems.to_string().find(row.said) != std::string::npos);
  }
}

TEST_CASE("files that are missing are mistakes, and globs that match nothing are warnings") {
  const Loaded nothing(kGood);
  REQUIRE(nothing.configuration);
  CHECK(nothing.problems.to_string().find("no file matches rules/*.yml") != std::string::npos);

  const Loaded missing(with(kGood, "rules/*.yml", "rules/ai.yml"));
  CHECK_FALSE(missing.configuration);
  CHECK(missing.problems.to_string().find("rule file rules/ai.yml does not exist") != std::string::npos);

  const Loaded star(with(kGood, "rules/*.yml", "r*/ai.yml"));
  CHECK_FALSE(star.configuration);
  CHECK(star.problems.to_string().find("invalid rule file path") != std::string::npos);
}

TEST_CASE("an empty configuration says what is missing") {
  const Loaded loaded("");
  CHECK_FALSE(loaded.configuration);
  CHECK(loaded.problems.to_string().find("no route provided") != std::string::npos);
  CHECK_FALSE(Loaded("route: {receiver: x}\nreceivers: [{name: y}]\n").configuration);
}

TEST_CASE("a template file that is broken is found before the night") {
  const Loaded loaded(std::string(kGood) + "templates: [t/*.tmpl]\n",
                      {{"etc/t/a.tmpl", "{{ define \"x\" }}\n{{ .Nope \"}}{{ end }}"}});
  CHECK_FALSE(loaded.configuration);
  CHECK(loaded.problems.to_string().find("etc/t/a.tmpl:2") != std::string::npos);
}

TEST_CASE("the configuration that the API shows holds no secret") {
  const Loaded loaded(kGood, {{"etc/rules/ai.yml", kRules}});
  REQUIRE(loaded.configuration);
  const std::string& shown = loaded.configuration->redacted;
  INFO(shown);
  CHECK(shown.find("very-secret") == std::string::npos);
  CHECK(shown.find("secret-path") == std::string::npos);
  CHECK(shown.find("<secret>") != std::string::npos);
  CHECK(shown.find("http://localhost:9090") != std::string::npos);
  Problems problems;
  const YamlDocument again = YamlDocument::parse(shown, "shown", problems);
  CHECK(problems.empty());
  CHECK(redacted_yaml(again.root()) == shown);
}

TEST_CASE("receivers of ours show no secret either, and are hidden from Alertmanager's tools") {
  const Loaded loaded(R"(
route: {receiver: r}
receivers:
  - name: r
    http_configs:
      - url: http://h/very-secret
        headers: {A: 'very-secret', B: {secret: very-secret}}
        resolved: {url: 'http://h/very-secret', headers: {A: very-secret}}
    googlechat_configs: [{url: 'http://chat/very-secret'}]
    matrix_configs: [{homeserver_url: 'http://m', room_id: '!a:b', access_token: very-secret}]
    ntfy_configs: [{topic: very-secret, username: u, password: very-secret}]
    gotify_configs: [{url: 'http://g', token: very-secret}]
    webhook_configs: [{url: 'http://hook/very-secret'}]
)");
  INFO(loaded.problems.to_string());
  REQUIRE(loaded.configuration);
  CHECK(loaded.configuration->redacted.find("very-secret") == std::string::npos);
  CHECK(loaded.configuration->redacted.find("http://m") != std::string::npos);
  const std::string& shown = loaded.configuration->redacted_alertmanager;
  CHECK(shown.find("webhook_configs") != std::string::npos);
  for (const char* key :
       {"http_configs", "googlechat_configs", "matrix_configs", "ntfy_configs", "gotify_configs"})
    CHECK(shown.find(key) == std::string::npos);
}

TEST_CASE("a configuration with rules has Tocsin's texts unless it says or words otherwise") {
  const auto is_ours = [](const std::string& text, const std::string& tmpl = "") {
    const Loaded loaded(text, {{"etc/rules/ai.yml", kRules}, {"etc/own.tmpl", tmpl}});
    REQUIRE_MESSAGE(loaded.configuration.has_value(), loaded.problems.to_string());
    const auto& delivery = *loaded.configuration->delivery;
    Notification what;
    what.integration = {"chat", "slack", 0};
    what.alerts.emplace_back().labels = Labels{{"alertname", "Slow"}};
    const BuildContext context{*delivery.templates, "http://tocsin:9093", kNoTime,
                               [](const Secret& secret) -> Result<std::string> { return secret.text; }};
    const auto built = delivery.integrations.at(what.integration)->build(what, context);
    REQUIRE(built.has_value());
    return std::get<HttpRequest>(built->request).body.find("\"blocks\"") != std::string::npos;
  };
  CHECK(is_ours(kGood));
  CHECK_FALSE(
      is_ours(with(kGood, "  evaluation_interval", "  message_style: alertmanager\n  evaluation_interval")));
  const std::string templated = std::string("templates: [own.tmpl]\n") + kGood;
  CHECK(is_ours(templated, "{{ define \"mine\" }}x{{ end }}"));
  CHECK_FALSE(is_ours(templated, "{{ define \"slack.default.title\" }}x{{ end }}"));
  CHECK(is_ours(with(templated, "  evaluation_interval", "  message_style: tocsin\n  evaluation_interval"),
                "{{ define \"slack.default.title\" }}x{{ end }}"));
  const std::string router = with(
      kGood, "prometheus:\n  - name: main\n    url: http://localhost:9090\n    rule_files: [rules/*.yml]\n",
      "");
  CHECK_FALSE(is_ours(router));
  CHECK(is_ours(with(router, "  evaluation_interval", "  message_style: tocsin\n  evaluation_interval")));
}

TEST_CASE("the configuration as Alertmanager would load it has none of our keys") {
  std::string text = with(kGood, "  evaluation_interval", "  message_style: tocsin\n  evaluation_interval");
  text =
      with(text, "      - api_url: https://hooks.slack.com/services/T0/B0/very-secret",
           "      - app_token: x\n        channel: c\n        threads: true\n        message_style: tocsin\n"
           "        blocks: [{type: divider}]");
  const Loaded loaded(text, {{"etc/rules/ai.yml", kRules}});
  REQUIRE_MESSAGE(loaded.configuration.has_value(), loaded.problems.to_string());
  for (const char* key : {"message_style", "threads", "blocks"}) {
    CHECK(loaded.configuration->redacted.find(key) != std::string::npos);
    CHECK(loaded.configuration->redacted_alertmanager.find(key) == std::string::npos);
  }
}

TEST_CASE("paces and fallbacks reach the router, and an Alertmanager is not shown them") {
  const Loaded loaded(
      "route: {receiver: a}\n"
      "receivers:\n"
      "- name: a\n"
      "  fallback_receiver: b\n"
      "  fallback_after: 2m\n"
      "  slack_configs: [{api_url: 'http://h/x'}]\n"
      "  webhook_configs: [{url: 'http://h/y', pace: {rate: 4/s, burst: 3}}]\n"
      "- name: b\n"
      "  webhook_configs: [{url: 'http://h/z'}]\n");
  REQUIRE_MESSAGE(loaded.configuration, loaded.problems.to_string());
  const RoutingConfig& routing = *loaded.configuration->engine.routing;
  for (const IntegrationEntry& entry : routing.receiver("a")->integrations) {
    CHECK(entry.fallback_receiver == "b");
    CHECK(entry.fallback_after == std::chrono::minutes(2));
    CHECK(entry.pace == (entry.id.kind == "slack" ? Pace{std::chrono::seconds(1), 5}
                                                  : Pace{std::chrono::milliseconds(250), 3}));
  }
  CHECK(routing.receiver("b")->integrations[0].fallback_receiver.empty());
  CHECK_FALSE(routing.receiver("b")->integrations[0].pace.limited());
  for (const char* key : {"fallback_receiver", "fallback_after", "pace"}) {
    CHECK(loaded.configuration->redacted.find(key) != std::string::npos);
    CHECK(loaded.configuration->redacted_alertmanager.find(key) == std::string::npos);
  }
}

TEST_CASE("rule files and configurations are told apart by their keys") {
  CHECK(looks_like_configuration(kGood));
  CHECK_FALSE(looks_like_configuration(kRules));
  CHECK_FALSE(looks_like_configuration("ALERT X IF up == 0"));
}
