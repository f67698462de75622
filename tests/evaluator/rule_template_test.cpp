#include <doctest/doctest.h>

#include <cmath>

#include "evaluator/rule_functions.h"
#include "evaluator/rule_template.h"
#include "rules/template_check.h"

using namespace tocsin;

namespace {

constexpr TimePoint kNow{std::chrono::milliseconds(1'700'000'000'500)};

Result<std::vector<Sample>> answer(const std::string& expression) {
  if (expression == "none") return std::vector<Sample>{};
  if (expression == "bad") return fail("rule result is not a vector or scalar");
  return std::vector<Sample>{Sample{Labels{{"__name__", "v"}, {"job", "j"}}, 1234567.891, false, ""}};
}

TemplateEnvironment environment() {
  return {kNow, Labels{{"cluster", "eu"}}, "http://testhost:9090/path/prefix", answer};
}

Sample sample() {
  return {Labels{{"__name__", "v"}, {"job", "j"}}, 1234567.891, false, ""};
}

Rule rule_with(std::string annotation) {
  Rule rule;
  rule.name = "A";
  rule.annotations["k"] = std::move(annotation);
  return rule;
}

std::string expand(const std::string& text, const Sample& of = sample()) {
  const TemplateRun run(environment());
  return RuleTemplates::compile(rule_with(text)).expand(of, run).annotations.at(0).second;
}

}  // namespace

TEST_CASE("templates of rules see the sample, the external labels and the URL") {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"plain text", "plain text"},
      {"{{ $labels.job }} {{ .Labels.job }}", "j j"},
      {"{{ $labels }}", "map[__name__:v job:j]"},
      {"{{ $labels.nope }}", ""},
      {"{{ index $labels \"job\" }}", "j"},
      {"{{ $value }} {{ .Value }}", "1.234567891e+06 1.234567891e+06"},
      {"{{ $externalLabels.cluster }} {{ .ExternalLabels.cluster }}", "eu eu"},
      {"{{ $externalURL }} {{ .ExternalURL }} {{ externalURL }} {{ pathPrefix }}",
       "http://testhost:9090/path/prefix http://testhost:9090/path/prefix http://testhost:9090/path/prefix "
       "/path/prefix"},
      {"{{ query \"v\" | first }}", "{map[__name__:v job:j] 1.234567891e+06}"},
      {"{{ query \"v\" | first | label \"job\" }}", "j"},
      {"{{ range query \"v\" }}{{ .Labels.job }}={{ .Value }};{{ end }}", "j=1.234567891e+06;"},
      {"{{ len (query \"none\") }}", "0"},
      {"{{ with query \"none\" }}some{{ else }}none{{ end }}", "none"},
      {"{{ html \"<b>\" }}", "&lt;b&gt;"},
      {"{{ js \"<x>\" }}", "\\u003Cx\\u003E"},
      {"{{ urlquery \"a b\" }} {{ urlQueryEscape \"a b\" }}", "a+b a+b"},
      {"{{ slice \"abc\" 1 2 }}", "b"},
      {"{{ and $value 0 }}", "0"},
      {"{{ safeHtml \"<b>\" }}", "<b>"},
      {"{{ printf \"%.1f\" $value }}", "1234567.9"},
      {"{{ now }} {{ now | toTime }}", "1.7000000005e+09 2023-11-14 22:13:20.5 +0000 UTC"},
      {"{{ toDuration 1800 }} {{ (toDuration \"90\").Minutes }}", "30m0s 1.5"},
      {"{{ $value | toTime }}", "1970-01-15 06:56:07.891 +0000 UTC"},
      {"{{ parseDuration \"-1h30m\" }} {{ parseDuration \"500ms\" }}", "-5400 0.5"},
      {"{{ toDuration 60 | humanizeDuration }}", "1m 0s"},
      {"{{ $value | humanize }} {{ humanize1024 1048576 }} {{ humanizePercentage 0.5 }}", "1.235M 1Mi 50%"},
      {"{{ title \"a-b\" }} {{ toUpper \"é\" }} {{ toLower \"É\" }}", "A-B É é"},
      {"{{ (args 1 \"b\").arg1 }}", "b"},
      {"{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" 5 }}", "<5>"},
      {"{{ gt $value 5.0 }}", "true"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(expand(c.text) == c.want);
  }
}

TEST_CASE("values print as Go prints them") {
  const struct {
    double value;
    const char* want;
  } cases[] = {{0.0001, "0.0001"},     {0.00001, "1e-05"}, {100000, "100000"},
               {123456.7, "123456.7"}, {1000000, "1e+06"}, {1234567.891, "1.234567891e+06"},
               {1e20, "1e+20"},        {1e21, "1e+21"},    {std::nan(""), "NaN"},
               {INFINITY, "+Inf"}};
  for (const auto& c : cases) CHECK(expand("{{ $value }}", Sample{Labels{}, c.value, false, ""}) == c.want);
}

TEST_CASE("a histogram is shown as Prometheus shows it") {
  CHECK(expand("{{ $value }}", Sample{Labels{}, 0, true, "{count:3, sum:4.5}"}) == "{count:3, sum:4.5}");
}

TEST_CASE("a template that fails becomes the error text and the rest goes on") {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"{{ .Foo }}",
       "can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels "
       "map[string]string; "
       "ExternalURL string; Value interface {} }"},
      {"{{ query \"none\" | first }}", "error calling first: first() called on vector with no elements"},
      {"{{ query \"bad\" }}", "error calling query: rule result is not a vector or scalar"},
      {"{{ humanize \"one\" }}",
       "error calling humanize: strconv.ParseFloat: parsing \"one\": invalid syntax"},
      {"{{ humanize $labels }}", "error calling humanize: can't convert map[string]string to float"},
      {"{{ humanize nil }}", "can't convert <nil> to float"},
      {"{{ index $labels 1 }}", "value has type int; should be string"},
      {"{{ ne 1 1.0 }}", "incompatible types for comparison"},
      {"{{ gt $value 5 }}", "incompatible types for comparison"},
      {"{{ 1.5 | label \"a\" }}", "wrong type for value; expected *template.sample; got float64"},
      {"{{ query }}", "wrong number of args for query: want 1 got 0"},
      {"{{ (query \"none\").banana }}", "can't evaluate field banana in type template.queryResult"},
      {"{{ match \"[\" \"a\" }}", "error calling match: error parsing regexp: missing closing ]: `[`"},
      {"{{ toTime 1e20 }}",
       "1e+20 cannot be represented as a nanoseconds timestamp since it overflows int64"},
      {"{{ parseDuration \"x\" }}", "error calling parseDuration: not a valid duration string: \"x\""},
      {"{{ template \"zz\" }}", "template \"zz\" not defined"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const std::string text = expand(c.text);
    CAPTURE(text);
    CHECK(text.find(
              "<error expanding template: error executing template __alert_A: template: __alert_A:1:") == 0);
    CHECK(text.find(c.message) != std::string::npos);
    CHECK(text.back() == '>');
  }
}

TEST_CASE("columns of error texts count the definitions that Prometheus puts in front") {
  CHECK(expand("{{ template \"zz\" }}") ==
        "<error expanding template: error executing template __alert_A: template: __alert_A:1:124: executing "
        "\"__alert_A\" at "
        "<{{template \"zz\"}}>: template \"zz\" not defined>");
  CHECK(rule_template_prelude().size() == 112);
}

TEST_CASE("failures are told with the name of what failed") {
  Rule rule = rule_with("{{ .Foo }}");
  rule.labels = {{"a", "{{ .Bar }}"}, {"b", "fine"}};
  const TemplateRun run(environment());
  const ExpandedRule expanded = RuleTemplates::compile(rule).expand(sample(), run);
  REQUIRE(expanded.failures.size() == 2);
  CHECK(expanded.failures[0].find("label \"a\": error executing template __alert_A: ") == 0);
  CHECK(expanded.failures[1].find("annotation \"k\": error executing template __alert_A: ") == 0);
  CHECK(expanded.labels.at(1) == std::pair<std::string, std::string>{"b", "fine"});
}

TEST_CASE("a text that does not parse expands to its error") {
  const std::string text = expand("{{ foo }}");
  CHECK(text ==
        "<error expanding template: error parsing template __alert_A: template: __alert_A:1: function "
        "\"foo\" not defined>");
}

TEST_CASE("within one evaluation each query is asked once") {
  TemplateEnvironment counting = environment();
  int asked = 0;
  counting.query = [&](const std::string& expression) {
    ++asked;
    return answer(expression);
  };
  const RuleTemplates templates = RuleTemplates::compile(
      rule_with("{{ query \"v\" | first | value }}{{ query \"v\" | len }}{{ query \"none\" | len }}"));
  const TemplateRun run(counting);
  templates.expand(sample(), run);
  templates.expand(sample(), run);
  CHECK(asked == 2);
  const TemplateRun next(counting);
  templates.expand(sample(), next);
  CHECK(asked == 4);
}

TEST_CASE("a rule says whether its templates may ask queries") {
  CHECK(RuleTemplates::compile(rule_with("{{ with query \"v\" }}x{{ end }}")).may_query());
  CHECK(!RuleTemplates::compile(rule_with("{{ $value }}")).may_query());
  CHECK(!RuleTemplates::compile(rule_with("a slow query")).may_query());
}

TEST_CASE("the checked function names are those that exist") {
  for (const std::string_view name : rule_function_names()) {
    CAPTURE(name);
    CHECK(rule_functions()->find(name) != nullptr);
  }
  CHECK(rule_functions()->find("tmpl") == nullptr);
}
