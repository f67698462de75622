// `tocsin rules` on files in memory: what it prints and writes, and how it exits.
#include "app/rules_command.h"

#include <doctest/doctest.h>

#include "app/options.h"

using namespace tocsin;

namespace {

MemoryFiles files() {
  MemoryFiles made;
  made.files["rules/a.rules"] = "# of a\n\nALERT A IF up == 0 FOR 5m # why\n";
  made.files["rules/b.rules"] = "# of b\n\njob:b:sum = sum(b)\n";
  made.files["other/a.rules"] = "a = b\n";
  made.files["rules/new.yml"] = "groups: []\n";
  made.files["rules/ugly.yml"] = "groups:\n- name: g # ours\n  rules:\n  - expr: up==0\n    alert: A\n";
  made.files["rules/wrong.yml"] = "groups:\n- name: g\n  rules:\n  - expr: up==\n    alert: A\n";
  made.files["rules/bad.rules"] = "ALERT X IF raet(up)\nALERT Y up\n";
  return made;
}

RulesOutput convert(std::vector<std::string> paths, std::string output = "", bool in_place = false) {
  MemoryFiles with = files();
  RulesConvertOptions options;
  options.files = std::move(paths);
  options.output = std::move(output);
  options.in_place = in_place;
  return convert_rules(options, with);
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kA = R"(# of a

groups:
  - name: a
    rules:
      # why
      - alert: A
        expr: up == 0
        for: 5m
)";

}  // namespace

TEST_CASE("old rule files are printed as one YAML file") {
  const RulesOutput converted = convert({"rules/a.rules", "rules/b.rules"});
  CHECK(converted.output.exit_code == 0);
  CHECK(converted.output.err == "");
  CHECK(converted.output.out == std::string(kA) + R"(
  # of b
  - name: b
    rules:
      - record: job:b:sum
        expr: sum(b)
)");
  CHECK(converted.files.empty());
}

TEST_CASE("they are written to a file, or each to where it was") {
  const RulesOutput one = convert({"rules/a.rules"}, "out.yml");
  CHECK(one.output.out == "");
  REQUIRE(one.files.size() == 1);
  CHECK(one.files[0] == std::pair<std::string, std::string>("out.yml", kA));
  const RulesOutput each = convert({"rules/a.rules", "rules/new.yml", "other/a.rules"}, "", true);
  CHECK(each.output.exit_code == 0);
  CHECK(holds(each.output.err,
              "rules/new.yml: warning: this is no Prometheus 1.x rule file (it stays as it is)"));
  REQUIRE(each.files.size() == 2);
  CHECK(each.files[0] == std::pair<std::string, std::string>("rules/a.rules", kA));
  CHECK(each.files[1].first == "other/a.rules");
}

TEST_CASE("where one file has a mistake, nothing is written, and every mistake is told") {
  const RulesOutput converted = convert({"rules/a.rules", "rules/bad.rules", "rules/none"}, "", true);
  CHECK(converted.output.exit_code == 1);
  CHECK(converted.files.empty());
  CHECK(converted.output.out == "");
  CHECK(holds(converted.output.err, "rules/bad.rules:1:12: error:"));
  CHECK(holds(converted.output.err, "rules/bad.rules:2:9: error:"));
  CHECK(holds(converted.output.err, "rules/none: error: rules/none: no such file or directory"));
  CHECK(convert({"rules/new.yml"}).output.exit_code == 1);
}

TEST_CASE("two groups of one name do not go into one file") {
  const RulesOutput converted = convert({"rules/a.rules", "other/a.rules"});
  CHECK(converted.output.exit_code == 1);
  CHECK(holds(converted.output.err,
              "other/a.rules: error: its group is called \"a\", as that of rules/a.rules is"));
}

TEST_CASE("the command line of rules convert") {
  const auto read = [](std::vector<const char*> words) {
    words.insert(words.begin(), {"tocsin", "rules", "convert"});
    return read_command_line(static_cast<int>(words.size()), words.data());
  };
  const Options options = read({"a", "b", "-o", "c", "--promql.version=2.42"});
  REQUIRE(std::holds_alternative<RulesOptions>(options));
  const auto& convert = std::get<RulesConvertOptions>(std::get<RulesOptions>(options));
  CHECK(convert.files == std::vector<std::string>{"a", "b"});
  CHECK(convert.output == "c");
  CHECK(convert.dialect.version == promql::Version{2, 42});
  for (const auto& wrong : std::vector<std::vector<const char*>>{
           {}, {"a", "-o", "c", "--in-place"}, {"a", "--promql.version=1.8"}}) {
    const Options refused = read(wrong);
    REQUIRE(std::holds_alternative<Finished>(refused));
    CHECK(std::get<Finished>(refused).exit_code == 2);
  }
}

TEST_CASE("rules fmt writes what changes, and goes on behind a file with mistakes") {
  MemoryFiles with = files();
  const RulesOutput formatted =
      format_rules({{"rules/new.yml", "rules/wrong.yml", "rules/ugly.yml", "rules/a.rules"}, false}, with);
  CHECK(formatted.output.exit_code == 1);
  CHECK(formatted.output.out == "rules/ugly.yml: formatted\n");
  CHECK(holds(formatted.output.err, "rules/wrong.yml:4:15: error:"));
  CHECK(holds(formatted.output.err, "rules/a.rules:3:1: error: this is a Prometheus 1.x rule file"));
  REQUIRE(formatted.files.size() == 1);
  CHECK(formatted.files[0].second ==
        "groups:\n- name: g # ours\n  rules:\n  - expr: up == 0\n    alert: A\n");
  CHECK(format_rules({{"rules/ugly.yml"}, false}, with).output.exit_code == 0);
}

TEST_CASE("rules fmt --check changes nothing and fails where a file would change") {
  MemoryFiles with = files();
  const RulesOutput checked = format_rules({{"rules/new.yml", "rules/ugly.yml"}, true}, with);
  CHECK(checked.output.exit_code == 1);
  CHECK(checked.output.out == "rules/ugly.yml: would change\n");
  CHECK(checked.files.empty());
  CHECK(format_rules({{"rules/new.yml"}, true}, with).output.exit_code == 0);
}
