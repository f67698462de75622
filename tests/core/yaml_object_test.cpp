#include <doctest/doctest.h>

#include "core/nearest_name.h"
#include "core/yaml_reader.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

// Reads `text` as an object with `read`, and answers the problems as they print.
template <class Read>
std::string problems_of(std::string_view text, Read read) {
  Problems problems;
  const YamlDocument document = YamlDocument::parse(text, "f.yml", problems);
  YamlObject object(document.root(), "route", problems);
  read(object);
  return problems.to_string();
}

}  // namespace

TEST_CASE("values land in their targets") {
  std::string text = "old";
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  Duration wait{}, timeout{};
  std::vector<std::string> list;
  std::map<std::string, std::string> map;
  const std::string problems = problems_of(
      "t: 5\nb: yes\ni: 0x10\nr: 1.5\nw: 1d12h\ng: 1.5h\nl: [a, 1, ~]\nm: {a: b, 1: true, ~: x, e: }\n",
      [&](YamlObject& object) {
        CHECK(object.text("t", text));
        CHECK(object.boolean("b", boolean));
        CHECK(object.integer("i", integer));
        CHECK(object.real("r", real));
        CHECK(object.prometheus_duration("w", wait));
        CHECK(object.go_duration("g", timeout));
        CHECK(object.text_list("l", list));
        CHECK(object.text_map("m", map));
        object.refuse_unknown_keys();
      });
  CHECK(problems == "");
  CHECK(text == "5");
  CHECK(boolean);
  CHECK(integer == 16);
  CHECK(real == 1.5);
  CHECK(wait == 36h);
  CHECK(timeout == 90min);
  CHECK(list == std::vector<std::string>{"a", "1", ""});
  CHECK(map == std::map<std::string, std::string>{{"a", "b"}, {"1", "true"}, {"", "x"}, {"e", ""}});
}

TEST_CASE("absent and null keys leave their targets as they are") {
  std::string text = "old";
  std::int64_t integer = 7;
  std::vector<std::string> list = {"old"};
  const std::string problems = problems_of("t: ~\ni:\nl: null\n", [&](YamlObject& object) {
    CHECK_FALSE(object.text("t", text));
    CHECK_FALSE(object.integer("i", integer));
    CHECK_FALSE(object.text_list("l", list));
    CHECK_FALSE(object.text("missing", text));
    CHECK(object.list("l").empty());
    CHECK_FALSE(object.has("t"));
    CHECK_FALSE(object.has("missing"));
    object.refuse_unknown_keys();
  });
  CHECK(problems == "");
  CHECK(text == "old");
  CHECK(integer == 7);
  CHECK(list == std::vector<std::string>{"old"});
}

TEST_CASE("values of a wrong type are problems, all at once, and leave their targets as they are") {
  std::string text = "old";
  bool boolean = true;
  std::int64_t integer = 7;
  double real = 7;
  Duration span = 7s;
  std::vector<std::string> list = {"old"};
  std::map<std::string, std::string> map = {{"old", "x"}};
  const std::string problems = problems_of(
      "t: [a]\nb: \"true\"\ni: 1.5\nr: x\nw: 5\nw2: [5m]\ng: 1d\nl: a\nl2: [a, [b]]\nm: foo\nm2: {a: [b]}\n",
      [&](YamlObject& object) {
        object.text("t", text);
        object.boolean("b", boolean);
        object.integer("i", integer);
        object.real("r", real);
        object.prometheus_duration("w", span);
        object.prometheus_duration("w2", span);
        object.go_duration("g", span);
        object.text_list("l", list);
        object.text_list("l2", list);
        object.text_map("m", map);
        object.text_map("m2", map);
      });
  CHECK(problems ==
        "f.yml:1:4: error: t must be text, not a list\n"
        "f.yml:2:4: error: b must be true or false, not \"true\" (write it without quotes)\n"
        "f.yml:3:4: error: i must be a whole number, not \"1.5\"\n"
        "f.yml:4:4: error: r must be a number, not \"x\"\n"
        "f.yml:5:4: error: w: not a valid duration string: \"5\" (write it as 30s, 5m or 1h30m)\n"
        "f.yml:6:5: error: w2 must be a duration, not a list (write it as 30s, 5m or 1h30m)\n"
        "f.yml:7:4: error: g: time: unknown unit \"d\" in duration \"1d\" (write it as 1.5h, 10s or 300ms)\n"
        "f.yml:8:4: error: l must be a list, not text (begin each item with \"- \", or write [a, b])\n"
        "f.yml:9:9: error: an item of l2 must be text, not a list\n"
        "f.yml:10:4: error: m must be a mapping, not text (write its entries as \"name: value\", one a line, "
        "indented)\n"
        "f.yml:11:9: error: \"a\" of m2 must be text, not a list\n");
  CHECK(text == "old");
  CHECK(boolean);
  CHECK(integer == 7);
  CHECK(real == 7);
  CHECK(span == 7s);
  CHECK(list == std::vector<std::string>{"old"});
  CHECK(map == std::map<std::string, std::string>{{"old", "x"}});
}

TEST_CASE("a bare number as a Go duration is nanoseconds, with a warning") {
  Duration timeout = 7s;
  CHECK(problems_of("timeout: 10\n", [&](YamlObject& object) { object.go_duration("timeout", timeout); }) ==
        "f.yml:1:10: warning: timeout: 10 without a unit is read as nanoseconds (write 10s for seconds)\n");
  CHECK(timeout == 10ns);
  CHECK(problems_of("timeout: 0\n", [&](YamlObject& object) { object.go_duration("timeout", timeout); }) ==
        "");
  CHECK(timeout == 0ns);
}

TEST_CASE("keys that nobody asked for are problems at the key, with the nearest known one") {
  CHECK(problems_of("reciever: x\nroutes: []\nfoo: 1\n",
                    [](YamlObject& object) {
                      std::string ignored;
                      object.text("receiver", ignored);
                      object.child("routes");
                      object.refuse_unknown_keys();
                    }) ==
        "f.yml:1:1: error: field \"reciever\" not found in route (did you mean \"receiver\"?)\n"
        "f.yml:3:1: error: field \"foo\" not found in route\n");
}

TEST_CASE("what is no mapping is a problem, but nothing at all is an empty mapping") {
  CHECK(problems_of("- a\n", [](YamlObject&) {}) ==
        "f.yml:1:1: error: route must be a mapping, not a list\n");
  CHECK(problems_of("a\n", [](YamlObject&) {}) ==
        "f.yml:1:1: error: route must be a mapping, not text (write its keys as \"key: value\", one a line, "
        "indented)\n");
  CHECK(problems_of("---\n", [](YamlObject& object) { object.refuse_unknown_keys(); }) == "");
}

TEST_CASE("the place of a missing key is that of its mapping") {
  problems_of("a: 1\nb: {c: d}\n", [](YamlObject& object) {
    CHECK(object.position_of("a") == Position{1, 4});
    CHECK(object.position_of("x") == Position{1, 1});
    CHECK(object.child("x").absent());
  });
}

TEST_CASE("the nearest name is the one that the fewest changes lead to") {
  const std::vector<std::string> names = {"receiver", "group_by", "group_wait", "for", "match", "matchers"};
  CHECK(nearest_name("reciever", names) == "receiver");
  CHECK(nearest_name("groupBy", names) == "group_by");
  CHECK(nearest_name("groupwait", names) == "group_wait");
  CHECK(nearest_name("fro", names) == "for");
  CHECK(nearest_name("matcher", names) == "matchers");
  CHECK(nearest_name("x", names) == "");
  CHECK(nearest_name("interval", names) == "");
  CHECK(nearest_name(std::string(100000, 'r'), names) == "");
}

}  // namespace tocsin
