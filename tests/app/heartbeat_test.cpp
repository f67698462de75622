// The heartbeat's configuration and its requests. When a sign of life is given and when it is withheld is
// tests/scenarios/heartbeat.txt.
#include <doctest/doctest.h>

#include <mutex>

#include "app/configuration.h"
#include "app/heartbeat_desk.h"
#include "core/json.h"

using namespace tocsin;

namespace {

using Kind = HeartbeatSign::Kind;
const HeartbeatSign kAlive{};
const HeartbeatSign kUnwell{Kind::kUnwell, "the store fails"};

struct Loaded {
  explicit Loaded(const std::string& heartbeat, const std::string& global = "{}") {
    MemoryFiles files;
    files.files["etc/c.yml"] = "global: " + global + "\nheartbeat: " + heartbeat +
                               "\nroute: {receiver: r}\nreceivers: [{name: r}]\n";
    configuration = load_configuration("etc/c.yml", "http://t", files, problems);
  }
  const HeartbeatConfig& heartbeat() const {
    REQUIRE_MESSAGE(configuration, problems.to_string());
    REQUIRE(configuration->heartbeat);
    return *configuration->heartbeat;
  }
  Problems problems;
  std::optional<Configuration> configuration;
};

Result<std::optional<HttpRequest>> request(const Loaded& loaded, const HeartbeatSign& sign,
                                           std::size_t target = 0) {
  const HeartbeatConfig& config = loaded.heartbeat();
  return heartbeat_request(config.targets.at(target), sign, config.http,
                           [](const Secret& secret) -> Result<std::string> {
                             if (secret.file == "etc/gone") return fail("cannot read etc/gone");
                             return secret.file.empty() ? secret.text : "https://hc.example/from-file";
                           });
}

HttpRequest sent(const Result<std::optional<HttpRequest>>& request) {
  REQUIRE(request.has_value());
  REQUIRE(request->has_value());
  return **request;
}

bool is_for_nobody(const Result<std::optional<HttpRequest>>& request) {
  return request.has_value() && !request->has_value();
}

}  // namespace

TEST_CASE("a URL is asked for with the method given, and told of failures only where that is wanted") {
  const Loaded plain("{targets: [{url_file: ping, method: GET}]}");
  CHECK(sent(request(plain, kAlive)).url == "https://hc.example/from-file");
  CHECK(sent(request(plain, kAlive)).method == "GET");
  CHECK(sent(request(plain, kAlive)).body.empty());
  CHECK(is_for_nobody(request(plain, kUnwell)));

  const Loaded told("{targets: [{url: 'https://hc.example/uuid?rid=1', report_failures: true}]}");
  CHECK(sent(request(told, kAlive)).method == "POST");
  const HttpRequest failure = sent(request(told, kUnwell));
  CHECK(failure.url == "https://hc.example/uuid/fail?rid=1");
  CHECK(failure.body == "the store fails");
  CHECK_FALSE(request(Loaded("{targets: [{url_file: gone}]}"), kAlive).has_value());
}

TEST_CASE(
    "Opsgenie and PagerDuty get what they take, with the keys and URLs of global where there are none") {
  const Loaded loaded(
      "{http_config: {proxy_url: 'http://proxy'}, targets: [{opsgenie: {name: 'a b'}}, {pagerduty: "
      "{routing_key: k}}]}",
      "{opsgenie_api_key: ok, opsgenie_api_url: 'https://api.eu.opsgenie.com/'}");
  const HttpRequest opsgenie = sent(request(loaded, kAlive));
  CHECK(opsgenie.method == "POST");
  CHECK(opsgenie.url == "https://api.eu.opsgenie.com/v2/heartbeats/a%20b/ping");
  CHECK(opsgenie.headers.back() == std::pair<std::string, std::string>("Authorization", "GenieKey ok"));
  REQUIRE(opsgenie.config);
  CHECK(opsgenie.config->proxy_url == "http://proxy");
  const HttpRequest pagerduty = sent(request(loaded, kAlive, 1));
  CHECK(pagerduty.url == "https://events.pagerduty.com/v2/enqueue");
  const auto event = JsonValue::parse(pagerduty.body);
  REQUIRE(event.has_value());
  CHECK(event->text("routing_key") == "k");
  CHECK(event->text("event_action") == "trigger");
  CHECK(event->text("dedup_key").find("tocsin-heartbeat-") == 0);
  CHECK(event->find("payload").text("severity") == "info");
  CHECK(is_for_nobody(request(loaded, kUnwell)));
  CHECK(is_for_nobody(request(loaded, kUnwell, 1)));
}

TEST_CASE("the policy of a heartbeat is read, and has defaults") {
  const Loaded usual("{targets: [{url: 'http://h'}]}");
  CHECK(usual.heartbeat().policy->interval == std::chrono::minutes(1));
  CHECK(usual.heartbeat().policy->evaluations == 3);
  CHECK(usual.heartbeat().policy->delivery == std::chrono::minutes(10));
  CHECK(usual.configuration->engine.heartbeat == usual.heartbeat().policy);
  const Loaded own(
      "{interval: 30s, tolerated_evaluations: 1, tolerated_delivery_time: 2m, targets: [{url: 'http://h'}]}");
  CHECK(own.heartbeat().policy->interval == std::chrono::seconds(30));
  CHECK(own.heartbeat().policy->evaluations == 1);
  CHECK(own.heartbeat().policy->delivery == std::chrono::minutes(2));
  const Loaded none("");
  REQUIRE(none.configuration);
  CHECK(none.configuration->heartbeat == nullptr);
}

TEST_CASE("mistakes in a heartbeat are refused at their place, and its secrets are not shown") {
  struct Row {
    std::string block, message;
  };
  for (const Row& row :
       {Row{"{}", "a heartbeat needs targets"},
        Row{"{interval: 10ms, targets: [{url: 'http://h'}]}", "at least 1s"},
        Row{"{targets: [{}]}", "exactly one of url, url_file, opsgenie and pagerduty"},
        Row{"{targets: [{url: 'http://h', opsgenie: {name: n, api_key: k}}]}", "exactly one of"},
        Row{"{targets: [{url: 'ftp://h'}]}", "url must begin with http"},
        Row{"{targets: [{url: 'http://h', method: PUT}]}", "method must be GET, HEAD or POST"},
        Row{"{targets: [{url: 'http://h', name: x}]}", "name"},
        Row{"{targets: [{opsgenie: {name: n}}]}", "one of api_key and api_key_file must be set"},
        Row{"{targets: [{opsgenie: {api_key: k}}]}", "needs the name that it has there"},
        Row{"{targets: [{pagerduty: {}}]}", "one of routing_key and routing_key_file must be set"},
        Row{"{tolerated_evaluations: 0, targets: [{url: 'http://h'}]}", "must be from 1 to 1000"},
        Row{"{tolerated_delivery_time: 0s, targets: [{url: 'http://h'}]}", "must be longer than 0"},
        Row{"{every: 1m, targets: [{url: 'http://h'}]}", "every"}}) {
    CAPTURE(row.block);
    const Loaded loaded(row.block);
    CHECK_FALSE(loaded.configuration.has_value());
    CHECK_MESSAGE(loaded.problems.to_string().find(row.message) != std::string::npos,
                  loaded.problems.to_string());
    for (const Problem& problem : loaded.problems.all()) CHECK(problem.position.line > 0);
  }
  const Loaded loaded(
      "{targets: [{url: 'http://h/very-secret'}, {opsgenie: {name: n, api_key: very-secret}}, {pagerduty: "
      "{routing_key: very-secret}}]}");
  REQUIRE(loaded.configuration);
  CHECK(loaded.configuration->redacted.find("very-secret") == std::string::npos);
  CHECK(loaded.configuration->redacted.find("heartbeat") != std::string::npos);
  CHECK(loaded.configuration->redacted_alertmanager.find("heartbeat") == std::string::npos);
}

TEST_CASE("the heartbeat desk counts the signs that were taken and those that were not") {
  struct Post final : Transport {
    void send(OutboundRequest request, Done done) override {
      OutboundAnswer answer;
      answer.status = std::get<HttpRequest>(request).url == "http://well" ? 200 : 500;
      done(std::move(answer));
    }
    void stop() override {}
  } transport;
  HeartbeatDesk desk(transport);
  desk.take(kAlive);
  CHECK(desk.given() + desk.failed() == 0);
  desk.configure(Loaded("{targets: [{url: 'http://well'}, {url: 'http://ill'}, {url_file: gone}]}")
                     .configuration->heartbeat);
  desk.take(kAlive);
  desk.take(kUnwell);
  CHECK(desk.given() == 1);
  CHECK(desk.failed() == 2);
}
