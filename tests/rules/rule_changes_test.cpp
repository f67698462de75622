#include "rules/rule_changes.h"

#include <doctest/doctest.h>

namespace tocsin {
namespace {

Rule rule(const std::string& name, const std::string& expression = "up == 0") {
  Rule out;
  out.name = name;
  out.expression = expression;
  return out;
}

RuleGroup group(const std::string& name, std::vector<Rule> rules, const std::string& file = "a.yml") {
  RuleGroup out;
  out.file = file;
  out.name = name;
  out.rules = std::move(rules);
  return out;
}

// "+A -B ~C(expr for)", each with its group.
std::string changes(const std::vector<RuleGroup>& before, const std::vector<RuleGroup>& after) {
  std::vector<const RuleGroup*> old, fresh;
  for (const RuleGroup& one : before) old.push_back(&one);
  for (const RuleGroup& one : after) fresh.push_back(&one);
  std::string out;
  for (const RuleChange& change : rule_changes(old, fresh)) {
    const char* sign = change.kind == RuleChange::Kind::kAdded     ? "+"
                       : change.kind == RuleChange::Kind::kRemoved ? "-"
                                                                   : "~";
    out += (out.empty() ? "" : " ") + (sign + change.group) + "/" + change.rule;
    for (std::size_t i = 0; i < change.keys.size(); ++i) out += (i == 0 ? "(" : " ") + change.keys[i];
    if (!change.keys.empty()) out += ")";
  }
  return out;
}

}  // namespace

TEST_CASE("rules that were added, removed and changed are told apart") {
  const std::vector<RuleGroup> before = {group("g", {rule("A"), rule("B"), rule("C")}),
                                         group("h", {rule("D")})};
  CHECK(changes(before, before) == "");
  CHECK(changes(before, {group("g", {rule("A"), rule("C"), rule("E")})}) == "+g/E -g/B -h/D");
  CHECK(changes({}, before) == "+g/A +g/B +g/C +h/D");
  Rule other = rule("B", "up == 1");
  other.hold_for = std::chrono::minutes(5);
  other.keep_firing_for = std::chrono::minutes(1);
  other.labels = {{"a", "b"}};
  other.annotations = {{"a", "b"}};
  CHECK(changes(before, {group("g", {rule("C"), other, rule("A")}), group("h", {rule("D")})}) ==
        "~g/B(expr for keep_firing_for labels annotations)");
}

TEST_CASE("where a rule stands is no change, in which group and file is one") {
  std::vector<RuleGroup> after = {group("g", {rule("A")})};
  after[0].rules[0].position = {17, 3};
  CHECK(changes({group("g", {rule("A")})}, after) == "");
  CHECK(changes({group("g", {rule("A")})}, {group("h", {rule("A")})}) == "+h/A -g/A");
  CHECK(changes({group("g", {rule("A")})}, {group("g", {rule("A")}, "b.yml")}) == "+g/A -g/A");
}

TEST_CASE("of several rules with one name those that say the same are the same") {
  const std::vector<RuleGroup> before = {
      group("g", {rule("A", "x > 1"), rule("A", "x > 2"), rule("A", "x > 3")})};
  CHECK(changes(before, {group("g", {rule("A", "x > 3"), rule("A", "x > 9"), rule("A", "x > 1")})}) ==
        "~g/A(expr)");
  CHECK(changes(before, {group("g", {rule("A", "x > 3")})}) == "-g/A -g/A");
}

TEST_CASE("a group of a file that two servers have is compared once") {
  const RuleGroup one = group("g", {rule("A")});
  CHECK(changes({one, one}, {one, one}) == "");
  CHECK(changes({}, {one, one}) == "+g/A");
}

TEST_CASE("what a group says of all its rules is a change of the group") {
  RuleGroup after = group("g", {rule("A")});
  after.interval = std::chrono::minutes(1);
  after.limit = 5;
  CHECK(changes({group("g", {rule("A")})}, {after}) == "~g/(interval limit)");
}

}  // namespace tocsin
