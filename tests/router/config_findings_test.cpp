// Routes, receivers and inhibition rules that load and go wrong at night; each beside what comes near.
#include "router/config_findings.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "router/inhibition_cycles.h"

using namespace tocsin;

namespace {

YamlNode child(const YamlNode& mapping, std::string_view key) {
  for (const auto& [name, value] : mapping.entries()) {
    if (name.text() == key) return value;
  }
  return {};
}

// "routes/unreachable:7", in order of place; also what the readers say with a code.
std::string codes_of(const std::string& text) {
  Problems problems;
  const YamlDocument document = YamlDocument::parse(text, "am.yml", problems);
  RoutingConfig routing;
  std::vector<std::string> names;
  for (const YamlNode& receiver : child(document.root(), "receivers").items()) {
    ReceiverEntry entry{child(receiver, "name").text(), {}};
    names.push_back(entry.name);
    if (receiver.entries().size() > 1) entry.integrations.emplace_back();
    routing.receivers.push_back(std::move(entry));
  }
  routing.inhibit_rules =
      read_inhibit_rules(child(document.root(), "inhibit_rules"), MatcherDialect::kFallback, problems);
  check_inhibition_cycles(routing.inhibit_rules, "am.yml", problems);
  routing.root = read_route(child(document.root(), "route"), names, {}, MatcherDialect::kFallback, problems);
  REQUIRE_MESSAGE(!problems.has_errors(), problems.to_string());
  find_in_routing(routing, document.root(), problems);
  std::string codes;
  for (const Problem* problem : problems.in_order()) {
    if (!codes.empty()) codes += ' ';
    codes += problem->code + ':' + std::to_string(problem->position.line);
  }
  return codes;
}

// With two receivers that tell somebody, a and b, in lines 1 to 3; the routes begin in line 6.
std::string routes(const std::string& children) {
  return codes_of(
      "receivers:\n- {name: a, webhook_configs: []}\n- {name: b, webhook_configs: []}\nroute:\n  receiver: "
      "a\n  "
      "routes:\n" +
      children);
}

constexpr const char* kUseB = "  - {receiver: b, matchers: [z=z]}\n";

}  // namespace

TEST_CASE("routes/unreachable: what a route before takes, or the one above never passes on") {
  CHECK(routes("  - {receiver: b}\n  - {receiver: a, matchers: [team=x]}\n") == "routes/unreachable:8");
  CHECK(routes("  - {receiver: b, continue: true}\n  - {receiver: a, matchers: [team=x]}\n") == "");
  CHECK(routes("  - {receiver: b, matchers: [team=x]}\n  - {receiver: a, matchers: [team=x, sev=y]}\n") ==
        "routes/unreachable:8");
  CHECK(routes("  - {receiver: b, matchers: [team=x, sev=y]}\n  - {receiver: a, matchers: [team=x]}\n") ==
        "");
  CHECK(routes("  - {receiver: b, matchers: ['team=~\"x|y\"']}\n  - {receiver: a, matchers: [team=x]}\n") ==
        "routes/unreachable:8");
  CHECK(routes("  - {receiver: b, matchers: [team=x]}\n  - {receiver: a, matchers: ['team=~\"x|y\"']}\n") ==
        "");
  CHECK(routes("  - receiver: b\n    matchers: [team=x]\n    routes:\n    - {receiver: a, matchers: "
               "[team=y]}\n") == "routes/unreachable:10");
  CHECK(
      routes(
          "  - receiver: b\n    matchers: [team=x]\n    routes:\n    - {receiver: a, matchers: [sev=y]}\n") ==
      "");
}

TEST_CASE("routes/useless-continue: nothing to go on to") {
  CHECK(routes("  - {receiver: b, matchers: [team=x], continue: true}\n") == "routes/useless-continue:7");
  CHECK(
      routes(
          "  - {receiver: b, matchers: [team=x], continue: true}\n  - {receiver: a, matchers: [team=y]}\n") ==
      "routes/useless-continue:7");
  CHECK(
      routes(
          "  - {receiver: b, matchers: [team=x], continue: true}\n  - {receiver: a, matchers: [sev=y]}\n") ==
      "");
}

TEST_CASE("routes/collision: the same alerts to the same receiver twice") {
  const std::string first = "  - {receiver: b, matchers: [team=x], continue: true}\n";
  CHECK(routes(first + "  - {receiver: b, matchers: [team=x]}\n") == "routes/collision:8");
  CHECK(routes(first + "  - {receiver: a, matchers: [team=x]}\n") == "");
  CHECK(routes(first + "  - {receiver: b, matchers: [team=x], group_by: [pod]}\n") == "");
}

TEST_CASE("routes/group-wait and routes/repeat-interval: times that do not fit") {
  CHECK(routes(std::string(kUseB) + "  - {receiver: b, matchers: [t=x], group_wait: 10m}\n") ==
        "routes/group-wait:8");
  CHECK(routes(std::string(kUseB) + "  - {receiver: b, matchers: [t=x], group_wait: 5m}\n") == "");
  CHECK(routes(std::string(kUseB) + "  - {receiver: b, matchers: [t=x], repeat_interval: 1m}\n") ==
        "routes/repeat-interval:8");
}

TEST_CASE("routes/deep: more than five levels") {
  const auto nested = [](int levels) {
    std::string text, indent = "  ";
    for (int i = 1; i <= levels; ++i) {
      text += indent + "- receiver: b\n" + indent + "  matchers: [l" + std::to_string(i) + "=x]\n";
      if (i < levels) text += indent + "  routes:\n";
      indent += "  ";
    }
    return text;
  };
  CHECK(routes(nested(5)) == "");
  CHECK(routes(nested(6)) == "routes/deep:22");
}

TEST_CASE("receivers/unused and receivers/empty: nobody hears") {
  const auto with = [](const std::string& receivers) {
    return codes_of(
        "route: {receiver: a, routes: [{receiver: b, matchers: [x=y]}]}\nreceivers:\n"
        "- {name: a, webhook_configs: []}\n" +
        receivers);
  };
  CHECK(with("- {name: b, webhook_configs: []}\n") == "");
  CHECK(with("- {name: b, webhook_configs: []}\n- {name: c, webhook_configs: []}\n") == "receivers/unused:5");
  CHECK(with("- name: b\n") == "receivers/empty:4");
  CHECK(codes_of("route: {receiver: 'null'}\nreceivers: [{name: 'null'}]\n") == "");
}

TEST_CASE("inhibition rules that do nothing, or too much") {
  const auto with = [](const std::string& rules) {
    return codes_of("route: {receiver: a}\nreceivers: [{name: a, webhook_configs: []}]\ninhibit_rules:\n" +
                    rules);
  };
  CHECK(with("- {source_matchers: [s=a], target_matchers: [s=b], equal: [c]}\n") == "");
  CHECK(with("- {source_matchers: [s=a], target_matchers: [s=b]}\n") == "inhibition/no-equal:4");
  CHECK(with("- {source_matchers: [s=a], target_matchers: [s=a], equal: [c]}\n") ==
        "inhibition/same-matchers:4");
  CHECK(with("- {source_matchers: [s=a], equal: [c]}\n") == "inhibition/no-matchers:4");
  CHECK(with("- {source_matchers: [s=a], target_matchers: [t=b], equal: [c]}\n"
             "- {source_matchers: [t=b], target_matchers: [s=a], equal: [c]}\n") == "inhibition/cycle:4");
}

TEST_CASE("matchers cover others where each of theirs is implied") {
  const auto matchers = [](std::string_view text) { return parse_matchers(text)->matchers; };
  CHECK(covers(matchers(""), matchers("a=b")));
  CHECK(covers(matchers("a=b"), matchers("a=b,c=d")));
  CHECK(covers(matchers("a=~\"b.*\""), matchers("a=bc")));
  CHECK(covers(matchers("a!=x"), matchers("a=b")));
  CHECK_FALSE(covers(matchers("a=b"), matchers("c=d")));
  CHECK_FALSE(covers(matchers("a=b"), matchers("a=~\"b|c\"")));
  CHECK_FALSE(covers(matchers("a=b"), matchers("")));
}
