// Pages and the trends they wait for, with a clock of the test's own.
#include "app/trend_book.h"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(1'700'000'000s);

struct Story {
  std::shared_ptr<PrometheusServer> server = std::make_shared<PrometheusServer>();
  std::shared_ptr<GroupPlan> plan = std::make_shared<GroupPlan>();
  TrendBook book;
  std::vector<TrendQuestion> questions;
  TimePoint now = kStart;

  Story() {
    server->name = "main";
    server->url = "http://prometheus:9090";
    plan->server = server;
    Rule rule;
    rule.name = "Hot";
    rule.expression = "celsius > 90";
    plan->group.rules = {rule};
    configure();
  }
  void configure() {
    EvaluatorConfig config;
    config.groups = {plan};
    book.configure(config);
  }
  Alert alert(const std::string& instance, AlertOrigin origin = AlertOrigin::kRule) const {
    Alert out;
    out.labels = Labels{{"alertname", "Hot"}, {"instance", instance}};
    out.generator_url = generator_url(*plan, plan->group.rules[0]);
    out.origin = origin;
    out.starts_at = kStart;
    return out;
  }
  Notification page(std::vector<Alert> alerts) const {
    Notification out;
    out.at = now;
    out.alerts = std::move(alerts);
    return out;
  }
  std::vector<Notification> take(std::vector<Alert> alerts) {
    return book.take({page(std::move(alerts))}, now, questions);
  }
  TrendArrived answer(std::vector<std::string> instances) const {
    TrendArrived out{plan, 0, {}};
    for (const std::string& instance : instances) {
      Trend trend;
      trend.values = {1, 2};
      out.series.push_back({Labels{{"__name__", "celsius"}, {"instance", instance}}, trend});
    }
    return out;
  }
  std::string whose(const Notification& page) const {
    if (!page.trend) return "nobody's";
    for (const Alert& alert : page.alerts) {
      if (alert.labels.fingerprint_hex() == page.trend->fingerprint)
        return std::string(alert.labels.value("instance"));
    }
    return "somebody's";
  }
};

}  // namespace

TEST_CASE(
    "a trend that was asked for when the alert began is there for its first page, which waits for nothing") {
  Story story;
  story.book.ask({story.plan, 0, kStart}, kStart, story.questions);
  REQUIRE(story.questions.size() == 1);
  CHECK(story.book.arrived(story.answer({"a"}), kStart + 20ms).empty());
  story.now = kStart + 30s;
  const auto out = story.take({story.alert("a")});
  REQUIRE(out.size() == 1);
  CHECK(story.whose(out[0]) == "a");
  CHECK(story.questions.size() == 1);
}

TEST_CASE("a page waits for a trend that is on its way, but for half a second at most") {
  Story story;
  CHECK(story.take({story.alert("a")}).empty());
  REQUIRE(story.questions.size() == 1);
  CHECK(story.book.next_deadline() == kStart + TrendBook::kPatience);
  CHECK(story.book.let_go(kStart + TrendBook::kPatience - 1ms).empty());
  const auto out = story.book.let_go(kStart + TrendBook::kPatience);
  REQUIRE(out.size() == 1);
  CHECK(story.whose(out[0]) == "nobody's");
  CHECK(story.book.next_deadline() == kNever);

  // One that was asked for and never answered is not waited for again.
  story.now = kStart + 10s;
  CHECK(story.take({story.alert("a")}).size() == 1);
  CHECK(story.questions.size() == 1);
  // A minute later it is worth another try.
  story.now = kStart + 61s;
  CHECK(story.take({story.alert("a")}).empty());
  CHECK(story.questions.size() == 2);
  const auto arrived = story.book.arrived(story.answer({"a"}), story.now + 100ms);
  REQUIRE(arrived.size() == 1);
  CHECK(story.whose(arrived[0]) == "a");
}

TEST_CASE("a rule is asked about once a minute, however many pages it brings") {
  Story story;
  for (int i = 0; i < 100; ++i) CHECK(story.take({story.alert("a")}).empty());
  CHECK(story.questions.size() == 1);
  CHECK(story.book.arrived(story.answer({"a"}), kStart + 5ms).size() == 100);
  CHECK(story.take({story.alert("a")}).size() == 1);
  CHECK(story.questions.size() == 1);
}

TEST_CASE("an answer without series is an answer: nobody waits for another") {
  Story story;
  CHECK(story.take({story.alert("a")}).empty());
  CHECK(story.book.arrived(story.answer({}), kStart + 5ms).size() == 1);
  const auto out = story.take({story.alert("a")});
  REQUIRE(out.size() == 1);
  CHECK(story.whose(out[0]) == "nobody's");
}

TEST_CASE("of several alerts the trend is of one that fires, and best of a new one") {
  Story story;
  story.book.ask({story.plan, 0, kStart}, kStart, story.questions);
  story.book.arrived(story.answer({"a", "b", "c"}), kStart);
  Alert over = story.alert("a");
  over.ends_at = kStart;
  Notification page = story.page({over, story.alert("b"), story.alert("c")});
  page.changes = {AlertChange::kResolved, AlertChange::kUnchanged, AlertChange::kNew};
  const auto out = story.book.take({page}, story.now, story.questions);
  REQUIRE(out.size() == 1);
  CHECK(story.whose(out[0]) == "c");
  const auto resolved = story.take({over});
  REQUIRE(resolved.size() == 1);
  CHECK(story.whose(resolved[0]) == "a");
}

TEST_CASE("alerts of others, of rules that are gone and of servers without trends wait for nothing") {
  Story story;
  CHECK(story.take({story.alert("a", AlertOrigin::kExternal)}).size() == 1);
  Alert of_another_rule = story.alert("a");
  of_another_rule.generator_url = "http://prometheus:9090/graph?g0.expr=other";
  CHECK(story.take({of_another_rule}).size() == 1);
  CHECK(story.take({}).size() == 1);
  story.server->trend_span = 0s;
  story.configure();
  CHECK(story.take({story.alert("a")}).size() == 1);
  CHECK(story.questions.empty());
}

TEST_CASE("a reload keeps what is known, and lets pages go whose rule it removed") {
  Story story;
  CHECK(story.take({story.alert("a")}).empty());
  story.configure();
  CHECK(story.book.arrived(story.answer({"a"}), kStart).size() == 1);
  story.configure();
  CHECK(story.take({story.alert("a")}).size() == 1);

  story.now = kStart + 2min;
  CHECK(story.take({story.alert("a")}).empty());
  story.book.configure({});
  const auto out = story.book.arrived(story.answer({"a"}), story.now);
  REQUIRE(out.size() == 1);
  CHECK(story.whose(out[0]) == "nobody's");
}
