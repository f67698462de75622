// The parser against Prometheus' own cases, and what is said about mistakes.
#include "rules/promql/parser.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json.h"
#include "rules/promql/printer.h"
#include "rules/promql/visitor.h"

using namespace tocsin;
using namespace tocsin::promql;

namespace {

std::filesystem::path table() {
  const char* folder = std::getenv("TOCSIN_CORPUS");
  return std::filesystem::path(folder != nullptr ? folder : "../shared/corpus") /
         "tables/promql_parse_cases.json";
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The version that the table was taken from, with everything on.
Dialect of_table() {
  return Dialect::of({3, 5}).with_all_features();
}

std::string all_errors(const Parsed& parsed, std::string_view source) {
  std::string text;
  for (const Mistake& mistake : parsed.errors) text += to_string(mistake, source) + '\n';
  return text;
}

// Prometheus' name for the kind of the root node.
std::string_view go_name(const Expr& root) {
  constexpr std::string_view kNames[] = {"NumberLiteral", "StringLiteral", "VectorSelector", "MatrixSelector",
                                         "SubqueryExpr",  "Call",          "AggregateExpr",  "BinaryExpr",
                                         "UnaryExpr",     "ParenExpr",     "DurationExpr"};
  return kNames[static_cast<std::size_t>(root.kind)];
}

std::string mistakes(std::string_view source, const Dialect& dialect = {}) {
  return all_errors(parse(source, dialect), source);
}

bool accepts(std::string_view source, const Dialect& dialect = {}) {
  return parse(source, dialect).errors.empty();
}

// The offending piece of the first mistake, and the hint.
struct Pointed {
  std::string piece;
  std::string hint;
};
Pointed pointed(std::string_view source, const Dialect& dialect = {}) {
  const Parsed parsed = parse(source, dialect);
  REQUIRE(!parsed.errors.empty());
  return {std::string(parsed.tree.text(parsed.errors.front().extent)), parsed.errors.front().hint};
}

}  // namespace

TEST_CASE("Prometheus' own cases get Prometheus' verdict, kind and words") {
  if (!std::filesystem::exists(table())) {
    MESSAGE("skipped: no table at " << table().string() << " (set TOCSIN_CORPUS)");
    return;
  }
  const Result<JsonValue> cases = JsonValue::parse(contents(table()));
  REQUIRE(cases.has_value());
  int compared = 0;
  for (const JsonValue& row : cases->array()) {
    // The other rows are of another language: series of unit tests.
    const std::string origin = row.text("table");
    if (origin.find("(input,expected,fail,errMsg)") == std::string::npos &&
        origin.find(":5254") == std::string::npos)
      continue;
    const std::string input = row.text("input");
    const std::string shown = input.substr(0, 200);
    CAPTURE(shown);
    const Parsed parsed = parse(input, of_table());
    const std::string errors = all_errors(parsed, input);
    CAPTURE(errors);
    ++compared;
    if (!row.boolean("fail")) {
      CHECK(errors == "");
      REQUIRE(parsed.tree.root() != nullptr);
      if (!row.text("root_type").empty()) CHECK(go_name(*parsed.tree.root()) == row.text("root_type"));
      continue;
    }
    CHECK(errors != "");
    // Two rows lack the number that was to be filled in; one is deeper than we go at all.
    if (input == "foo @ %f" || errors.find("nested more than") != std::string::npos) continue;
    CHECK(errors.find(row.text("err_substr")) != std::string::npos);
  }
  CHECK(compared > 300);
}

TEST_CASE("what Prometheus 2.42 takes") {
  for (const char* source : {"010",
                             "08",
                             "5.",
                             ".5",
                             "1e3",
                             "0x1f",
                             "0x1e",
                             "inf",
                             "-NaN",
                             "infinity",
                             "SUM BY(a)(foo)",
                             "topk(5, foo) by (a)",
                             "by",
                             "offset",
                             "start",
                             "end{a=\"b\"}",
                             "sum + 1",
                             "sum{a=\"b\"}",
                             "-foo^2",
                             "-1^2",
                             "foo{a=\"b\",}",
                             "sum by (foo,) (bar)",
                             "sum by () (bar)",
                             "sum by (by) (x)",
                             "sum by (on,bool,atan2,group_left) (x)",
                             "1 > bool 2",
                             "time() == bool 1",
                             "\"a\"",
                             "1 atan2 2",
                             "a == on() b",
                             "a offset - 5m",
                             "a offset 5m @ 1",
                             "foo @ 1 offset 5m",
                             "foo @ -1.5",
                             "a[5m] @ 1",
                             "(a)[5m:]",
                             "foo[5m:] @ start()",
                             "foo[5m1s]",
                             "'it\\'s'",
                             "`a\\q`",
                             ":foo",
                             "hour()",
                             "label_join(a,\"b\",\"c\")",
                             "quantile(0.9, a)",
                             "count_values(\"x\", a)",
                             "a == on() 1",
                             "holt_winters(a[5m], 0.5, 0.5)",
                             "limitk + limit_ratio",
                             "min_of + step + range + anchored + fill"}) {
    CAPTURE(source);
    CHECK(mistakes(source, Dialect::of({2, 42})) == "");
  }
}

TEST_CASE("what Prometheus 2.42 refuses") {
  for (const char* source : {"0b1",
                             "1e",
                             "1e3x",
                             "1.2.3",
                             "1_000",
                             "5m",
                             "foo[300]",
                             "foo offset 300",
                             "foo[0s]",
                             "foo offset 0s",
                             "foo[1s5m]",
                             "1h30",
                             "bool",
                             "on",
                             "group_left",
                             "atan2",
                             "start()",
                             "step()",
                             "ABS(foo)",
                             "foo{,}",
                             "{}",
                             "{a=\"\"}",
                             "{a=~\".*\"}",
                             "foo{a=~\"(\"}",
                             "foo{a:b=\"c\"}",
                             "a{b=\"c\"}{d=\"e\"}",
                             "a b",
                             "sum(foo,)",
                             "sum()",
                             "sum by (without) (x)",
                             "a and on(x) group_left b",
                             "a * on(x) group_left(x) b",
                             "a * group_left b",
                             "1 and 2",
                             "a and 1",
                             "1 > 2",
                             "\"a\"==\"b\"",
                             "\"a\" + 1",
                             "a + bool b",
                             "a[5m] + 1",
                             "-a[5m]",
                             "-\"a\"",
                             "time() offset 5m",
                             "topk(a, b)",
                             "count_values(x, a)",
                             "a[5m][5m]",
                             "(a)[5m]",
                             "a[5m:1m][5m:1m]",
                             "a @ 1 [5m]",
                             "a @ 1 @ 2",
                             "a offset 5m offset 6m",
                             "foo @ inf",
                             "\"\\q\"",
                             "\"it\\'s\"",
                             "round(a,1,2)",
                             "hour(1)",
                             "label_join(a,\"b\")",
                             "vector(a)",
                             "rate(a)",
                             "rate(a[5m],1)",
                             "absent(a[5m])",
                             "foo()",
                             "",
                             "{\"a.b\"}",
                             "sum by (\"a\") (b)",
                             "sum by (a:b) (c)",
                             "foo offset +5m",
                             "foo[5m+1m]",
                             "double_exponential_smoothing(a[5m],1,1)",
                             "histogram_avg(a)",
                             "a + fill(0) b",
                             "a </ 5",
                             "foo anchored"}) {
    CAPTURE(source);
    CHECK(!accepts(source, Dialect::of({2, 42})));
  }
}

TEST_CASE("what later versions add") {
  const struct {
    const char* source;
    Version since;  // with every feature switched on
  } cases[] = {
      {"histogram_stddev(a)", {2, 47}},
      {"sort_by_label(a, \"b\")", {2, 49}},
      {"1_000", {2, 54}},
      {"1_000.5", {2, 54}},
      {"5m", {2, 54}},
      {"foo[300]", {2, 54}},
      {"foo offset 300", {2, 54}},
      {"foo offset 0s", {2, 54}},
      {"foo > 10m", {2, 54}},
      {"foo @ 5m", {2, 54}},
      {"limitk(5, a)", {2, 54}},
      {"{\"a.b\", 'c d'=\"e\"}", {3, 0}},
      {"sum by (\"a\", b:c) (d)", {3, 0}},
      {"double_exponential_smoothing(a[5m], 0.5, 0.5)", {3, 0}},
      {"foo[5m+1m]", {3, 4}},
      {"foo offset +5m", {3, 4}},
      {"foo offset -(2*5m)", {3, 4}},
      {"foo[-(5m - 1h)]", {3, 4}},
      {"foo[step()]", {3, 6}},
      {"foo offset -step()", {3, 6}},
      {"foo[5m] anchored", {3, 7}},
      {"rate(foo[5m] smoothed)", {3, 7}},
      {"a + fill(0) b", {3, 10}},
      {"a + on(c) group_left() fill_right(-1) fill_left(2) b", {3, 10}},
      {"a </ 5", {3, 11}},
      {"start() + step()", {3, 12}},
      {"min_of(1, 2)", {3, 13}},
      {"foo[min_of(5m, step())]", {3, 13}},
      {"foo offset max_of(5m, 2 * step())", {3, 13}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.source);
    for (const Version version : {Version{2, 42},
                                  {2, 47},
                                  {2, 49},
                                  {2, 54},
                                  {3, 0},
                                  {3, 4},
                                  {3, 6},
                                  {3, 7},
                                  {3, 10},
                                  {3, 11},
                                  {3, 12},
                                  {3, 13},
                                  {3, 14}}) {
      CAPTURE(to_string(version));
      CHECK(accepts(c.source, Dialect::of(version).with_all_features()) == (version >= c.since));
    }
  }
}

TEST_CASE("a feature that is not switched on is refused with the flag's name, or taken with a warning") {
  const struct {
    const char* source;
    const char* flag;
  } cases[] = {
      {"mad_over_time(a[5m])", "promql-experimental-functions"},
      {"limitk(5, a)", "promql-experimental-functions"},
      {"rate(a[5m] anchored)", "promql-extended-range-selectors"},
      {"a + fill(0) b", "promql-binop-fill-modifiers"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.source);
    CHECK(pointed(c.source).hint.find(c.flag) != std::string::npos);
    const Parsed lenient = parse(c.source, Dialect::any());
    CHECK(lenient.errors.empty());
    REQUIRE(lenient.warnings.size() == 1);
    CHECK(lenient.warnings[0].hint.find(c.flag) != std::string::npos);
  }
  CHECK(accepts("foo[5m + 1m]"));  // a flag until 3.13
  CHECK(!accepts("foo[5m + 1m]", Dialect::of({3, 13})));
  CHECK(!accepts("holt_winters(a[5m], 0.5, 0.5)"));
  CHECK(parse("holt_winters(a[5m], 0.5, 0.5)", Dialect::any()).warnings.size() == 1);
}

TEST_CASE("what else Prometheus 3 refuses") {
  for (const char* source : {"1__0",
                             "1_",
                             "0x",
                             "1e1000",
                             "0x1.8",
                             "foo[5m:1m:1m]",
                             "foo[:5m]",
                             "foo[5m",
                             "foo[5m))",
                             "foo[[5m]",
                             "foo[\"5m\"]",
                             "foo[5m:0s]",
                             "foo[5m] offset",
                             "foo @",
                             "foo @ start",
                             "foo @ (5)",
                             "foo offset (5m) + bar",
                             "{\"a\" \"b\"}",
                             "foo{\"bar\"}",
                             "foo{__name__=\"foo\"}",
                             "sum by (a) (b) by (c)",
                             "sum by a (b)",
                             "sum(a)(b)",
                             "a + on b",
                             "a == bool",
                             "()",
                             "f(",
                             "a,b",
                             "a;b",
                             "a = b",
                             "a && b",
                             "!a",
                             "a !~ b",
                             "foo{a=\"b\"",
                             "foo{a=b}",
                             "foo{a}",
                             "'a",
                             "'a\nb'",
                             "\"\\xg0\"",
                             "\"\\ud800\"",
                             "\"\\400\"",
                             "\xff",
                             "foo{a=\"\xff\"}",
                             "foo{a=~\"\\\\C\"}",
                             "info(a, b)",
                             "info(a, sum(b))",
                             "info(a, {b=\"c\"}[5m])",
                             "a and fill(0) b",
                             "a + fill(0) 1",
                             "foo[5m] anchored smoothed",
                             "foo[5m:] anchored",
                             "sum(foo) smoothed",
                             "foo[5m/0]",
                             "foo offset 9.5e10",
                             "rate(foo[5m])[5m]",
                             "sum(foo) without",
                             "by(a)",
                             "fill(0)",
                             "a </ on() b[5m]",
                             "foo offset min(5m, 1m)"}) {
    CAPTURE(source);
    CHECK(!accepts(source, Dialect::newest_with_everything()));
  }
}

TEST_CASE("what else Prometheus 3 takes") {
  for (const char* source : {"info(a, {})",
                             "info(a, {b=\"c\"})",
                             "{__name__=\"a\", __name__=\"b\"}",
                             "{\"\", a=\"b\"}",
                             "{\"\"=\"a\", b=\"c\"}",
                             "foo[5m # five\n]",
                             "foo # bar\n",
                             "a\n+\n# c\nb",
                             "{ # c\n a=\"b\" # d\n}",
                             "foo[1h:]",
                             "foo[1h:1]",
                             "foo[5m:5m] offset -1h @ end()",
                             "foo offset 0s offset 5m",
                             "foo @ start() [5m]",
                             "sum without () (a)",
                             "a + on () b",
                             "a == bool on (b) group_left c",
                             "a + - - b",
                             "2 ^ -3 * 4",
                             "a or b and c unless d",
                             "sum by (sum, avg, by, offset) (a)",
                             "count_values without (b) (\"c\", d)",
                             "1 + 2 / (3 * 1)",
                             "foo offset (5m) * 2",
                             "foo offset step()",
                             "foo[5m] offset (1m + 1m)",
                             "foo offset -5m + 2",
                             "foo{a=~\"b|c.*[0-9]+\\\\.d\"}",
                             "foo{a=~\"(?i)x\"}",
                             "{a!=\"\"}",
                             "{a!~\".*\"}",
                             "\"\\U0001F600\\x41\\101\"",
                             "time() - 1d",
                             "-1h",
                             "fill + fill",
                             "anchored",
                             "Inf",
                             "+nan",
                             "label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")"}) {
    CAPTURE(source);
    CHECK(mistakes(source, Dialect::newest_with_everything()) == "");
  }
}

TEST_CASE("a mistake points at the offending piece and shows a way out") {
  const struct {
    const char* source;
    const char* piece;
    const char* hint;
  } cases[] = {
      {"sum(raet(foo[5m]))", "raet", "did you mean `rate`?"},
      {"ABS(foo)", "ABS", "did you mean `abs`?"},
      {"rate(foo)", "foo", "add a range: `foo[5m]`"},
      {"sum(foo[5m])", "foo[5m]", "`rate(foo[5m])`"},
      {"1 == 1", "==", "write `== bool`"},
      {"foo && bar", "&", "`and`"},
      {"foo = 1", "=", "compare with =="},
      {"foo{a==\"b\"}", "=", "single ="},
      {"foo{a=b}", "b", "quotes"},
      {"rate(foo[5m]) offset 1h", "rate(foo[5m])", "directly after the selector"},
      {"a * group_left b", "group_left", "it needs on"},
      {"sum(foo,)", ",", "remove the comma"},
      {"foo{a=~\"(\"}", "a=~\"(\"", "RE2"},
      {"foo{a=\"b\"", "", "add the missing }"},
      {"(foo + bar)[5m]", "[5m]", "[5m:]"},
      {"a * on(x) group_left(x) b", "x", "remove it"},
      {"foo[5m] + 1", "foo[5m]", "rate"},
      {"foo bar", "bar", "operator is missing"},
      {"foo[5x]", "5x", "5m"},
      {"\"\\d\"", "\"\\", "backslash"},
      {"sum by (without) (a)", "without", "quotes"},
      {"foo[min(5m, 1m)]", "min", "`min_of`"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.source);
    const Pointed found = pointed(c.source);
    CHECK(found.piece == c.piece);
    CAPTURE(found.hint);
    CHECK(found.hint.find(c.hint) != std::string::npos);
  }
  CHECK(pointed("histogram_avg(a)", Dialect::of({2, 42})).hint == "Prometheus 2.51 brings it");
}

TEST_CASE("all mistakes of types are reported, each once") {
  CHECK(
      mistakes("raet(a) + sum(b[5m]) +\n topk(c, -d[1m])") ==
      "1:1: parse error: unknown function with name \"raet\"\n"
      "1:15: parse error: expected type instant vector in aggregation expression, got range vector\n"
      "2:10: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "
      "\"range vector\"\n"
      "2:10: parse error: expected type instant vector in aggregation expression, got range vector\n"
      "2:7: parse error: expected type scalar in aggregation parameter, got instant vector\n");
  CHECK(mistakes("rate(nosuch(a)) > 0 and nosuch(b) == 1") ==
        "1:6: parse error: unknown function with name \"nosuch\"\n"
        "1:25: parse error: unknown function with name \"nosuch\"\n");
}

TEST_CASE("an expression full of mistakes has a bounded list of them, which says so") {
  std::string source = "raet(a)";
  for (int i = 0; i < 1000; ++i) source += " + raet(a)";
  const Parsed parsed = parse(source);
  REQUIRE(parsed.errors.size() == kMostMistakes + 1);
  CHECK(parsed.errors.back().message == "further mistakes of this expression are not listed");
}

TEST_CASE("every node knows its place and its type") {
  const std::string_view source = " sum by (a) (rate(foo{b=\"c\"}[5m] offset 1h)) >  2 * -x";
  const Parsed parsed = parse(source);
  REQUIRE(parsed.errors.empty());
  std::string seen;
  walk(*parsed.tree.root(), [&](const Expr& node) {
    seen += std::string(parsed.tree.text(node)) + " | " + std::string(to_string(node.type)) + '\n';
  });
  CHECK(seen ==
        "sum by (a) (rate(foo{b=\"c\"}[5m] offset 1h)) >  2 * -x | instant vector\n"
        "sum by (a) (rate(foo{b=\"c\"}[5m] offset 1h)) | instant vector\n"
        "rate(foo{b=\"c\"}[5m] offset 1h) | instant vector\n"
        "foo{b=\"c\"}[5m] offset 1h | range vector\n"
        "foo{b=\"c\"} | instant vector\n"
        "2 * -x | instant vector\n"
        "2 | scalar\n"
        "-x | instant vector\n"
        "x | instant vector\n");
  int selectors = 0;
  walk(*parsed.tree.root(), [&](const Expr& node) {
    visit(node, Overloads{[&](const VectorSelector&) { ++selectors; }, [](const Expr&) {}});
    return node.kind != NodeKind::kAggregation;  // not into it
  });
  CHECK(selectors == 1);
}

TEST_CASE("depth is bounded with a clear message, length is not") {
  const auto repeat = [](std::string_view text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const auto deep = [&](std::string_view before, std::string_view middle, std::string_view after) {
    return repeat(before, 100'000) + std::string(middle) + repeat(after, 100'000);
  };
  for (const std::string& source :
       {deep("(", "a", ")"), deep("-", "a", ""), deep("a^", "a", ""), deep("abs(", "a", ")"),
        deep("sum(", "a", ")"), deep("a[5m:", "", ""), deep("a[", "(5m", ")"),
        "a[" + deep("(", "5m", ")") + "]", "a[" + deep("-", "5m", "") + "]", "a" + deep("[5m:]", "", ""),
        "a[" + deep("5m+", "5m", "") + "]", "a offset " + deep("(", "5m", ")"), deep("a + (", "a", ")"),
        "a[" + deep("5m^", "5m", "") + "]"}) {
    const Parsed parsed = parse(source, Dialect::newest_with_everything());
    CAPTURE(source.substr(0, 20));
    CHECK(!parsed.errors.empty());
    CHECK(parsed.errors.size() < 3);
  }
  CHECK(mistakes(deep("(", "a", ")")).find("nested more than 300 deep") != std::string::npos);
  for (const std::string& source :
       {deep("a + ", "a", ""), deep("", "a", " or b == 1 and c"), "sum by (" + deep("a, ", "a", "") + ") (b)",
        "{" + deep("a=\"b\",", "", "") + "}", "\"" + deep("\\n", "", "") + "\"", deep("", "", " ") + "a"}) {
    const Parsed parsed = parse(source);
    CAPTURE(source.substr(0, 20));
    REQUIRE(parsed.errors.empty());
    CHECK(parse(to_string(*parsed.tree.root())).errors.empty());
    CHECK(to_pretty_string(*parsed.tree.root()).size() < source.size() * 100);
  }
}

TEST_CASE("the name of a dialect is a version") {
  CHECK(parse_dialect("2.42")->version == Version{2, 42});
  CHECK(parse_dialect("3.5.1")->version == Version{3, 5});
  CHECK(parse_dialect("3")->version == Dialect::kNewest);
  CHECK(parse_dialect("any")->unknown == Dialect::Unknown::kWarn);
  for (const char* text : {"", "2", "x", "2.41", "3.", "3.5x", "-1.2"}) {
    CAPTURE(text);
    CHECK(!parse_dialect(text).has_value());
  }
  CHECK(with_features(Dialect::of({3, 5}), "native-histograms,promql-duration-expr")
            .has(Feature::kDurationExpressions));
}
