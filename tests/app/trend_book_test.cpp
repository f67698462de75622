// Pages and their trends, with a clock of the test's own.
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
  // Whose trend a page about these alerts shows.
  std::string trend_of(std::vector<Alert> alerts) { return trend_of(page(std::move(alerts))); }
  std::string trend_of(Notification page) {
    std::vector<Notification> pages{std::move(page)};
    book.add_to(pages, now, questions);
    return whose(pages[0]);
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

TEST_CASE("a trend that was asked for when the alert began is there for its first page") {
  Story story;
  story.book.ask({story.plan, 0, kStart}, kStart, story.questions);
  REQUIRE(story.questions.size() == 1);
  story.book.arrived(story.answer({"a"}), kStart + 20ms);
  story.now = kStart + 30s;
  CHECK(story.trend_of({story.alert("a")}) == "a");
  CHECK(story.questions.size() == 1);
}

TEST_CASE("a page goes out without a trend that is not known, and asks for it once a minute") {
  Story story;
  for (int i = 0; i < 100; ++i) CHECK(story.trend_of({story.alert("a")}) == "nobody's");
  CHECK(story.questions.size() == 1);
  story.book.arrived(story.answer({"a"}), kStart + 5ms);
  story.now = kStart + 59s;
  CHECK(story.trend_of({story.alert("a")}) == "a");
  CHECK(story.questions.size() == 1);
  story.now = kStart + 61s;
  CHECK(story.trend_of({story.alert("a")}) == "nobody's");  // what was known is old
  CHECK(story.questions.size() == 2);
}

TEST_CASE("an answer without series is an answer") {
  Story story;
  story.trend_of({story.alert("a")});
  story.book.arrived(story.answer({}), kStart + 5ms);
  CHECK(story.trend_of({story.alert("a")}) == "nobody's");
  CHECK(story.questions.size() == 1);
}

TEST_CASE("of several alerts the trend is of one that fires, and best of a new one") {
  Story story;
  story.book.ask({story.plan, 0, kStart}, kStart, story.questions);
  story.book.arrived(story.answer({"a", "b", "c"}), kStart);
  Alert over = story.alert("a");
  over.ends_at = kStart;
  Notification page = story.page({over, story.alert("b"), story.alert("c")});
  page.changes = {AlertChange::kResolved, AlertChange::kUnchanged, AlertChange::kNew};
  CHECK(story.trend_of(page) == "c");
  CHECK(story.trend_of({over}) == "a");
}

TEST_CASE("alerts of others, of rules that are gone and of servers without trends ask for nothing") {
  Story story;
  CHECK(story.trend_of({story.alert("a", AlertOrigin::kExternal)}) == "nobody's");
  Alert of_another_rule = story.alert("a");
  of_another_rule.generator_url = "http://prometheus:9090/graph?g0.expr=other";
  CHECK(story.trend_of({of_another_rule}) == "nobody's");
  CHECK(story.trend_of(std::vector<Alert>{}) == "nobody's");
  story.server->trend_span = 0s;
  story.configure();
  CHECK(story.trend_of({story.alert("a")}) == "nobody's");
  CHECK(story.questions.empty());
}

TEST_CASE("a reload keeps what is known of the rules that stay") {
  Story story;
  story.trend_of({story.alert("a")});
  story.configure();
  story.book.arrived(story.answer({"a"}), kStart);
  story.configure();
  CHECK(story.trend_of({story.alert("a")}) == "a");
  story.book.configure({});
  CHECK(story.trend_of({story.alert("a")}) == "nobody's");
  story.book.arrived(story.answer({"a"}), kStart);  // too late
  CHECK(story.trend_of({story.alert("a")}) == "nobody's");
}
