// The explanations of the API, on a program that runs under virtual time.
#include "app/api_explain.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/configuration.h"
#include "app/virtual_shell.h"
#include "tests/support/fake_api_backend.h"

using namespace std::chrono_literals;
using namespace tocsin;

namespace {

constexpr const char* kConfig = R"(route:
  receiver: team
  group_by: [alertname]
receivers:
  - name: team
    webhook_configs: [{url: 'http://localhost/a'}]
)";

// Begins an hour before the API's now.
class Story {
 public:
  Story() : shell_(world(), kApiNow - 1h) {
    MemoryFiles files;
    files.files["tocsin.yml"] = kConfig;
    Problems problems;
    const auto configuration = load_configuration("tocsin.yml", "http://tocsin.example", files, problems);
    REQUIRE_MESSAGE(configuration.has_value(), problems.to_string());
    shell_.start(configuration->engine);
  }
  void run_until(Duration time) { shell_.run_until(kApiNow - 1h + time); }
  void post(std::string_view name, std::optional<Duration> ends = std::nullopt) {
    Alert alert;
    alert.labels = Labels{{"alertname", name}};
    alert.starts_at = alert.updated_at = shell_.now();
    if (ends) alert.ends_at = shell_.now() + *ends;
    shell_.post({alert});
  }
  void silence(std::string value) {
    Silence silence;
    silence.matcher_sets = {{*Matcher::make("alertname", MatchType::kEqual, std::move(value))}};
    silence.starts_at = shell_.now();
    silence.ends_at = shell_.now() + 2h;
    silence.created_by = "ann";
    silence.comment = "deploy";
    REQUIRE(shell_.set_silence(silence));
  }
  HttpAnswer get(const std::string& target) {
    FakeApiBackend backend;
    const auto all = [](const Labels&) { return true; };
    backend.explanations = shell_.engine().router().explain({all, 1000}, shell_.now()).alerts;
    backend.group_views = shell_.engine().router().groups(shell_.now());
    backend.store = shell_.store();
    return ask(backend, "GET", target);
  }
  JsonValue explain(const std::string& query) {
    const HttpAnswer answer = get("/api/tocsin/v1/explain" + query);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json_of(answer);
  }

  int failures = 0;

 private:
  VirtualShell::World world() {
    return {[](const PrometheusServer&, const std::string&, TimePoint) { return VirtualShell::QueryReply{}; },
            [this](const Notification&) {
              VirtualShell::DeliveryReply reply;
              DeliveryResult& result = reply.result.emplace();
              result.status = failures > 0 ? 500 : 200;
              if (failures-- > 0) {
                result.outcome = DeliveryResult::Outcome::kFailed;
                result.message = "internal error";
              }
              return reply;
            },
            [](std::span<const Notice>, TimePoint) {}};
  }
  VirtualShell shell_;
};

const JsonValue& first(const JsonValue& value, std::string_view list) {
  REQUIRE(value.find(list).array().size() == 1);
  return value.find(list).array().front();
}

std::string kinds(const JsonValue& alert) {
  std::string kinds;
  for (const JsonValue& line : alert.find("history").array()) kinds += line.text("kind") + " ";
  return kinds;
}

}  // namespace

TEST_CASE("a live alert is explained with its groups, integrations and history") {
  Story story;
  story.post("A");
  story.post("B");
  story.run_until(1h);
  const JsonValue answer = story.explain("?filter=alertname%3D%22A%22");
  CHECK(answer.text("now") == "2026-01-02T03:04:05.000Z");
  CHECK(answer.find("past").array().empty());
  const JsonValue& alert = first(answer, "alerts");
  CHECK(alert.find("labels").text("alertname") == "A");
  CHECK(alert.text("state") == "firing");
  const JsonValue& group = first(alert, "groups");
  CHECK(group.text("groupKey") == "{}:{alertname=\"A\"}");
  CHECK(group.text("waitsFor") == "group_interval");
  const JsonValue& about = first(group, "integrations");
  CHECK(about.text("integration") == "team/webhook[0]");
  CHECK(about.text("told") == "firing");
  CHECK(about.text("verdict") ==
        "told that it fires by the flush at 02:04:35 (59m ago); next repeat at 06:04:35 (in 3h)");
  CHECK(kinds(alert) == "Notified Notifying GroupOpened AlertReceived ");
  CHECK(alert.find("history").array().front().find("details").text("status") == "200");
  CHECK(answer.find("history").boolean("all"));
}

TEST_CASE("an earlier moment is told from the history") {
  Story story;
  story.failures = 2;
  story.post("A");
  story.run_until(20min);
  story.silence("A");
  story.run_until(30min);
  story.post("A", 0s);
  story.run_until(1h);

  const auto verdict_at = [&](const char* at) {
    const JsonValue answer = story.explain(std::string("?filter=alertname=A&at=") + at);
    CHECK(answer.find("alerts").array().empty());
    const JsonValue& alert = first(answer, "past");
    std::string text = alert.text("verdict");
    for (const JsonValue& group : alert.find("groups").array()) {
      for (const JsonValue& about : group.find("integrations").array()) text += " | " + about.text("verdict");
    }
    return text;
  };
  CHECK(verdict_at("2026-01-02T02:04:10Z") == "it fired since 02:04:05 (5s ago); nobody was told");
  const std::string told = verdict_at("2026-01-02T02:10:00Z");
  CHECK(told.starts_with("it fired since 02:04:05 (5m55s ago) | told that it fires at 02:04:3"));
  CHECK(told.ends_with("(answer 200 after 3 tries)"));
  CHECK(verdict_at("2026-01-02T02:30:00Z").find("; not repeated while silenced by ") != std::string::npos);
  CHECK(verdict_at("2026-01-02T02:30:00Z").ends_with("(ann, \"deploy\")"));
  CHECK(verdict_at("2026-01-02T03:00:00Z").find("told that it has ended at 02:34:35") != std::string::npos);

  // It is gone by now: what is known of it comes from the history.
  const JsonValue answer = story.explain("?filter=alertname=A");
  const JsonValue& gone = first(answer, "past");
  CHECK(gone.text("state") == "resolved");
  CHECK(gone.text("cause") == "reported resolved");
  CHECK(kinds(gone).starts_with("GroupClosed Notified Notifying AlertResolved AlertSuppressed Notified "));
}

TEST_CASE("what matches nothing is an empty answer, and what cannot be read is refused") {
  Story story;
  story.post("A");
  story.run_until(1h);
  const JsonValue nothing = story.explain("?filter=alertname=C");
  CHECK(nothing.find("alerts").array().empty());
  CHECK(nothing.find("past").array().empty());
  CHECK(story.explain("?filter=alertname=A&at=2026-01-02T02:00:00Z").find("past").array().empty());

  const HttpAnswer bad_filter = story.get("/api/tocsin/v1/explain?filter=%7B");
  CHECK(bad_filter.status == 400);
  CHECK(bad_filter.body.starts_with("\"bad filter "));
  CHECK(story.get("/api/tocsin/v1/explain?at=noon").body ==
        "\"bad at \\\"noon\\\": give a time as 2026-01-02T15:04:05Z (RFC 3339)\"");
  CHECK(story.get("/api/tocsin/v1/explain?at=2026-01-02T03:04:06Z").status == 400);
}

TEST_CASE("an alert whose `for` is not over says when it fires, and what keeps its rule from saying more") {
  FakeApiBackend backend;
  RuleGroup rules;
  rules.name = "servers";
  rules.rules.resize(1);
  rules.rules[0].hold_for = 5min;
  RuleGroupSnapshot& group = backend.rules_snapshot.groups.emplace_back();
  group.group = std::make_shared<const RuleGroup>(rules);
  group.rules.resize(1);
  Instance& instance = group.rules[0].instances.emplace_back();
  instance.labels = Labels{{"alertname", "A"}};
  instance.active_at = kApiNow - 2min;
  const auto verdict = [&] {
    const JsonValue answer = json_of(ask(backend, "GET", "/api/tocsin/v1/explain?filter=alertname=A"));
    return first(answer, "pending").text("verdict");
  };
  CHECK(verdict() ==
        "pending since 03:02:05 (2m ago): fires if its condition still holds at 03:07:05 (in 3m) (for: 5m)");
  group.rules[0].last_error = "out of memory";
  CHECK(verdict().ends_with("; its rule fails, so it waits: out of memory"));
  CHECK(json_of(ask(backend, "GET", "/api/tocsin/v1/explain?filter=alertname=B"))
            .find("pending")
            .array()
            .empty());
  instance.state = Instance::State::kFiring;
  CHECK(json_of(ask(backend, "GET", "/api/tocsin/v1/explain")).find("pending").array().empty());
}

TEST_CASE("more alerts than are explained are counted") {
  Story story;
  for (int i = 0; i < 103; ++i) story.post(fmt::format("A{}", i));
  story.run_until(1h);
  const JsonValue now = story.explain("");
  CHECK(now.find("alerts").array().size() == 100);
  CHECK(now.integer("leftOut") == 3);
  const JsonValue then = story.explain("?at=2026-01-02T03:04:05Z");
  CHECK(then.find("past").array().size() == 100);
  CHECK(then.integer("leftOut") == 3);
}

TEST_CASE("groups are listed with what each integration knows and how its delivery goes") {
  Story story;
  story.failures = 1000;
  story.post("A");
  story.run_until(1h);
  const JsonValue groups = json_of(story.get("/api/tocsin/v1/groups"));
  REQUIRE(groups.array().size() == 2);  // the other one is about ReceiverFailing
  const JsonValue& group = groups.array().front();
  CHECK(group.text("groupKey") == "{}:{alertname=\"A\"}");
  CHECK(group.text("nextFlush") == "2026-01-02T03:04:35.000Z");
  CHECK(group.integer("alerts") == 1);
  const JsonValue& about = first(group, "integrations");
  CHECK(about.text("delivery") == "backing off");
  CHECK(about.text("lastError") == "internal error");
  CHECK(about.integer("toldFiring") == 0);
}
