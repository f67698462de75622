#include "rules/legacy_conversion.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>

#include "rules/rule_file.h"
#include "tests/rules/legacy_properties.h"

using namespace tocsin;

namespace {

std::string convert(std::string_view text, Problems& problems) {
  const CommentedGroup group = convert_legacy_rules(text, "rules/ai.rules", problems, promql::Dialect::any());
  return write_rule_file({&group, 1});
}

std::string convert(std::string_view text) {
  Problems problems;
  return convert(text, problems);
}

void check_round_trip(const std::string& text) {
  CAPTURE(text);
  Problems before;
  const std::vector<RuleGroup> old = read_rule_file(text, "rules/ai.rules", before);
  CAPTURE(before.to_string());
  REQUIRE_FALSE(before.has_errors());
  CHECK(old.at(0).name == "ai");
  CHECK(broken_legacy_property(text) == "");
}

}  // namespace

TEST_CASE("an old file becomes YAML, and its comments stay with what they speak of") {
  CHECK(convert(R"(# Rules of the model team.
# Ask #ml first.

# How many there are.
job:up:sum{env="prod"} = sum(up) BY (job)  # per job
# Pages.

ALERT Slow
  IF rate(latency_sum[5m])
    > 1   # a second
  FOR 5m
  LABELS { severity = "page" }
  ANNOTATIONS {
    summary = "slow: {{ $labels.job }}",
    runbook = "no",
    text = `two
lines`,
  }
# The end.
)") == R"(# Rules of the model team.
# Ask #ml first.

groups:
  - name: ai
    rules:
      # How many there are.
      # per job
      - record: job:up:sum
        expr: sum by (job) (up)
        labels:
          env: prod

      # Pages.
      # a second
      - alert: Slow
        expr: rate(latency_sum[5m]) > 1
        for: 5m
        labels:
          severity: page
        annotations:
          runbook: "no"
          summary: "slow: {{ $labels.job }}"
          text: "two\nlines"

      # The end.
)");
}

TEST_CASE("comments of every age become YAML's") {
  CHECK(convert("// one\n/* two\n   three */ a = b\n#! four\n\n#five\n\n# six\n") == R"(groups:
  - name: ai
    rules:
      # one
      # two
      #   three
      - record: a
        expr: b

      # ! four

      # five

      # six
)");
}

TEST_CASE("a long expression is written over several lines") {
  const std::string yaml = convert(
      "ALERT X IF histogram_quantile(0.99, sum by (le, model_name) "
      "(rate(ai_inference_latency_seconds_bucket{model_name=\"fraud_detector\"}[5m]))) > 1 FOR 5m");
  CHECK(yaml == R"(groups:
  - name: ai
    rules:
      - alert: X
        expr: |2-
            histogram_quantile(
              0.99,
              sum by (le, model_name) (rate(ai_inference_latency_seconds_bucket{model_name="fraud_detector"}[5m]))
            )
          >
            1
        for: 5m
)");
}

TEST_CASE("scalars are bare where YAML cannot misread them, and quoted elsewhere") {
  struct Row {
    std::string text, written;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"page", "page"},
           {"", "\"\""},
           {"a b", "a b"},
           {"a: b", "\"a: b\""},
           {"a #b", "\"a #b\""},
           {"no", "\"no\""},
           {"Null", "\"Null\""},
           {"~", "\"~\""},
           {"5", "\"5\""},
           {"1e3", "\"1e3\""},
           {"2017-01-01", "\"2017-01-01\""},
           {"12:30", "\"12:30\""},
           {"{{ $value }}", "\"{{ $value }}\""},
           {"say \"x\"", "say \"x\""},
           {"{a=\"b\"}", "'{a=\"b\"}'"},
           {"it's", "it's"},
           {"'a'", "\"'a'\""},
           {"a\tb", "\"a\\tb\""},
           {"\\d: ", "'\\d: '"},
           {"ü", "\"ü\""},
           {"a\xe2\x80\xa8"
            "b",
            "\"a\\u2028b\""},
           {"a ", "\"a \""},
       }) {
    CAPTURE(row.text);
    CHECK(yaml_scalar(row.text) == row.written);
  }
}

TEST_CASE("what a person has to look at is said once for the file") {
  Problems problems;
  convert("a = rate(x[5m]) b = rate(x[5m])", problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.to_string().find("2 range selectors were written for windows that held both their ends") !=
        std::string::npos);
}

TEST_CASE("what is written is read as the same rules") {
  for (const char* text : {
           "ALERT X IF -foo^2 FOR 1h LABELS {a=\"\", b=\"yes\", c=\"5\"} ANNOTATIONS {a=\"\\t\\\\ \\\"q\\\" "
           "'r' \\n#\"}",
           "a = count_scalar(foo) b = holt_winters(c[1d], 0.1, 0.2)",
           "// x\nALERT X IF a{b=~\"\\d+: #\"} WITH {} SUMMARY \"- x\" DESCRIPTION \"\\n: \" RUNBOOK \"| y\"",
           "null = foo true = bar",
           "ALERT X IF {job=\"a b: c #d\"} ANNOTATIONS {a=\"\\u2028\\u0085\\x07\\ufeff\"}",
       })
    check_round_trip(text);
}

TEST_CASE("arbitrary texts in labels and annotations survive") {
  std::mt19937_64 random(20261126);
  const std::string_view pieces[] = {"a", " ", ":", "#", "'",   "\\\"",  "\\\\", "\\n", "\\t", "{ ",
                                     "}", "[", "]", ",", "-",   "?",     "|",    ">",   "%",   "@",
                                     "&", "*", "!", "ü", "\\r", "\\x01", "0",    ".",   "e",   "~"};
  for (int round = 0; round < 500; ++round) {
    std::string value;
    for (std::uint64_t i = random() % 8; i > 0; --i) value += pieces[random() % std::size(pieces)];
    check_round_trip("ALERT X IF foo LABELS {l=\"" + value + "\"} ANNOTATIONS {a=\"" + value + "\"}");
  }
}

TEST_CASE("whatever is made of an old file by chance: what is taken is converted to the same") {
  const std::string_view pieces[] = {"ALERT X",
                                     "ALERT YIF",
                                     " IF ",
                                     "up",
                                     " FOR ",
                                     "5m",
                                     "1FOR 5mLABELS",
                                     " LABELS ",
                                     "{",
                                     "}",
                                     "a=\"b\"",
                                     ",",
                                     " ANNOTATIONS ",
                                     "{a=\"{{ $value }}\"}",
                                     "\n",
                                     " ",
                                     "#c\n",
                                     "//c\n",
                                     "/*c\n\r*/",
                                     "job:x = ",
                                     "= ",
                                     "sum(",
                                     ")",
                                     " by (x) ",
                                     "[5m]",
                                     "-",
                                     "^",
                                     "2",
                                     "count_scalar(",
                                     "keep_common ",
                                     " > ",
                                     " and ",
                                     "'s'",
                                     "\"",
                                     "\\",
                                     "`r\n`",
                                     " WITH {} ",
                                     " SUMMARY \"s\" ",
                                     "PERMANENT ",
                                     "\r",
                                     "\xe2\x80\xa8",
                                     ":"};
  std::mt19937_64 random(42);
  for (int round = 0; round < 20000; ++round) {
    std::string text = random() % 2 == 0 ? "ALERT X IF up" : "job:x = sum(";
    for (std::uint64_t i = random() % 16; i > 0; --i) text += pieces[random() % std::size(pieces)];
    const std::string broken = broken_legacy_property(text);
    if (broken.empty()) continue;
    CAPTURE(text);
    FAIL_CHECK(broken);
  }
}
