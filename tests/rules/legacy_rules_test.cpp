#include <doctest/doctest.h>

#include "rules/legacy_rules.h"

using namespace tocsin;

TEST_CASE("a Prometheus 1.x rule file is recognised by its first statement") {
  for (const char* text : {
           "ALERT Down IF up == 0 FOR 5m",
           "alert Down\n  IF up == 0",
           "# a comment\n\nALERT Down IF up == 0",
           "// old comment\n/* and\n another */ ALERT Down IF up == 0 WITH {} SUMMARY \"s\" DESCRIPTION "
           "\"d\"",
           "job:up:sum = sum(up)",
           "job:up:sum{a=\"b\"} = sum(up)",
           "job:up:sum {a=\"b\"}\n  = sum(up)",
           "PERMANENT job:up:sum = sum(up)",
           "\xEF\xBB\xBF"
           "ALERT Down IF up == 0",
       }) {
    CAPTURE(text);
    CHECK(find_legacy_statement(text).has_value());
  }
}

TEST_CASE("YAML is never taken for a Prometheus 1.x rule file") {
  for (const char* text : {
           "",
           "   \n",
           "# only a comment",
           "/* not closed",
           "groups:\n- name: a = b",
           "{groups: []}",
           "{\"groups\": []}",
           "---\ngroups: []",
           "%YAML 1.2\n---\ngroups: []",
           "alert: Down\nexpr: up == 0",
           "alerts are nice",
           "ALERT",
       }) {
    CAPTURE(text);
    CHECK(!find_legacy_statement(text).has_value());
  }
}

TEST_CASE("the first statement of an old rule file is found with line and column") {
  const std::optional<Position> position = find_legacy_statement("# comment\n\n  ALERT Down IF up == 0");
  REQUIRE(position.has_value());
  CHECK(*position == Position{3, 3});
}
