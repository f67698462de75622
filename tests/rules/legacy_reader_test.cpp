#include "rules/legacy_reader.h"

#include <doctest/doctest.h>

#include "rules/rule_file.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

struct Read {
  std::vector<Rule> rules;
  Problems problems;
  std::string said() const { return problems.to_string(); }
  bool says(std::string_view part) const { return said().find(part) != std::string::npos; }
};

Read read(std::string_view text, const promql::Dialect& dialect = promql::Dialect::any()) {
  Read result;
  result.rules = read_legacy_rules(text, "rules/ai.rules", result.problems, dialect).group.rules;
  return result;
}

// As an article printed them, whose line breaks were lost when it was copied.
constexpr const char* kLatency =
    R"(ALERT HighInferenceLatencyIF histogram_quantile(0.99, sum by (le, model_name) (rate(ai_inference_latency_seconds_bucket[5m]))) > 1FOR 5mLABELS {severity="warning"}ANNOTATIONS {summary="High inference latency for {{ $labels.model_name }}",description="P99 inference latency for model {{ $labels.model_name }} has been over 1 second for 5 minutes."})";
constexpr const char* kAccuracy =
    R"(ALERT LowModelAccuracyIF ai_model_accuracy{model_name="fraud_detector"} < 0.90FOR 10mLABELS {severity="critical"}ANNOTATIONS {summary="Model accuracy below threshold for {{ $labels.model_name }}",description="Accuracy for model {{ $labels.model_name }} version {{ $labels.version }} has dropped below 90% for 10 minutes."})";
constexpr const char* kDrift =
    R"(ALERT SignificantDataDriftIF ai_data_drift_score{model_name="fraud_detector", feature="transaction_amount"} > 0.5FOR 30mLABELS {severity="warning"}ANNOTATIONS {summary="Significant data drift detected for feature {{ $labels.feature }} in model {{ $labels.model_name }}",description="Data drift score for feature {{ $labels.feature }} in model {{ $labels.model_name }} has exceeded 0.5 for 30 minutes, indicating potential input data changes."})";

void check_article_rules(const Read& result) {
  CAPTURE(result.said());
  CHECK_FALSE(result.problems.has_errors());
  REQUIRE(result.rules.size() == 3);
  CHECK(result.rules[0].name == "HighInferenceLatency");
  CHECK(result.rules[0].expression ==
        "histogram_quantile(0.99, sum by (le, model_name) (rate(ai_inference_latency_seconds_bucket[5m]))) > "
        "1");
  CHECK(result.rules[0].hold_for == 5min);
  CHECK(result.rules[0].labels == std::map<std::string, std::string>{{"severity", "warning"}});
  CHECK(result.rules[0].annotations.at("summary") == "High inference latency for {{ $labels.model_name }}");
  CHECK(result.rules[1].name == "LowModelAccuracy");
  CHECK(result.rules[1].expression == R"(ai_model_accuracy{model_name="fraud_detector"} < 0.9)");
  CHECK(result.rules[1].hold_for == 10min);
  CHECK(result.rules[2].name == "SignificantDataDrift");
  CHECK(result.rules[2].hold_for == 30min);
  CHECK(result.rules[2].annotations.size() == 2);
}

}  // namespace

TEST_CASE("rules whose line breaks were lost are read, a rule on a line or all on one, and said to be odd") {
  const std::string a = kLatency, b = kAccuracy, c = kDrift;
  check_article_rules(read(a + "\n" + b + "\n" + c + "\n"));
  check_article_rules(read(a + b + c));
  check_article_rules(read(a + " " + b + " " + c));
  const Read result = read(a + b + c);
  CHECK(result.says(
      "1:7: warning: group \"ai\", rule 1, \"HighInferenceLatency\": HighInferenceLatencyIF is read as "
      "HighInferenceLatency IF"));
  CHECK(result.says("1FOR is read as 1 FOR"));
  CHECK(result.says("5mLABELS is read as 5m LABELS"));
  CHECK(result.problems.all().size() == 9);
}

TEST_CASE("one group takes its name from the file") {
  CHECK(legacy_group_name("rules/ai.rules") == "ai");
  CHECK(legacy_group_name("/a.b/node") == "node");
  CHECK(legacy_group_name("x.rules.old") == "x.rules");
  CHECK(legacy_group_name("d/.rules") == ".rules");
  CHECK(legacy_group_name("") == "rules");
  Problems problems;
  const auto groups = read_rule_file("\xEF\xBB\xBFjob:up:sum = sum(up)", "rules/ai.rules", problems);
  REQUIRE(groups.size() == 1);
  CHECK(problems.empty());
  CHECK(groups[0].name == "ai");
  CHECK(groups[0].file == "rules/ai.rules");
  CHECK(groups[0].rules[0].position == Position{1, 1});
}

TEST_CASE("every form of a statement is read as the same rule") {
  for (const char* text : {
           "ALERT Down IF up == 0 FOR 5m LABELS {severity=\"page\"} ANNOTATIONS {summary=\"down\"}",
           "alert Down if up==0 for 5m labels{severity='page'}annotations{summary=`down`}",
           "Alert Down\n  IF\n  up == 0 # why\n  FOR 5m # comment\n  LABELS {\n    # inside\n    severity = "
           "\"page\",\n  }\n  ANNOTATIONS {\n    summary = \"down\",\n  }\n",
           "ALERT Down IF up == 0 FOR 5m WITH {severity=\"page\"} SUMMARY \"down\"",
           "alert Down if up == 0 for 5m summary 'down' with {severity='page'}",
           "// old\nALERT Down IF up == 0 /* why */ FOR 5m WITH {severity=\"page\"} SUMMARY \"down\"",
           "ALERT Down IF (up) == 0 FOR 300s LABELS {severity=\"\\x70age\"} ANNOTATIONS {summary=\"down\"}",
       }) {
    CAPTURE(text);
    const Read result = read(text);
    CAPTURE(result.said());
    const bool with_last = std::string_view(text).starts_with("alert Down if up == 0 for 5m summary");
    CHECK(result.problems.has_errors() == with_last);
    REQUIRE(result.rules.size() == 1);
    const Rule& rule = result.rules[0];
    CHECK(rule.kind == Rule::Kind::kAlerting);
    CHECK(rule.name == "Down");
    CHECK((rule.expression == "up == 0" || rule.expression == "(up) == 0"));
    CHECK(rule.hold_for == 5min);
    CHECK(rule.labels == std::map<std::string, std::string>{{"severity", "page"}});
    CHECK(rule.annotations == std::map<std::string, std::string>{{"summary", "down"}});
  }
}

TEST_CASE("an expression ends where no operator goes on") {
  struct Row {
    const char* text;
    std::vector<std::pair<std::string, std::string>> rules;  // name, expression
  };
  for (const Row& row : std::initializer_list<Row>{
           {"a = foo b = bar", {{"a", "foo"}, {"b", "bar"}}},
           {"a = foo\nb = bar\n+ baz", {{"a", "foo"}, {"b", "bar + baz"}}},
           {"a = sum(foo) by (x) b:c{d=\"e\"} = 1", {{"a", "sum by (x) (foo)"}, {"b:c", "1"}}},
           {"a = foo / on (x) group_left (y) bar b = c",
            {{"a", "foo / on (x) group_left (y) bar"}, {"b", "c"}}},
           {"a = foo / ignoring (x) bar b = c", {{"a", "foo / ignoring (x) bar"}, {"b", "c"}}},
           {"a = foo > bool 1 b = c", {{"a", "foo > bool 1"}, {"b", "c"}}},
           {"a = rate(foo[5m] offset 1h) b = c", {{"a", "rate(foo[5m] offset 1h)"}, {"b", "c"}}},
           {"a = foo offset 1h b = c", {{"a", "foo offset 1h"}, {"b", "c"}}},
           {"a = foo{b=\"c\"} b{x=\"y\"} = c", {{"a", "foo{b=\"c\"}"}, {"b", "c"}}},
           {"a = foo{\n  b=\"c\",\n  for=\"x\"\n}\nb = c", {{"a", "foo{b=\"c\",for=\"x\"}"}, {"b", "c"}}},
           {"a = foo AND bar UNLESS baz OR b ALERT X IF y",
            {{"a", "foo and bar unless baz or b"}, {"X", "y"}}},
           {"a = sum(foo) by (for, labels) b = c", {{"a", "sum by (for, labels) (foo)"}, {"b", "c"}}},
           {"ALERT X IF(foo) > 0 ALERT Y IF -foo", {{"X", "(foo) > 0"}, {"Y", "-foo"}}},
           {"summary = foo description = bar with{a=\"b\"} = baz",
            {{"summary", "foo"}, {"description", "bar"}, {"with", "baz"}}},
           {"a = alerts + summary", {{"a", "alerts + summary"}}},
           {"a = 1e-3 * .5 b = Inf", {{"a", "0.001 * 0.5"}, {"b", "+Inf"}}},
           {"PERMANENT a = foo PERMANENT b = bar", {{"a", "foo"}, {"b", "bar"}}},
       }) {
    CAPTURE(row.text);
    const Read result = read(row.text);
    CHECK(result.said() == "");
    std::vector<std::pair<std::string, std::string>> found;
    for (const Rule& rule : result.rules) found.emplace_back(rule.name, rule.expression);
    CHECK(found == row.rules);
  }
}

TEST_CASE("expressions that mean something else today are rewritten, and it is said") {
  struct Row {
    const char* old;
    const char* today;
    int warnings;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"-foo^2", "(-foo) ^ 2", 1},
           {"vector(-1^2)", "vector((-1) ^ 2)", 1},
           {"-a^b^c", "(-a) ^ b ^ c", 1},
           {"-a^-b^c", "(-a) ^ (-b) ^ c", 2},
           {"--a^2", "(--a) ^ 2", 1},
           {"+a^2", "+a ^ 2", 0},
           {"2^-a", "2 ^ -a", 0},
           {"-(a^2)", "-(a ^ 2)", 0},
           {"b-a^2", "b - a ^ 2", 0},
           {"-sum(a)^2 > -b^2", "(-sum(a)) ^ 2 > (-b) ^ 2", 2},
           {"vector(count_scalar(up == 0))", "vector(scalar(count(up == 0) or vector(0)))", 1},
           {"foo > count_scalar(count_scalar(bar) + a)",
            "foo > scalar(count(scalar(count(bar) or vector(0)) + a) or vector(0))", 2},
           {"holt_winters(foo[5m], 0.1, 0.2)", "double_exponential_smoothing(foo[5m], 0.1, 0.2)", 2},
       }) {
    CAPTURE(row.old);
    const Read result = read(std::string("ALERT X IF ") + row.old);
    CAPTURE(result.said());
    REQUIRE(result.rules.size() == 1);
    CHECK_FALSE(result.problems.has_errors());
    CHECK(result.rules[0].expression == row.today);
    CHECK(result.problems.all().size() == static_cast<std::size_t>(row.warnings));
  }
  const Read older = read("a = holt_winters(foo[5m], 0.1, 0.2)", promql::Dialect::of({2, 42}));
  CHECK(older.said() == "");
  CHECK(older.rules.at(0).expression == "holt_winters(foo[5m], 0.1, 0.2)");
}

TEST_CASE("strings of Prometheus before 0.14 have no escapes") {
  const Read result =
      read("// old\nALERT X IF foo{a=~\"x\\.y\"} WITH {} SUMMARY \"c:\\new\" DESCRIPTION \"d\"");
  CHECK_FALSE(result.problems.has_errors());
  REQUIRE(result.rules.size() == 1);
  CHECK(result.rules[0].expression == R"(foo{a=~"x\\.y"})");
  CHECK(result.rules[0].annotations.at("summary") == "c:\\new");
  CHECK(result.says("before 0.17 a regex matched anywhere in a value"));
}

TEST_CASE("what only looks like the oldest form keeps its escapes") {
  for (const char* text :
       {"// x\nALERT X IF foo LABELS {a=\"b\\\"c\"}", "ALERT X IF permanent and foo LABELS {a=\"b\\\"c\"}",
        "permanent = foo ALERT X IF up WITH {a=\"b\\\"c\"}"}) {
    CAPTURE(text);
    const Read result = read(text);
    CHECK(result.said() == "");
    REQUIRE_FALSE(result.rules.empty());
    CHECK(result.rules.back().labels.at("a") == "b\"c");
  }
}

TEST_CASE("each mistake is told with its place and a way out") {
  struct Row {
    const char* text;
    const char* said;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"ALERT X IF sum(foo FOR 5m",
            "1:19: error: group \"ai\", rule 1, \"X\": could not parse expression: "
            "unclosed left parenthesis (add the missing ))"},
           {"ALERT X IF foo{a=\"b\" FOR 5m", "unexpected end of input inside braces (add the missing })"},
           {"ALERT X IF raet(foo[5m])",
            "1:12: error: group \"ai\", rule 1, \"X\": could not parse expression: unknown "
            "function with name \"raet\" (did you mean `rate`?)"},
           {"ALERT X IF 1 > bool 0",
            "1:12: error: group \"ai\", rule 1, \"X\": could not parse expression: expected type "
            "instant vector in alert statement, got scalar"},
           {"a = foo[5m]", "expected type instant vector or scalar in recording statement, got range vector"},
           {"ALERT X IF FOR 5m",
            "1:12: error: group \"ai\", rule 1, \"X\": expected an expression, not \"FOR\""},
           {"ALERT X IF foo FOR 0s",
            "1:20: error: group \"ai\", rule 1, \"X\": duration must be greater than 0"},
           {"ALERT X IF foo FOR 5", "not a valid duration string: \"5\""},
           {"ALERT X IF foo FOR LABELS {a=\"b\"}",
            "expected a duration after FOR, not \"LABELS\" (write FOR 5m)"},
           {"ALERT X foo > 1",
            "1:9: error: group \"ai\", rule 1, \"X\": expected IF after the name, not \"foo\""},
           {"ALERT sum IF foo", "1:7: error: \"sum\" cannot be the name of an alert"},
           {"ALERT a:b IF foo", "1:7: error: \"a:b\" cannot be the name of an alert"},
           {"a = foo\nlabels = foo", "2:1: error: unexpected keyword labels"},
           {"ALERT X IF foo ANNOTATIONS {a=\"b\"} LABELS {a=\"b\"}",
            "LABELS must stand before ANNOTATIONS (the order is FOR, LABELS, ANNOTATIONS)"},
           {"ALERT X IF foo LABELS {a=\"b\"} FOR 5m", "FOR must stand before LABELS"},
           {"ALERT X IF foo FOR 5m FOR 6m", "1:23: error: group \"ai\", rule 1, \"X\": FOR is given twice"},
           {"ALERT X IF foo LABELS {a=\"b\" c=\"d\"}", "missing comma before next identifier \"c\""},
           {"ALERT X IF foo LABELS {a==\"b\"}", "expected = after a, not \"==\""},
           {"ALERT X IF foo LABELS {a=~\"b\"}", "expected = after a, not \"=~\""},
           {"ALERT X IF foo LABELS {a=b}", "expected a string after a =, not \"b\" (write a=\"…\")"},
           {"ALERT X IF foo LABELS {a=\"b}",
            "1:26: error: group \"ai\", rule 1, \"X\": the string has no end"},
           {"ALERT X IF foo LABELS {a=\"b\"",
            "expected , or } in the labels, not the end of the file (add the missing })"},
           {"ALERT X IF foo LABELS {a=\"\\w\"}", "unknown escape sequence"},
           {"ALERT X IF foo LABELS {__name__=\"b\"}", "invalid label name: __name__"},
           {"ALERT X IF foo LABELS {a=\"\\xff\"}", "invalid label value: a (values are UTF-8)"},
           {"ALERT X IF foo LABELS {a=\"b\"} SUMMARY \"s\"",
            "SUMMARY is of another age than LABELS and ANNOTATIONS (write ANNOTATIONS {summary = \"…\"})"},
           {"ALERT X IF foo WITH {a=\"b\"} ANNOTATIONS {s=\"t\"}", "ANNOTATIONS is of another age than WITH"},
           {"ALERT X IF foo ANNOTATIONS {s=\"{{ $lables.x }}\"}", "undefined variable \"$lables\""},
           {"ALERT X IF foo bar", "1:16: error: unexpected \"bar\""},
           {"a = sum(foo) keep_common",
            "1:14: error: group \"ai\", rule 1, \"a\": keep_common is not in PromQL since "
            "Prometheus 2"},
           {"a = sum keeping_extra (foo)", "keeping_extra is not in PromQL since Prometheus 2"},
           {"a = drop_common_labels(foo)",
            "1:5: error: group \"ai\", rule 1, \"a\": the function drop_common_labels is not"},
       }) {
    CAPTURE(row.text);
    const Read result = read(row.text);
    CAPTURE(result.said());
    CHECK(result.problems.has_errors());
    CHECK(result.problems.all().size() == 1);
    CHECK(result.says(row.said));
  }
}

TEST_CASE("behind a mistake it goes on at the next statement") {
  const Read result = read(
      "ALERT A foo\n"
      "ALERT B IF sum(foo LABELS {a=\"b\"}\n"
      "c = raet(x)\n"
      "ALERT D IF foo LABELS {\n  a = \"b\n}\n"
      "e = foo\n");
  CAPTURE(result.said());
  CHECK(result.says("1:9: error"));
  CHECK(result.says("2:19: error"));
  CHECK(result.says("3:5: error"));
  CHECK(result.says("5:7: error"));
  CHECK(result.problems.all().size() == 4);
  REQUIRE_FALSE(result.rules.empty());
  CHECK(result.rules.back().name == "e");
}

TEST_CASE("what only differs while it runs is a warning") {
  CHECK(read("ALERT X IF foo LABELS {v=\"{{ $value }}\"}")
            .says("warning: group \"ai\", rule 1, \"X\": label \"v\": each new value"));
  CHECK(read("ALERT X IF foo LABELS {a=\"b\", a=\"c\"}")
            .says("label \"a\" is given twice (the last one counts)"));
  CHECK(read("ALERT X IF foo ANNOTATIONS {v=\"{{$value}} {{$labels.x}}\"}").said() == "");
}

TEST_CASE("reading ends and takes time in step with the text, whatever it is") {
  const auto repeated = [](std::string_view piece) {
    std::string text = "ALERT X IF foo\n";
    for (int i = 0; i < 20000; ++i) text += piece;
    return text;
  };
  for (const char* piece : {"ALERT ", "PERMANENT ", "FOR = ",   "\nFOR = x ",    "{", "\nfoo{",  "(",
                            "-",      "\na{b=\n",   "\"",       "'\n",           "#", "/*",      "`",
                            "a = ",   "x{a=\"b\" ", "LABELS {", "count_scalar(", ")", "5mLABELS"}) {
    CAPTURE(piece);
    read(repeated(piece));
  }
}
