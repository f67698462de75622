#include "router/silence.h"

#include <doctest/doctest.h>

#include "router/silence_breadth.h"
#include "tests/router/silence_testing.h"

using namespace tocsin;

TEST_CASE("What cannot be silenced is refused with a way out") {
  struct Row {
    std::string name;
    std::vector<Matchers> sets;
    std::string problem;  // "": none
  };
  auto one = [](std::string name, MatchType type, std::string value) {
    return std::vector<Matchers>{{*Matcher::make(std::move(name), type, std::move(value))}};
  };
  const Matchers good = matchers(R"(a="b")");
  for (
      const Row& row : {
          Row{"equal", {good}, ""},
          Row{"two sets", {good, matchers(R"(c=~"d")")}, ""},
          Row{"not equal", {matchers(R"(a!="b")")}, ""},
          Row{"not equal to nothing", {matchers(R"(a!="")")}, ""},
          Row{"not regex", {matchers(R"(a!~"b")")}, ""},
          Row{"something and an absent label", {matchers(R"(a="",b="c")")}, ""},
          Row{"name in UTF-8", one("ü ü", MatchType::kEqual, "x"), ""},
          Row{"no set", {}, "no matchers: say which alerts are meant"},
          Row{"empty set", {good, {}}, "matcher set 2: no matchers: say which alerts are meant"},
          Row{"absent label only",
              {matchers(R"(a="")")},
              R"({a=""} matches every alert that lacks these labels: add a matcher that needs a value, such as )"
              R"(alertname="…")"},
          Row{"regex that takes nothing",
              {matchers(R"(a=~".*",b=~"c|")")},
              R"({a=~".*",b=~"c|"} matches every)"},
          Row{"second set", {good, matchers(R"(a=~".*")")}, R"(matcher set 2: {a=~".*"} matches every)"},
          Row{"no name", one("", MatchType::kEqual, "x"), "a matcher without a label name"},
          Row{"name not UTF-8", one("a\xff", MatchType::kEqual, "x"),
              R"(the label name "a\xff" is not UTF-8)"},
          Row{"value not UTF-8", one("a", MatchType::kEqual, "\xff"),
              R"(the value of label "a" is not UTF-8: "\xff")"},
      }) {
    CAPTURE(row.name);
    Silence wanted = silence(R"(a="b")", 0, 10);
    wanted.matcher_sets = row.sets;
    auto problems = silence_problems(wanted);
    CHECK(problems.empty() == row.problem.empty());
    if (!problems.empty()) CHECK_MESSAGE(problems[0].starts_with(row.problem), problems[0]);
  }
}

TEST_CASE("Times of a silence have to make sense, and everything wrong is told at once") {
  Silence wanted = silence(R"(a="b")", 10, 10);
  CHECK(silence_problems(wanted).empty());
  wanted.ends_at = at(9);
  CHECK(silence_problems(wanted) ==
        std::vector<std::string>{"its end 2023-11-14T22:13:29Z is before its start 2023-11-14T22:13:30Z"});
  wanted.ends_at = kNoTime;
  wanted.expire_when_idle = std::chrono::seconds(-1);
  wanted.matcher_sets.clear();
  CHECK(silence_problems(wanted).size() == 3);
}

TEST_CASE("The size of a silence is what protobuf makes of it") {
  Silence wanted = silence(R"(alertname="Down",job=~"a|b")", 0, 3600);
  wanted.id = "01234567-89ab-cdef-0123-456789abcdef";
  wanted.updated_at = wanted.starts_at + std::chrono::nanoseconds(5);
  wanted.annotations = {{"k", ""}};
  // id 2+36, creator 2+3, comment 2+6; three times with 5 bytes of seconds: 3 x (2+6), one with nanoseconds:
  // +2; annotation 2 + (2+1) + (2+0); set 2 + matcher (2 + 2+9 + 2+4) + matcher (2 + 2 + 2+3 + 2+3); in front
  // of all 1+2 because they are more than 127; expires_at 2+6.
  CHECK(silence_bytes(wanted, std::chrono::hours(120)) == 38 + 5 + 8 + 24 + 2 + 7 + (2 + 19 + 14) + 2 + 8);
  wanted.comment = std::string(200, 'x');
  CHECK(silence_bytes(wanted, std::chrono::hours(120)) == 38 + 5 + 203 + 24 + 2 + 7 + (2 + 19 + 14) + 3 + 8);
}

TEST_CASE("A silence that mutes nearly everything is called broad") {
  struct Row {
    std::string matchers;
    bool broad;
  };
  for (const Row& row : {
           Row{R"(alertname="A")", false},
           Row{R"(alertname="A",team!="db")", false},
           Row{R"(alertname=~"A.*")", false},
           Row{R"(instance=~".*:9100")", false},
           Row{R"(severity=~"info|warning")", false},
           Row{R"(team!="db")", true},
           Row{R"(team!~"db.*",job!="x")", true},
           Row{R"(instance=~".+")", true},
           Row{R"(instance=~".*.+")", true},
           Row{R"(instance=~".{1,}")", true},
           Row{R"(instance=~"[^%]+")", true},
           Row{R"(instance!="",job=~".+")", true},
           Row{R"(team="",instance=~".+")", true},
           Row{R"(team=~"|db",severity!="info")", true},
       }) {
    CAPTURE(row.matchers);
    CHECK(dangerously_broad(silence(row.matchers, 0, 1)) == row.broad);
  }
  Silence two = silence(R"(alertname="A")", 0, 1);
  two.matcher_sets.push_back(matchers(R"(a!="b")"));
  CHECK(dangerously_broad(two));
}

TEST_CASE("A preview counts each alert once") {
  SilenceStory story;
  story.firing = {named("A"), named("B"), named("C")};
  auto breadth = preview({matchers(R"(alertname="A")"), matchers(R"(alertname=~"A|B")")}, story.all_firing());
  CHECK(breadth.matched == 2);
  CHECK(breadth.total == 3);
}
