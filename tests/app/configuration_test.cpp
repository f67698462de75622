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

TEST_CASE("an Alertmanager configuration without our keys is a router without rules") {
  const Loaded loaded("route: {receiver: x}\nreceivers: [{name: x}]\n");
  INFO(loaded.problems.to_string());
  REQUIRE(loaded.configuration);
  CHECK(loaded.configuration->engine.evaluator->groups.empty());
}

TEST_CASE("all mistakes of all files are reported at once, each with its place") {
  const std::string text = with(with(kGood, "receiver: hook", "receiver: hok"), "evaluation_interval: 15s", "evaluation_interval: 15");
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
  for (const Row& row : {Row{"inhibit_rules: [{equal: [a]}]\n", "inhibit_rules"},
                         Row{"time_intervals: [{name: x}]\n", "time_intervals"},
                         Row{"remote_write: [{url: 'http://x'}]\n", "remote_write"},
                         Row{"alerting: {alertmanagers: []}\n", "alerting"}}) {
    const Loaded refused(std::string(kGood) + row.text);
    INFO(refused.problems.to_string());
    CHECK_FALSE(refused.configuration);
    CHECK(refused.problems.to_string().find(row.key) != std::string::npos);
    CHECK(refused.problems.to_string().find("not supported yet") != std::string::npos);
  }
  CHECK(Loaded(std::string(kGood) + "inhibit_rules: []\ntime_intervals:\n").configuration);
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
  const Loaded loaded(std::string(kGood) + "templates: [t/*.tmpl]\n", {{"etc/t/a.tmpl", "{{ define \"x\" }}\n{{ .Nope \"}}{{ end }}"}});
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

TEST_CASE("rule files and configurations are told apart by their keys") {
  CHECK(looks_like_configuration(kGood));
  CHECK_FALSE(looks_like_configuration(kRules));
  CHECK_FALSE(looks_like_configuration("ALERT X IF up == 0"));
}
