// Policies as `tocsin check` applies them: where they stand, who owns a rule, and the comments that suppress
// them.
#include <doctest/doctest.h>

#include "app/check_command.h"
#include "app/configuration.h"
#include "app/rule_owners.h"
#include "core/json.h"

using namespace tocsin;

namespace {

constexpr const char* kRules =
    "groups:\n"
    "- name: g\n"
    "  rules:\n"
    "  - alert: Disk\n"
    "    expr: up == 0\n"
    "    for: 5m\n";
constexpr const char* kSummary = "checks:\n- annotations: {summary: {required: true}}\n";
constexpr const char* kConfiguration =
    "prometheus: [{name: main, url: 'http://localhost:9090', rule_files: [r.yml]}]\n"
    "receivers: [{name: a, webhook_configs: [{url: 'http://localhost:1'}]}]\n"
    "route: {receiver: a}\n";

struct Desk {
  MemoryFiles files;
  CheckOptions options;

  CommandOutput run(std::vector<std::string> names) {
    options.files = std::move(names);
    return check(options, {"/home/me", false, *parse_rfc3339("2026-06-15T12:00:00Z")}, files);
  }
  // CODE:LINE of each, in order.
  std::string codes(std::vector<std::string> names) {
    options.format = "json";
    const CommandOutput output = run(std::move(names));
    const auto report = JsonValue::parse(output.out);
    REQUIRE_MESSAGE(report.has_value(), output.err);
    std::string text;
    for (const JsonValue& problem : report->find("problems").array())
      text +=
          (text.empty() ? "" : " ") + problem.text("code") + ":" + std::to_string(problem.integer("line"));
    return text;
  }
};

// With these comments above the rule, which is then in line 5.
std::string codes_below(const std::string& comment, const std::string& checks) {
  Desk desk;
  std::string rules = kRules;
  rules.insert(rules.find("  - alert"), "  " + comment + "\n");
  desk.files.files = {{"r.yml", rules}};
  if (!checks.empty()) {
    desk.files.files["p.yml"] = "checks:\n" + checks;
    desk.options.policy = "p.yml";
  }
  return desk.codes({"r.yml"});
}

std::string owners_of(const std::string& text) {
  Problems problems;
  const CheckedRuleFile file = read_checked_rule_file(text, "r.yml", problems);
  std::string owners;
  for (const RuleOwner& owner : rule_owners(file)) owners += owner.of_rule + "/" + owner.of_file + " ";
  return owners;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("--policy holds rule files to the checks of a file") {
  Desk desk;
  desk.files.files = {{"r.yml", kRules}, {"p.yml", kSummary}};
  CHECK(desk.codes({"r.yml"}) == "");
  desk.options.policy = "p.yml";
  CHECK(desk.codes({"r.yml"}) == "alerts/annotation:4");
  CHECK(desk.run({"r.yml"}).exit_code == 0);
  desk.options.fail_on = Severity::kWarning;
  CHECK(desk.run({"r.yml"}).exit_code == 1);
  desk.files.files["p.yml"] = "checks: [{severity: note, report: true}]\n";
  CHECK(desk.run({"r.yml"}).exit_code == 0);
}

TEST_CASE("a policy that cannot be used is wrong usage, and all its mistakes are told") {
  Desk desk;
  desk.files.files = {{"r.yml", kRules}};
  desk.options.policy = "p.yml";
  CHECK(desk.run({"r.yml"}).exit_code == 2);
  CHECK(contains(desk.run({"r.yml"}).err, "p.yml"));
  const auto told = [&](const std::string& text) {
    desk.files.files["p.yml"] = text;
    const CommandOutput output = desk.run({"r.yml"});
    CHECK(output.exit_code == 2);
    CHECK(output.out == "");
    return output.err;
  };
  CHECK(told("checks: [{report: tru, lables: {}}]\n") ==
        "tocsin: --policy cannot be used:\n"
        "p.yml:1:19: error: report must be true or false, not \"tru\"\n"
        "p.yml:1:24: error: field \"lables\" not found in check (did you mean \"labels\"?)\n");
  CHECK(contains(told(""),
                 "p.yml:1:1: error: there is no check in it (write `checks:` with a list of checks)"));
  CHECK(contains(told("check: []\n"), "field \"check\" not found in policy file (did you mean \"checks\"?)"));
  CHECK(contains(told("- report: true\n"), "policy file must be a mapping, not a list"));
}

TEST_CASE("a file of checks is checked as what it is, also in a folder of rules") {
  Desk desk;
  desk.files.files = {{"rules/r.yml", kRules}, {"rules/p.yml", std::string("# ours\n") + kSummary}};
  CHECK(desk.codes({"rules"}) == "");
  desk.options.policy = "rules/p.yml";
  CHECK(desk.codes({"rules"}) == "alerts/annotation:4");
  desk.options.policy = "";
  desk.files.files["rules/p.yml"] = "checks: [{summary: {}}]\n";
  desk.options.format = "text";
  const CommandOutput output = desk.run({"rules"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.out, "rules/p.yml:1:11: error: field \"summary\" not found in check"));
}

TEST_CASE("a configuration has checks of its own, and can be named as the policy") {
  Desk desk;
  desk.files.files = {{"r.yml", kRules}, {"tocsin.yml", std::string(kConfiguration) + kSummary}};
  CHECK(desk.codes({"tocsin.yml"}) == "alerts/annotation:4");
  CHECK(desk.codes({"r.yml"}) == "");
  desk.options.policy = "tocsin.yml";
  CHECK(desk.codes({"r.yml"}) == "alerts/annotation:4");
  CHECK(desk.codes({"tocsin.yml"}) == "alerts/annotation:4");  // once
  desk.options.policy = "p.yml";
  desk.files.files["p.yml"] = "checks: [{report: true}]\n";
  CHECK(desk.codes({"tocsin.yml"}) == "alerts/annotation:4 rule/report:4");
}

TEST_CASE("a mistake in checks is a mistake of the configuration, and amtool is not shown them") {
  const auto load = [](const std::string& checks, Problems& problems) {
    MemoryFiles files;
    files.files = {{"tocsin.yml", std::string(kConfiguration) + checks}, {"r.yml", kRules}};
    return load_configuration("tocsin.yml", "http://localhost:9093", files, problems);
  };
  Problems problems;
  CHECK(!load("checks: [{reprot: true}]\n", problems).has_value());
  CHECK(contains(problems.to_string(),
                 "tocsin.yml:4:11: error: field \"reprot\" not found in check (did you mean \"report\"?)"));
  Problems none;
  const auto configuration = load(kSummary, none);
  REQUIRE(configuration.has_value());
  CHECK(none.empty());
  CHECK(contains(configuration->redacted, "checks:"));
  CHECK(!contains(configuration->redacted_alertmanager, "checks"));
}

TEST_CASE("owners are read from the comments of a file") {
  CHECK(owners_of(kRules) == "/ ");
  CHECK(owners_of(std::string("# tocsin file/owner web\n") + kRules) == "/web ");
  CHECK(owners_of(std::string(kRules) + "    # pint rule/owner team db\n  - {record: a, expr: up}\n") ==
        "/ team db/ ");
  CHECK(owners_of(std::string(kRules) + "    # pint rule/owner db\n\n  - {record: a, expr: up}\n") ==
        "db/ / ");
  CHECK(owners_of(std::string("# pint file/owner a\n# pint file/owner b\n") + kRules +
                  "  # tocsin rule/owner c\n  - {record: a, expr: up}\n") == "/b c/b ");
  CHECK(owners_of("# pint rule/owner old\nALERT A IF up == 0\n\nALERT B IF up == 1\n") == "old/ / ");
}

TEST_CASE("rules that share a line have one owner, wherever the comment stands") {
  const auto owners = [](const std::string& on_the_line, const std::string& below) {
    return owners_of("groups:\n- name: g\n  rules: [{record: a, expr: up}, {record: b," + on_the_line +
                     "\n    expr: up}," + below + "\n  {record: c, expr: up}]\n");
  };
  CHECK(owners(" # pint rule/owner db", "") == "db/ db/ / ");
  CHECK(owners("", " # pint rule/owner db") == "db/ db/ / ");
  CHECK(owners(" # pint rule/owner db", " # pint rule/owner web") == "web/ web/ / ");
}

TEST_CASE("rule/owner asks for a comment, and a comment that belongs to no rule is told") {
  const std::string checks = "- owner: {values: [db, web]}\n";
  CHECK(codes_below("# nobody", checks) == "rule/owner:5");
  CHECK(codes_below("# tocsin rule/owner db", checks) == "");
  CHECK(codes_below("# pint rule/owner web", checks) == "");
  CHECK(codes_below("# pint file/owner web", checks) == "");
  CHECK(codes_below("# pint rule/owner eve", checks) == "rule/owner:5");
  CHECK(codes_below("# tocsin rule/owner", checks) == "tocsin/comment:4 rule/owner:5");
  CHECK(codes_below("# pint rule/owner db\n", checks) == "pint/comment:4 rule/owner:6");
}

TEST_CASE("comments suppress what policies find, and by (…) one of several") {
  const std::string checks = "- annotations: {summary: {required: true}, url: {required: true}}\n";
  const std::string both = "alerts/annotation:5 alerts/annotation:5";
  CHECK(codes_below("# nothing", checks) == both);
  CHECK(codes_below("# tocsin disable alerts/annotation", checks) == "");
  CHECK(codes_below("# tocsin disable alerts/annotation(summary)", checks) == "alerts/annotation:5");
  CHECK(codes_below("# tocsin disable alerts/annotation(summary) until 2027-01-01 soon", checks) ==
        "alerts/annotation:5");
  CHECK(codes_below("# tocsin disable alerts/annotation(sum)", checks) == "tocsin/comment:4 " + both);
  CHECK(codes_below("# pint disable alerts/annotation(summary:true)", checks) == "alerts/annotation:5");
  CHECK(codes_below("# pint disable alerts/annotation(url:https://.+:true)", checks) ==
        "alerts/annotation:5");
  CHECK(codes_below("# pint disable alerts/annotation", checks) == "");
  CHECK(codes_below("# pint snooze 2027-01-01 alerts/annotation(url:true)", checks) == "alerts/annotation:5");

  const std::string selectors = "- selectors: [{labels: [job, env]}]\n";
  CHECK(codes_below("# pint disable promql/selector(^.+$:job)", selectors) == "promql/selector:6");
  CHECK(codes_below("# tocsin disable promql/selector(env)", selectors) == "promql/selector:6");

  const std::string labels = "- {aggregate: {keep: [job]}, selectors: [{labels: [job]}]}\n";
  CHECK(codes_below("# pint disable promql/aggregate(job:true)", labels) == "promql/selector:6");
}

TEST_CASE("a comment for a policy is not called useless where no policy was asked") {
  CHECK(codes_below("# tocsin disable rule/label", "") == "");
  CHECK(codes_below("# tocsin disable rule/label", "- report: true\n") == "tocsin/comment:4 rule/report:5");
  CHECK(codes_below("# tocsin disable promql/regexp", "") == "tocsin/comment:4");
}

TEST_CASE("ignore/file: how much a file hides is told, where it hides anything") {
  Desk desk;
  desk.files.files = {{"r.yml", std::string("# pint ignore/file\n") + kRules}, {"p.yml", kSummary}};
  CHECK(desk.codes({"r.yml"}) == "");
  desk.options.policy = "p.yml";
  CHECK(desk.codes({"r.yml"}) == "ignore/file:1");
  desk.options.format = "text";
  CHECK(contains(desk.run({"r.yml"}).out, "note: this comment hides what is found below it"));
}

TEST_CASE("1.x rule files are held to policies too") {
  Desk desk;
  desk.files.files = {
      {"a.rules", "# pint file/owner x\nALERT A\n  IF sum(up) == 0\n  LABELS {severity=\"page\"}\n"},
      {"p.yml",
       "checks:\n- {aggregate: {keep: [job]}, annotations: {summary: {required: true}}}\n"
       "- {labels: {severity: {values: [ticket]}}, owner: {}}\n"}};
  desk.options.policy = "p.yml";
  CHECK(desk.codes({"a.rules"}) == "alerts/annotation:2 promql/aggregate:3 rule/label:4");
}
