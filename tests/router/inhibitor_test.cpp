#include "router/inhibitor.h"

#include <doctest/doctest.h>

#include <random>
#include <unordered_map>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

Matchers matchers(std::string_view text) {
  return text.empty() ? Matchers{} : parse_matchers(text)->matchers;
}

InhibitRule rule(std::string_view source, std::string_view target, std::vector<std::string> equal = {}) {
  InhibitRule made;
  made.source = matchers(source);
  made.target = matchers(target);
  made.equal = std::move(equal);
  return made;
}

AlertKey key(std::uint64_t number) {
  return {number, 0};
}

std::uint64_t source_of(const Inhibitor& inhibitor, const Labels& target) {
  const auto cause = inhibitor.inhibiting(target);
  return cause ? cause->source.fingerprint : 0;
}

const Labels kCritical{{"severity", "critical"}, {"cluster", "a"}};
const Labels kWarning{{"severity", "warning"}, {"cluster", "a"}};

}  // namespace

TEST_CASE("A target is inhibited while a source with the same equal labels fires") {
  Inhibitor inhibitor({rule("severity=critical", "severity=warning", {"cluster"})});
  CHECK(inhibitor.rule_count() == 1);
  CHECK_FALSE(inhibitor.inhibiting(kWarning));
  inhibitor.started(key(1), kCritical);
  inhibitor.started(key(1), kCritical);
  REQUIRE(inhibitor.inhibiting(kWarning));
  CHECK(inhibitor.inhibiting(kWarning)->rule->equal == std::vector<std::string>{"cluster"});
  CHECK_FALSE(inhibitor.inhibiting(kWarning.with("cluster", "b")));
  CHECK_FALSE(inhibitor.inhibiting(kWarning.with("severity", "info")));
  CHECK_FALSE(inhibitor.inhibiting(kCritical));
  inhibitor.ended(key(1));
  inhibitor.ended(key(1));
  CHECK_FALSE(inhibitor.inhibiting(kWarning));
}

TEST_CASE("The end of one source does not free a target that another still inhibits") {
  Inhibitor inhibitor({rule("severity=critical", "severity=warning", {"cluster"})});
  inhibitor.started(key(2), kCritical.with("pod", "x"));
  inhibitor.started(key(1), kCritical.with("pod", "y"));
  CHECK(source_of(inhibitor, kWarning) == 1);
  inhibitor.ended(key(1));
  CHECK(source_of(inhibitor, kWarning) == 2);
  inhibitor.ended(key(2));
  CHECK(source_of(inhibitor, kWarning) == 0);
}

TEST_CASE("A label that is missing on both sides is equal, and so is an empty one") {
  Inhibitor inhibitor({rule("severity=critical", "severity=warning", {"cluster", "zone"})});
  inhibitor.started(key(1), Labels{{"severity", "critical"}, {"zone", ""}});
  CHECK(source_of(inhibitor, Labels{{"severity", "warning"}}) == 1);
  CHECK(source_of(inhibitor, Labels{{"severity", "warning"}, {"cluster", ""}}) == 1);
  CHECK(source_of(inhibitor, Labels{{"severity", "warning"}, {"cluster", "a"}}) == 0);
}

TEST_CASE("Values of several equal labels are not mixed up") {
  Inhibitor inhibitor({rule("s=1", "s=2", {"a", "b"})});
  inhibitor.started(key(1), Labels{{"s", "1"}, {"a", "xy"}, {"b", "z"}});
  CHECK(source_of(inhibitor, Labels{{"s", "2"}, {"a", "x"}, {"b", "yz"}}) == 0);
  CHECK(source_of(inhibitor, Labels{{"s", "2"}, {"a", "xy"}, {"b", "z"}}) == 1);
}

TEST_CASE("Without equal labels any source inhibits any target") {
  Inhibitor inhibitor({rule("s=1", "s=2")});
  inhibitor.started(key(1), Labels{{"s", "1"}, {"a", "b"}});
  CHECK(source_of(inhibitor, Labels{{"s", "2"}, {"a", "c"}}) == 1);
}

TEST_CASE("An alert that matches both sides is inhibited by sources only, never by its like or itself") {
  Inhibitor inhibitor({rule("s=~\"1|2\"", "s=~\"2|3\"", {"e"})});
  const Labels source{{"s", "1"}};
  const Labels both{{"s", "2"}};
  const Labels target{{"s", "3"}};
  inhibitor.started(key(1), both);
  CHECK(source_of(inhibitor, both) == 0);
  CHECK(source_of(inhibitor, both.with("x", "y")) == 0);
  CHECK(source_of(inhibitor, target) == 1);
  // One that could hide behind the two-sided one inhibits all the same.
  inhibitor.started(key(5), source);
  CHECK(source_of(inhibitor, both) == 5);
  CHECK(source_of(inhibitor, target) == 1);
  inhibitor.ended(key(1));
  CHECK(source_of(inhibitor, both) == 5);
  CHECK(source_of(inhibitor, target) == 5);
}

TEST_CASE("A rule without any matchers inhibits nothing") {
  Inhibitor inhibitor({rule("", "")});
  inhibitor.started(key(1), kCritical);
  inhibitor.started(key(2), kWarning);
  CHECK_FALSE(inhibitor.inhibiting(kCritical));
  CHECK_FALSE(inhibitor.inhibiting(Labels{}));
}

TEST_CASE("The first rule of the file is the cause; all causes come in its order, then by key") {
  Inhibitor inhibitor({rule("s=9", "t=1"), rule("s!=9,s!=\"\"", "t=1"), rule("s=~\"2|3\"", "t=~\".+\"")});
  for (int i = 1; i <= 3; ++i) {
    inhibitor.started(key(static_cast<std::uint64_t>(10 - i)), Labels{{"s", std::to_string(i)}});
  }
  const Labels target{{"t", "1"}};
  CHECK(source_of(inhibitor, target) == 7);
  std::string causes;
  for (const Inhibitor::Cause& cause : inhibitor.all_inhibiting(target, 100)) {
    causes += to_string(cause.rule->source) + std::to_string(cause.source.fingerprint) + " ";
  }
  CHECK(causes == "{s!=\"9\",s!=\"\"}7 {s!=\"9\",s!=\"\"}8 {s!=\"9\",s!=\"\"}9 {s=~\"2|3\"}7 {s=~\"2|3\"}8 ");
  CHECK(inhibitor.all_inhibiting(target, 4).size() == 4);
  CHECK(inhibitor.all_inhibiting(target, 0).empty());
}

TEST_CASE("Causes of both kinds are merged by key") {
  Inhibitor inhibitor({rule("s=1", "t=1")});
  inhibitor.started(key(1), Labels{{"s", "1"}});
  inhibitor.started(key(2), Labels{{"s", "1"}, {"t", "1"}});
  inhibitor.started(key(3), Labels{{"s", "1"}, {"u", "1"}});
  std::string order;
  for (const auto& cause : inhibitor.all_inhibiting(Labels{{"t", "1"}}, 9)) {
    order += std::to_string(cause.source.fingerprint);
  }
  CHECK(order == "123");
  CHECK(inhibitor.all_inhibiting(Labels{{"s", "1"}, {"t", "1"}}, 9).size() == 2);
}

TEST_CASE("Rules of all kinds of matchers are found by index as by search") {
  const std::vector<Labels> alerts = {Labels{}, Labels{{"a", "1"}}, Labels{{"a", "2"}, {"b", "1"}},
                                      Labels{{"a", ""}}, Labels{{"b", "x"}}};
  const std::vector<std::string> sides = {"a=1",          "a=\"\"",         "a=~\"1|2\"",     "a=~\"1|\"",
                                          "a=~\"(1|2)\"", "a=~\"[12]\"",    "a!=1",           "a!~\"1|2\"",
                                          "a=~\".*\"",    "a=2,b=1",        "b=~\"(?:1|x)\"", "",
                                          "a=~\"\"",      "a=~\"(?i)1|2\"", "a=~\"1|2|2\""};
  std::vector<InhibitRule> rules;
  for (const std::string& side : sides) rules.push_back(rule(side, "t=1"));
  const InhibitRuleIndex index(rules, &InhibitRule::source);
  for (const Labels& alert : alerts) {
    const auto found = index.find(alert);
    CHECK(std::is_sorted(found.begin(), found.end()));
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      CAPTURE(sides[i]);
      CAPTURE(alert.to_string());
      if (match_all(rules[i].source, alert)) CHECK(std::count(found.begin(), found.end(), i) == 1);
    }
  }
}

namespace {

// The semantics word by word, without any index.
struct NaiveInhibitor {
  std::vector<InhibitRule> rules;
  std::map<AlertKey, Labels> firing;

  bool inhibits(const InhibitRule& r, const Labels& source, const Labels& target) const {
    if (!match_all(r.target, target) || !match_all(r.source, source)) return false;
    for (const std::string& name : r.equal) {
      if (source.value(name) != target.value(name)) return false;
    }
    return !(match_all(r.source, target) && match_all(r.target, source));
  }

  std::vector<std::pair<std::size_t, AlertKey>> causes(const Labels& target) const {
    std::vector<std::pair<std::size_t, AlertKey>> found;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      for (const auto& [k, labels] : firing) {
        if (inhibits(rules[i], labels, target)) found.emplace_back(i, k);
      }
    }
    return found;
  }
};

struct Chance {
  std::mt19937 engine;
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine); }

  std::string side() {
    static const char* const values[] = {"1", "2", "3", "\"\"", "\"1|2\"", "\"(2|3)\"", "\".+\"", "\"[13]\""};
    static const char* const operators[] = {"=", "!=", "=~", "!~"};
    std::string text;
    for (std::size_t n = below(3); n > 0; --n) {
      text += std::string(text.empty() ? "" : ",") + "abc"[below(3)] + operators[below(4)] + values[below(8)];
    }
    return text;
  }

  InhibitRule rule() {
    std::vector<std::string> equal;
    for (const char* name : {"a", "b", "d"}) {
      if (below(3) == 0) equal.push_back(name);
    }
    return ::rule(side(), side(), equal);
  }

  Labels alert() {
    LabelsBuilder builder;
    for (const char* name : {"a", "b", "c", "d"}) {
      if (below(3) > 0) builder.set(name, std::to_string(1 + below(3)));
    }
    return builder.build();
  }
};

}  // namespace

TEST_CASE("Random alerts under random rules are inhibited as a plain search says") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Chance chance{std::mt19937(seed)};
    NaiveInhibitor naive;
    for (std::size_t n = chance.below(12); n > 0; --n) naive.rules.push_back(chance.rule());
    Inhibitor inhibitor(naive.rules);
    for (int step = 0; step < 150; ++step) {
      const Labels labels = chance.alert();
      const AlertKey k{labels.fingerprint(), 0};
      if (chance.below(3) == 0) {
        inhibitor.ended(k);
        naive.firing.erase(k);
      } else {
        inhibitor.started(k, labels);
        naive.firing[k] = labels;
      }
      const Labels target = chance.alert();
      const auto expected = naive.causes(target);
      const auto cause = inhibitor.inhibiting(target);
      REQUIRE(cause.has_value() == !expected.empty());
      if (cause) CHECK(cause->source == expected.front().second);
      const auto all = inhibitor.all_inhibiting(target, 1000);
      REQUIRE(all.size() == expected.size());
      for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].source == expected[i].second);
    }
  }
}
