// Rules that change by a reload or while the program is down, and who hears of it.
#include "app/change_book.h"

#include <doctest/doctest.h>

#include "app/memory_store.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(1'700'000'000s);
const IntegrationId kDuty{"duty", "pagerduty", 0};
const IntegrationId kOther{"other", "pagerduty", 1};

Rule rule(const std::string& name, const std::string& expression) {
  Rule out;
  out.name = name;
  out.expression = expression;
  out.labels = {{"severity", "page"}};
  out.annotations = {{"summary", "It is " + name}};
  return out;
}

// A program that runs, is restarted, and reloads; what was told is collected as lines.
struct Story {
  MemoryStore store;
  std::unique_ptr<ChangeBook> book;
  std::vector<Rule> rules = {rule("Hot", "celsius > 5"), rule("Cold", "celsius < 1")};
  std::string group = "group";
  std::vector<IntegrationId> listeners = {kDuty};
  std::vector<ChangeNews> news;
  TimePoint now = kStart;

  void starts() {
    book = std::make_unique<ChangeBook>();
    book->restore(*store.load());
    reloads();
  }
  void reloads() {
    now += 1min;
    EvaluatorConfig config;
    auto plan = std::make_shared<GroupPlan>();
    plan->group.file = "rules.yml";
    plan->group.name = group;
    plan->group.rules = rules;
    config.groups = {plan, plan};  // two servers with one file
    ChangeBook::Output out;
    book->configure(config, listeners, now, out);
    keep(out);
  }
  void told(ChangeTold::Outcome outcome = ChangeTold::Outcome::kSettled) {
    for (const ChangeNews& one : std::exchange(news, {})) {
      ChangeBook::Output out;
      book->told({one.id, outcome}, out);
      keep(out);
    }
  }
  void keep(ChangeBook::Output& out) {
    REQUIRE(store.commit(out.records, {}).has_value());
    std::ranges::move(out.news, std::back_inserter(news));
  }
  // What is being told: MINUTE RECEIVER: +ADDED -REMOVED ~CHANGED(KEYS), one line each.
  std::string telling() const {
    std::string out;
    for (const ChangeNews& one : news) {
      const auto minute = std::chrono::duration_cast<std::chrono::minutes>(one.changed.at - kStart).count();
      out += std::to_string(minute) + " " + one.integration.receiver + ":";
      for (const RuleChange& change : one.changed.changes) {
        out += change.kind == RuleChange::Kind::kAdded     ? " +"
               : change.kind == RuleChange::Kind::kRemoved ? " -"
                                                           : " ~";
        out += change.rule;
        for (const std::string& key : change.keys) out += "(" + key + ")";
      }
      out += "\n";
    }
    return out;
  }
  std::size_t records() { return store.load()->size(); }
};

}  // namespace

TEST_CASE("the first start ever tells nothing, and neither does one with unchanged rules") {
  Story story;
  story.starts();
  CHECK(story.telling() == "");
  story.starts();
  story.reloads();
  CHECK(story.telling() == "");
}

TEST_CASE("what changed while the program was down is told at its next start") {
  Story story;
  story.starts();
  story.rules = {rule("Hot", "celsius > 7"), rule("New", "up == 0")};
  story.starts();
  CHECK(story.telling() == "2 duty: ~Hot(expr) +New -Cold\n");
  story.told();
  story.starts();
  CHECK(story.telling() == "");
}

TEST_CASE("every part of a rule and of its group is compared with the run before") {
  const std::vector<std::pair<std::string, std::function<void(Rule&)>>> rows = {
      {"expr", [](Rule& rule) { rule.expression = "x"; }},
      {"for", [](Rule& rule) { rule.hold_for = 1min; }},
      {"keep_firing_for", [](Rule& rule) { rule.keep_firing_for = 1min; }},
      {"labels", [](Rule& rule) { rule.labels["team"] = "db"; }},
      {"annotations", [](Rule& rule) { rule.annotations.clear(); }}};
  for (const auto& [key, change] : rows) {
    Story story;
    story.starts();
    change(story.rules[0]);
    story.starts();
    CHECK(story.telling() == "2 duty: ~Hot(" + key + ")\n");
    story.told();
    story.starts();
    CHECK(story.telling() == "");
  }
  Story story;
  story.starts();
  story.rules[0].position = {77, 1};
  story.starts();
  CHECK(story.telling() == "");
  story.rules[0].kind = Rule::Kind::kRecording;
  story.starts();
  CHECK(story.telling() == "3 duty: +Hot -Hot\n");
  story.told();
  story.group = "renamed";
  story.starts();
  CHECK(story.telling() == "4 duty: +Cold +Hot -Hot -Cold\n");
}

TEST_CASE("what a restart interrupted is told once more, with the time of the change") {
  Story story;
  story.starts();
  story.rules.pop_back();
  story.reloads();
  CHECK(story.telling() == "2 duty: -Cold\n");
  story.news.clear();  // the program ends before anybody has answered
  story.starts();
  CHECK(story.telling() == "2 duty: -Cold\n");
  story.rules.push_back(rule("New", "up == 0"));
  story.news.clear();
  story.starts();
  CHECK(story.telling() == "2 duty: -Cold\n4 duty: +New\n");
  story.told();
  story.starts();
  CHECK(story.telling() == "");
}

TEST_CASE("what is being told is not told again by a reload meanwhile, and what failed is") {
  Story story;
  story.starts();
  story.rules.pop_back();
  story.reloads();
  story.reloads();
  CHECK(story.telling() == "2 duty: -Cold\n");
  story.told(ChangeTold::Outcome::kOwed);
  CHECK(story.telling() == "");
  story.reloads();
  CHECK(story.telling() == "2 duty: -Cold\n");
}

TEST_CASE("each service is told for itself") {
  Story story;
  story.listeners = {kDuty, kOther};
  story.starts();
  story.rules.pop_back();
  story.starts();
  CHECK(story.telling() == "2 duty: -Cold\n2 other: -Cold\n");
  story.news.pop_back();  // the other does not answer before the restart
  story.told();
  story.starts();
  CHECK(story.telling() == "2 other: -Cold\n");
}

TEST_CASE("where nobody wants to hear of changes nothing is kept, and what they were then is the beginning") {
  Story story;
  story.listeners = {};
  story.starts();
  CHECK(story.records() == 0);
  story.listeners = {kDuty};
  story.starts();
  CHECK(story.telling() == "");
  story.rules.pop_back();
  story.reloads();
  CHECK(story.telling() == "3 duty: -Cold\n");
  story.listeners = {};
  story.reloads();
  CHECK(story.records() == 0);
  story.told();
  CHECK(story.records() == 0);
}

TEST_CASE("what is owed to a service that does not want to hear any more is dropped") {
  Story story;
  story.listeners = {kDuty, kOther};
  story.starts();
  story.rules.pop_back();
  story.reloads();
  story.news.clear();
  story.listeners = {kOther};
  story.starts();
  CHECK(story.telling() == "2 other: -Cold\n");
}

TEST_CASE("rules that are all gone are no first start") {
  Story story;
  story.rules = {};
  story.starts();
  story.rules = {rule("Hot", "celsius > 5")};
  story.starts();
  CHECK(story.telling() == "2 duty: +Hot\n");
}
