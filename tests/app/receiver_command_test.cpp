// `tocsin receiver` on a configuration in memory and a transport that only listens: what it sends, prints and
// how it exits.
#include "app/receiver_command.h"

#include <doctest/doctest.h>

#include <mutex>
#include <vector>

#include "app/receiver_trial.h"
#include "app/secret_mask.h"
#include "core/json.h"

using namespace tocsin;

namespace {

constexpr const char* kConfig = R"(global:
  smtp_smarthost: mail.example:587
  smtp_from: tocsin@example.org
  smtp_auth_username: u
  smtp_auth_password: very-secret
route:
  receiver: other
  group_by: [alertname]
  routes: [{receiver: team, group_by: [cluster], matchers: [team=x], labels: {owner: 'o-{{ .Status }}'}}]
receivers:
  - name: other
  - name: team
    webhook_configs:
      - url: http://hook.example/very-secret?x=1
        http_config: {authorization: {credentials: very-secret}}
      - url: 'http://hook.example/{{ if true }}very-secret{{ end }}'
        send_resolved: false
    http_configs:
      - url: http://api.example/
        headers: {Authorization: Bearer very-secret, X-Api-Key: very-secret, X-Team: '{{ .Status }}'}
        body: x
    pagerduty_configs: [{routing_key: very-secret}]
    wechat_configs: [{api_secret: very-secret, corp_id: c}]
    email_configs: [{to: team@example.org, send_resolved: true}]
)";

constexpr const char* kAlerts = R"([
  {"labels": {"alertname": "A", "cluster": "eu", "instance": "1"}, "annotations": {"summary": "s"}},
  {"labels": {"alertname": "B", "cluster": "eu", "instance": "2"}, "startsAt": "2024-01-05T20:00:00Z"}])";

const TimePoint kNow = *parse_rfc3339("2024-01-05T23:00:00Z");

MemoryFiles files() {
  MemoryFiles made;
  made.files["am.yml"] = kConfig;
  made.files["alerts.json"] = kAlerts;
  made.files["hook.json"] = std::string(R"({"status": "firing", "alerts": )") + kAlerts + "}";
  made.files["bad.json"] = R"([{"labels": {}}])";
  return made;
}

class StoppedClock final : public Clock {
 public:
  TimePoint now() override { return kNow; }
};

// Answers every request with a status, and remembers it.
class ListeningPost final : public Transport {
 public:
  explicit ListeningPost(int status, std::string body) : status_(status), body_(std::move(body)) {}
  void send(OutboundRequest request, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
    OutboundAnswer answer;
    answer.status = status_;
    answer.body = body_;
    done(std::move(answer));
  }
  void stop() override {}
  std::vector<OutboundRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  const int status_;
  const std::string body_;
  mutable std::mutex mutex_;
  std::vector<OutboundRequest> requests_;
};

ReceiverTrialOptions trial(std::vector<std::string> integrations = {}, std::string alerts = "") {
  ReceiverTrialOptions out;
  out.config_file = "am.yml";
  out.receiver = "team";
  out.integrations = std::move(integrations);
  out.alerts_file = std::move(alerts);
  out.external_url = "http://tocsin.example";
  return out;
}

CommandOutput preview(ReceiverPreviewOptions options) {
  MemoryFiles with = files();
  return preview_receiver(options, with, kNow);
}

CommandOutput test(const ReceiverTestOptions& options, Transport& transport) {
  MemoryFiles with = files();
  StoppedClock clock;
  return test_receiver(options, with, transport, clock);
}

JsonValue body_of(const OutboundRequest& request) {
  const auto json = JsonValue::parse(std::get<HttpRequest>(request).body);
  REQUIRE(json.has_value());
  return *json;
}

}  // namespace

TEST_CASE("a preview shows each request of a receiver, and no secret of it") {
  const CommandOutput output = preview({trial(), false, false, "text"});
  CHECK(output.exit_code == 0);
  CHECK(output.out.find("very-secret") == std::string::npos);
  CHECK(output.out.find("# team/webhook[0]\nPOST http://hook.example/<secret>\n"
                        "Content-Type: application/json\nUser-Agent: Tocsin/") != std::string::npos);
  CHECK(output.out.find("Authorization: Bearer <secret>\n\n{\"receiver\":\"team\"") != std::string::npos);
  CHECK(output.out.find("# team/webhook[1]\nPOST http://hook.example/<secret>\n") != std::string::npos);
  CHECK(output.out.find(R"({"routing_key":"<secret>","dedup_key":)") != std::string::npos);
  CHECK(output.out.find("# team/wechat[0]: the first request; more may follow") != std::string::npos);
  CHECK(output.out.find("MAIL smtp://mail.example:587 (STARTTLS) from tocsin@example.org to team@example.org"
                        "\n\nFrom: tocsin@example.org\r\n") != std::string::npos);
  CHECK(output.out.find("# team/http[0]\nPOST http://api.example/<secret>\nContent-Type: text/plain; "
                        "charset=utf-8\nAuthorization: Bearer <secret>\nX-Api-Key: <secret>\nX-Team: "
                        "firing\n") != std::string::npos);
  CHECK(output.out.find("\"routeLabels\":{\"owner\":\"o-firing\"}") != std::string::npos);
}

TEST_CASE("a preview shows secrets where that is asked for") {
  const CommandOutput output = preview({trial({"webhook[0]"}), false, true, "text"});
  CHECK(output.out.find("POST http://hook.example/very-secret?x=1\n") != std::string::npos);
  CHECK(output.out.find("Authorization: Bearer very-secret\n") != std::string::npos);
}

TEST_CASE("a preview of given alerts groups them as the route does, and adds nothing to them") {
  for (const char* file : {"alerts.json", "hook.json"}) {
    CAPTURE(file);
    const CommandOutput output = preview({trial({"webhook[0]"}, file), false, false, "json"});
    CHECK(output.exit_code == 0);
    const auto json = JsonValue::parse(output.out);
    REQUIRE(json.has_value());
    const JsonValue& only = json->array().at(0);
    CHECK(only.text("integration") == "team/webhook[0]");
    CHECK(only.text("method") == "POST");
    const auto body = JsonValue::parse(only.text("body"));
    REQUIRE(body.has_value());
    CHECK(body->text("groupKey") == "{}/{team=\"x\"}:{cluster=\"eu\"}");
    CHECK(body->find("alerts").array().size() == 2);
    CHECK(body->find("alerts").array().at(0).find("labels").find("test").is_null());
    CHECK(body->find("alerts").array().at(0).text("endsAt") == "0001-01-01T00:00:00Z");
  }
}

TEST_CASE("a preview of the end leaves out who is not told of it") {
  const CommandOutput output = preview({trial({"webhook"}), true, false, "text"});
  CHECK(output.exit_code == 0);
  CHECK(output.out.find("\"status\":\"resolved\"") != std::string::npos);
  CHECK(output.out.find("team/webhook[1]") == std::string::npos);
  CHECK(output.err == "team/webhook[1]: would not be told that it is over, because send_resolved is false\n");
}

TEST_CASE("a test sends a page that says that it is a test, and its end, under a group of its own") {
  ListeningPost transport(202, R"({"status":"success","dedup_key":"k very-secret"})");
  const CommandOutput output = test({trial({"pagerduty[0]"}), true}, transport);
  CHECK(output.exit_code == 0);
  CHECK(output.out.find("team/pagerduty[0]: test page delivered in ") == 0);
  CHECK(output.out.find("status 202: {\"status\":\"success\",\"dedup_key\":\"k <secret>\"}\n") !=
        std::string::npos);
  CHECK(output.out.find("\nteam/pagerduty[0]: its end delivered in ") != std::string::npos);
  const auto requests = transport.requests();
  REQUIRE(requests.size() == 2);
  CHECK(body_of(requests[0]).text("event_action") == "trigger");
  CHECK(body_of(requests[0]).find("payload").text("summary").find("this is a test") != std::string::npos);
  CHECK(body_of(requests[1]).text("event_action") == "resolve");
  CHECK(body_of(requests[0]).text("dedup_key") == body_of(requests[1]).text("dedup_key"));

  const CommandOutput shown = preview({trial({"pagerduty[0]"}), false, false, "json"});
  CHECK(shown.out.find(body_of(requests[0]).text("dedup_key")) == std::string::npos);
}

TEST_CASE("alerts of one's own are marked as a test where they are sent") {
  ListeningPost transport(200, "ok");
  const CommandOutput output = test({trial({"webhook"}, "alerts.json"), true}, transport);
  CHECK(output.out.find("team/webhook[1]: not told that it is over") != std::string::npos);
  const auto requests = transport.requests();
  REQUIRE(requests.size() == 3);
  const JsonValue body = body_of(requests[0]);
  for (const JsonValue& alert : body.find("alerts").array())
    CHECK(alert.find("labels").text("test") == "this is a test");
}

TEST_CASE("a test that does not arrive says what the service answered, and fails") {
  ListeningPost refusing(400, "no such key: very-secret");
  const CommandOutput rejected = test({trial({"pagerduty"}), true}, refusing);
  CHECK(rejected.exit_code == 1);
  CHECK(rejected.out == "team/pagerduty[0]: test page rejected: HTTP 400: no such key: <secret>\n");
  CHECK(refusing.requests().size() == 1);
  ListeningPost busy(503, "");
  CHECK(test({trial({"pagerduty"}), false}, busy).out ==
        "team/pagerduty[0]: test page failed (a real page would be tried again): HTTP 503\n");
}

TEST_CASE("what is not there is a mistake of usage, what is faulty a finding") {
  struct Row {
    std::string config, receiver, integration, alerts;
    int exit_code;
    std::string message;
  };
  for (const Row& row :
       {Row{"am.yml", "teem", "", "", 2, "there is no receiver \"teem\", did you mean \"team\"?"},
        Row{"am.yml", "team", "slack", "", 2, "has no integration slack: it has email[0], pagerduty[0]"},
        Row{"am.yml", "team", "webhook[2]", "", 2, "has no integration webhook[2]"},
        Row{"am.yml", "team", "", "gone.json", 2, "gone.json"},
        Row{"am.yml", "team", "", "bad.json", 2, "bad.json: alert 1"},
        Row{"am.yml", "team", "", "am.yml", 2, "am.yml: "}, Row{"gone.yml", "team", "", "", 1, "gone.yml"},
        Row{"am.yml", "other", "", "", 1, "receiver \"other\" has no integrations: nothing is ever sent"}}) {
    CAPTURE(row.message);
    ReceiverTestOptions options{trial({}, row.alerts), false};
    options.trial.config_file = row.config;
    options.trial.receiver = row.receiver;
    if (!row.integration.empty()) options.trial.integrations = {row.integration};
    ListeningPost transport(200, "");
    const CommandOutput output = test(options, transport);
    CHECK(output.exit_code == row.exit_code);
    CHECK_MESSAGE(output.err.find(row.message) != std::string::npos, output.err);
    CHECK(transport.requests().empty());
  }
}

TEST_CASE("a mask hides secrets however they are escaped, and shows the host of a URL") {
  SecretMask mask;
  mask.add("a b\"c");
  mask.add("https://u:p@h.example:1/x/");
  mask.add("");
  CHECK(mask.hide("raw a b\"c, query a+b%22c, path a%20b%22c, json a b\\\"c") ==
        "raw <secret>, query <secret>, path <secret>, json <secret>");
  CHECK(mask.hide("https://u:p@h.example:1/x/send https://u:p@h.example:1/x?y") ==
        "https://h.example:1/<secret>send https://h.example:1/<secret>?y");
  CHECK(mask.hide("nothing") == "nothing");
}
