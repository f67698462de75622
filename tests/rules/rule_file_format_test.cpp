#include "rules/rule_file_format.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/rule_file.h"

using namespace tocsin;

namespace {

std::string format(std::string_view text) {
  Problems problems;
  const std::optional<std::string> formatted = format_rule_file(text, "r.yml", problems);
  CAPTURE(problems.to_string());
  REQUIRE(formatted.has_value());
  const std::optional<std::string> again = format_rule_file(*formatted, "r.yml", problems);
  REQUIRE(again.has_value());
  CHECK(*again == *formatted);
  return *formatted;
}

std::string expr(const std::string& written) {
  return "groups:\n- name: g\n  rules:\n  - alert: A\n    expr:" + written + "\n    for: 5m # why\n";
}

constexpr const char* kLong =
    "histogram_quantile(0.99, sum by (le, model) (rate(latency_seconds_bucket{model=\"fraud\"}[5m]))) > 1 "
    "and on "
    "(model) requests:rate5m > 10";
constexpr const char* kPretty =
    " |2-\n"
    "        histogram_quantile(0.99, sum by (le, model) "
    "(rate(latency_seconds_bucket{model=\"fraud\"}[5m]))) > 1\n"
    "      and on (model)\n"
    "        requests:rate5m > 10";

}  // namespace

TEST_CASE("expressions become canonical, whatever way YAML writes them") {
  struct Row {
    std::string before, after;
  };
  for (const Row& row : std::initializer_list<Row>{
           {" up==0", " up == 0"},
           {"   up == 0", " up == 0"},
           {" up\n      ==\n      0", " up == 0"},
           {" \"up==0\"", " up == 0"},
           {" 'up==0'", " up == 0"},
           {" |\n      up\n      == 0", " up == 0"},
           {" >-\n      up\n      == 0\n", " up == 0\n"},
           {"\n      up==0", " up == 0"},
           {" up==0  # ours", " up == 0  # ours"},
           {" up==0 #", " up == 0 #"},
           {" 'up{a=\"#\"}==0'", " up{a=\"#\"} == 0"},
           {" sum(up)by(x)", " sum by (x) (up)"},
           {" '{a=\"it''s\"}'", " \"{a=\\\"it's\\\"}\""},
           {std::string(" ") + kLong, kPretty},
           {std::string(" >\n      ") + kLong + "\n", std::string(kPretty) + "\n"},
           // left alone
           {" |\n      up # why\n      ==0", " |\n      up # why\n      ==0"},
           {" &x up==0", " &x up==0"},
           {" !!str up==0", " !!str up==0"},
           {" | # why\n      up==0", " | # why\n      up==0"},
       }) {
    CAPTURE(row.before);
    CHECK(format(expr(row.before)) == expr(row.after));
  }
}

TEST_CASE("a comment behind a long expression moves to its first line") {
  const std::string formatted = format(expr(std::string(" ") + kLong + " # why"));
  CHECK(formatted.find("    expr: |2- # why\n") != std::string::npos);
}

TEST_CASE("everything but expressions stays byte for byte") {
  for (const char* text : {
           "",
           "# nothing\n",
           "groups: []",
           "# a\n\ngroups:   # b\n\n- name:   'g'\n  # c\n  rules:\n    -   {alert: A,   expr: up==0}\n",
           "groups:\n- name: g\n  rules:\n  - {alert: A,\n     expr: up==0}\n",
           "groups:\n- name: g\n  rules:\n  - &a\n    alert: A\n    labels: {expr: up==0}\n    expr: up\n  - "
           "*a\n",
       }) {
    CAPTURE(text);
    CHECK(format(text) == text);
  }
  CHECK(format("\xEF\xBB\xBFgroups:\r\n- name: g\r\n  rules:\r\n  - expr: up==0 # x\r\n    alert: A\r\n") ==
        "\xEF\xBB\xBFgroups:\r\n- name: g\r\n  rules:\r\n  - expr: up == 0 # x\r\n    alert: A\r\n");
}

TEST_CASE("a file with mistakes is not formatted") {
  for (const char* text :
       {"groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'up =='}\n", "groups: [", "ALERT X IF up==0"}) {
    CAPTURE(text);
    Problems problems;
    CHECK_FALSE(format_rule_file(text, "r.yml", problems).has_value());
    CHECK(problems.has_errors());
  }
}

TEST_CASE("published rule files mean the same when they are formatted") {
  const char* corpus = std::getenv("TOCSIN_CORPUS");
  const std::filesystem::path folder =
      std::filesystem::path(corpus != nullptr ? corpus : "../shared/corpus") / "rules";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: no corpus at " << folder.string() << " (set TOCSIN_CORPUS)");
    return;
  }
  int changed = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".yml") continue;
    CAPTURE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    Problems before;
    read_rule_file(text.str(), "r.yml", before);
    if (before.has_errors()) continue;
    changed += format(text.str()) != text.str() ? 1 : 0;
  }
  CHECK(changed > 0);
}
