#include "rules/promql/printer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "rules/promql/parser.h"
#include "rules/promql/visitor.h"
#include "tests/rules/promql_generator.h"
#include "tests/rules/promql_properties.h"

using namespace tocsin;
using namespace tocsin::promql;

namespace {

Dialect everything() {
  return Dialect::newest_with_everything();
}

std::string printed(std::string_view source) {
  const Parsed parsed = parse(source, everything());
  if (!parsed.errors.empty()) return "! " + to_string(parsed.errors.front(), source);
  return to_string(*parsed.tree.root());
}

std::string pretty(std::string_view source) {
  const Parsed parsed = parse(source, everything());
  REQUIRE(parsed.errors.empty());
  return to_pretty_string(*parsed.tree.root());
}

// A node and all below it, without places, as lines; matchers in order of text, since the printer sorts them.
void describe(const Expr& node, int level, std::string& out);

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  return std::to_string(std::bit_cast<std::uint64_t>(value));
}

std::string duration_text(Duration duration, const DurationExpr* expression) {
  if (expression == nullptr) return std::to_string(duration.count());
  std::string text;
  describe(*expression, 0, text);
  return text;
}

std::string modifiers_text(const Modifiers* modifiers) {
  const Modifiers none;
  const Modifiers& found = modifiers == nullptr ? none : *modifiers;
  return " offset " + duration_text(found.offset, found.offset_expression) + " at " +
         std::to_string(static_cast<int>(found.at)) + " " + std::to_string(found.at_milliseconds);
}

std::string labels_text(std::span<const LabelName> labels) {
  std::string text = "(";
  for (const LabelName& label : labels) text += std::string(label.name) + ",";
  return text + ")";
}

std::string selector_text(const VectorSelector& selector) {
  std::vector<std::string> matchers;
  for (const LabelMatcher& matcher : selector.matchers)
    matchers.push_back(std::string(matcher.name) + std::string(to_string(matcher.type)) +
                       std::string(matcher.value));
  std::sort(matchers.begin(), matchers.end());
  std::string text = "selector " + std::string(selector.name);
  for (const std::string& matcher : matchers) text += " | " + matcher;
  return text + modifiers_text(selector.modifiers) + (selector.anchored ? " anchored" : "") +
         (selector.smoothed ? " smoothed" : "");
}

std::string own_text(const Expr& node) {
  return visit(
      node, Overloads{
                [](const NumberLiteral& n) {
                  return (n.duration ? "duration " : "number ") + number_text(n.value);
                },
                [](const StringLiteral& n) { return "string " + std::string(n.value); },
                [](const VectorSelector& n) { return selector_text(n); },
                [](const RangeSelector& n) { return "range " + duration_text(n.range, n.range_expression); },
                [](const Subquery& n) {
                  return "subquery " + duration_text(n.range, n.range_expression) + " : " +
                         duration_text(n.step, n.step_expression) + modifiers_text(n.modifiers);
                },
                [](const Call& n) { return "call " + std::string(n.name); },
                [](const Aggregation& n) {
                  return std::string(to_string(n.op)) + (n.without ? " without " : " by ") +
                         labels_text(n.grouping);
                },
                [](const BinaryExpr& n) {
                  std::string text = std::string(to_string(n.op)) + (n.return_bool ? " bool" : "");
                  if (n.matching == nullptr) return text;
                  const Matching& m = *n.matching;
                  return text + (m.on ? " on " : " ignoring ") + labels_text(m.labels) +
                         std::to_string(static_cast<int>(m.group)) + labels_text(m.include) +
                         number_text(m.fill_left.value_or(99)) + number_text(m.fill_right.value_or(99));
                },
                [](const UnaryExpr& n) { return std::string(n.negative ? "minus" : "plus"); },
                [](const Parenthesis&) { return std::string("parenthesis"); },
                [](const DurationExpr& n) {
                  std::string text =
                      "duration " + std::to_string(static_cast<int>(n.op)) + (n.wrapped ? " wrapped " : " ");
                  if (n.left != nullptr) describe(*n.left, 0, text);
                  if (n.right != nullptr) describe(*n.right, 0, text);
                  return text;
                },
            });
}

void describe(const Expr& node, int level, std::string& out) {
  out += std::string(static_cast<std::size_t>(level), ' ') + own_text(node) + '\n';
  for_each_child(node, [&](const Expr& child) { describe(child, level + 1, out); });
}

std::string shape(const Parsed& parsed) {
  std::string text;
  describe(*parsed.tree.root(), 0, text);
  return text;
}

}  // namespace

TEST_CASE("an expression is printed as Prometheus prints it") {
  const struct {
    const char* source;
    const char* text;
  } cases[] = {
      {"sum(foo)by(a,b)", "sum by (a, b) (foo)"},
      {"sum by()(foo)", "sum(foo)"},
      {"sum without()(foo)", "sum without () (foo)"},
      {"SUM WITHOUT(\"a.b\", c)(foo)", "sum without (\"a.b\", c) (foo)"},
      {"topk(5,foo)", "topk(5, foo)"},
      {"count_values('v',foo)", "count_values(\"v\", foo)"},
      {"a+b*c", "a + b * c"},
      {"a ==bool 1", "a == bool 1"},
      {"a-on(x)b", "a - on (x) b"},
      {"a - on() b", "a - on () b"},
      {"a - ignoring() b", "a - b"},
      {"a * ignoring() group_left b", "a * ignoring () group_left () b"},
      {"a*on(x,y)group_right(z)b", "a * on (x, y) group_right (z) b"},
      {"a + fill(0) b", "a + fill (0) b"},
      {"a + on(x) fill_right(1) fill_left(2) b", "a + on (x) fill_left (2) fill_right (1) b"},
      {"a == on() 1", "a == 1"},
      {"-1^2", "-1 ^ 2"},
      {"- foo", "-foo"},
      {"((a))", "((a))"},
      {"foo{b=\"1\",a!='2',}", "foo{a!=\"2\",b=\"1\"}"},
      {"foo{}", "foo"},
      {"{\"foo\",a=~\"b\"}", "{__name__=\"foo\",a=~\"b\"}"},
      {"{'a.b'=\"c\"}", "{\"a.b\"=\"c\"}"},
      {"foo{a=\"\xc3\xa4\\n\\\"\"}", "foo{a=\"\xc3\xa4\\n\\\"\"}"},
      {"foo offset 90m @ 10", "foo @ 10.000 offset 1h30m"},
      {"foo offset - 7d", "foo offset -1w"},
      {"foo @ start() offset 1", "foo @ start() offset 1s"},
      {"foo[300] offset 5m @ end()", "foo[5m] @ end() offset 5m"},
      {"foo[5m] anchored offset 1m", "foo[5m] anchored offset 1m"},
      {"foo smoothed @ 1", "foo @ 1.000 smoothed"},
      {"foo[1h:]", "foo[1h:]"},
      {"foo[60m:90] offset 1m @ 1.5", "foo[1h:1m30s] @ 1.500 offset 1m"},
      {"foo[5m+ 1m*2]", "foo[5m + 1m * 2]"},
      {"foo[(5m)]", "foo[(5m)]"},
      {"foo[-(1m)+min_of(2m,step())]", "foo[-(1m) + min_of(2m, step())]"},
      {"foo offset (1m+1)", "foo offset (1m + 1)"},
      {"foo offset (1m) @ 5 + bar", "foo offset (1m) @ 5.000 + bar"},
      {"foo offset - -1m + 2", "foo offset (1m + 2)"},
      {"foo[0.0001]", "foo[0.0001]"},
      {"1e6", "1000000"},
      {"1e23", "100000000000000000000000"},
      {"1e-7", "0.0000001"},
      {"0x1F", "31"},
      {"inf", "+Inf"},
      {"-Inf", "-Inf"},
      {"nan", "NaN"},
      {"inf ^ 2", "Inf ^ 2"},
      {"2 * inf", "2 * +Inf"},
      {"90m", "1h30m"},
      {"-5m", "-5m"},
      {"rate( foo[5m] )  # comment", "rate(foo[5m])"},
      {"label_join(a,'b',`c\\d`)", "label_join(a, \"b\", \"c\\\\d\")"},
      {"info(a,{})", "info(a, {})"},
      {"a or b and c", "a or b and c"},
      {"a</1", "a </ 1"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.source);
    CHECK(printed(c.source) == c.text);
  }
}

TEST_CASE("what is too long for a line is broken as promtool breaks it") {
  CHECK(pretty("sum by (a) (foo)") == "sum by (a) (foo)");
  CHECK(
      pretty("sum by (job) (rate(http_requests_total{job=\"a_long_job_name\"}[5m])) / on (job) group_left () "
             "sum by (job) (rate(http_requests_total{job=\"another_long_job_name\"}[5m])) > 10") ==
      "    sum by (job) (rate(http_requests_total{job=\"a_long_job_name\"}[5m]))\n"
      "  / on (job) group_left ()\n"
      "    sum by (job) (rate(http_requests_total{job=\"another_long_job_name\"}[5m]))\n"
      ">\n"
      "  10");
  CHECK(pretty("histogram_quantile(0.99, sum by (le, job, instance, cluster, namespace) "
               "(rate(http_request_duration_seconds_bucket{job=\"api\"}[5m])))") ==
        "histogram_quantile(\n"
        "  0.99,\n"
        "  sum by (le, job, instance, cluster, namespace) (\n"
        "    rate(http_request_duration_seconds_bucket{job=\"api\"}[5m])\n"
        "  )\n"
        ")");
  CHECK(pretty("-topk(5, (first_quite_long_metric_name_total{job=\"a\"} + "
               "second_quite_long_metric_name_total{job=\"b\"}))")
            .find("-topk(\n  5,\n  (first") == 0);
}

TEST_CASE("what is printed reads back as the same tree") {
  constexpr unsigned kRounds = 3000;
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const std::string source = ExpressionGenerator(seed).expression();
    CAPTURE(seed);
    CAPTURE(source);
    const Parsed first = parse(source, everything());
    if (!first.errors.empty()) FAIL(to_string(first.errors.front(), source));
    const std::string text = to_string(*first.tree.root());
    CAPTURE(text);
    const Parsed second = parse(text, everything());
    if (!second.errors.empty()) FAIL(to_string(second.errors.front(), text));
    CHECK(to_string(*second.tree.root()) == text);
    CHECK(shape(second) == shape(first));
    const std::string lines = to_pretty_string(*first.tree.root());
    CAPTURE(lines);
    const Parsed third = parse(lines, everything());
    if (!third.errors.empty()) FAIL(to_string(third.errors.front(), lines));
    CHECK(shape(third) == shape(first));
  }
}

TEST_CASE("whatever is changed in an expression, mistakes and trees keep their properties") {
  constexpr unsigned kRounds = 4000;
  constexpr std::string_view kPieces = "abmsy0159 \n\"'`\\(){}[],.:@#=!~<>+-*/%^_\xc3\xff";
  std::mt19937 random(1);
  const Dialect dialects[] = {everything(), Dialect::of({2, 42}), Dialect{}, Dialect::of({3, 5}),
                              Dialect::any()};
  for (unsigned round = 0; round < kRounds; ++round) {
    std::string source = ExpressionGenerator(round).expression();
    for (unsigned change = 0; change < 1 + round % 3; ++change) {
      const std::size_t place = random() % (source.size() + 1);
      source.replace(place, random() % 3, 1, kPieces[random() % kPieces.size()]);
    }
    CAPTURE(round);
    CAPTURE(source);
    CHECK(broken_property(source, dialects[round % std::size(dialects)]) == "");
  }
}
