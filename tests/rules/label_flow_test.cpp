#include <doctest/doctest.h>

#include <algorithm>

#include "rules/label_flow.h"
#include "rules/promql/parser.h"
#include "rules/regex_shape.h"

using namespace tocsin;

namespace {

// "job=api cluster! pod? le-" : fixed, surely, may be, cannot; then what holds for all others: * or nothing.
std::string flow_of(std::string_view expression) {
  const promql::Parsed parsed = promql::parse(expression, promql::Dialect::newest_with_everything());
  if (parsed.tree.root() == nullptr) return "no expression: " + parsed.errors.front().message;
  const LabelFlow flow = label_flow(parsed.tree);
  std::vector<std::string> words;
  for (const LabelFlow::Label& label : flow.labels()) {
    if (label.presence == Presence::kCannot && flow.closed()) continue;
    if (label.presence == Presence::kMay && !flow.closed() && !label.fixed) continue;
    std::string word(label.name);
    word += label.presence == Presence::kSurely ? "!" : label.presence == Presence::kMay ? "?" : "-";
    if (label.fixed) word += "=" + std::string(label.value);
    words.push_back(word);
  }
  std::sort(words.begin(), words.end());
  if (!flow.closed()) words.push_back("*");
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

struct Case {
  std::string expression;
  std::string flow;
};

void check_all(std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.expression);
    CHECK(flow_of(one.expression) == one.flow);
  }
}

}  // namespace

TEST_CASE("a selector says of labels what its matchers say") {
  check_all({
      {"foo", "__name__!=foo *"},
      {R"({__name__="foo"})", "__name__!=foo *"},
      {R"(foo{job="api"})", "__name__!=foo job!=api *"},
      {R"(foo{job=""})", "__name__!=foo job- *"},
      {R"(foo{job!=""})", "__name__!=foo job! *"},
      {R"(foo{job!="api"})", "__name__!=foo *"},
      {R"(foo{job=~".+"})", "__name__!=foo job! *"},
      {R"(foo{job=~".*"})", "__name__!=foo *"},
      {R"(foo{job=~"a|b"})", "__name__!=foo job! *"},
      {R"(foo{job=~"a|"})", "__name__!=foo *"},
      {R"(foo{job!~"a|b"})", "__name__!=foo *"},
      {R"(foo{job!~".+"})", "__name__!=foo job- *"},
      {R"(foo{job!~"|a"})", "__name__!=foo job! *"},
  });
}

TEST_CASE("functions keep labels, and most drop the name") {
  check_all({
      {R"(rate(foo{job="api"}[5m]))", "__name__- job!=api *"},
      {"last_over_time(foo[5m])", "__name__!=foo *"},
      {"abs(foo)", "__name__- *"},
      {"-foo", "__name__- *"},
      {"+foo", "__name__!=foo *"},
      {"sort_desc(foo)", "__name__!=foo *"},
      {"histogram_quantile(0.9, rate(foo_bucket[5m]))", "__name__- le- *"},
      {"max_over_time(foo[1h:5m])", "__name__- *"},
      {"vector(1)", ""},
      {"hour()", ""},
      {"time()", ""},
      {"scalar(foo)", ""},
      {"vector(scalar(foo))", ""},
      {"timestamp(foo)", "__name__- *"},
      {R"(info(foo{job="api"}))", "__name__!=foo job!=api *"},
  });
}

TEST_CASE("aggregations keep what by names, or all but what without names") {
  check_all({
      {"sum(foo)", ""},
      {"sum by (job) (foo)", "job?"},
      {R"(sum by (job) (foo{job="api"}))", "job!=api"},
      {R"(sum by (job, pod) (sum by (job) (foo{job!=""})))", "job!"},
      {"sum without (instance) (foo)", "__name__- instance- *"},
      {R"(max without (pod) (sum by (job, pod) (foo)))", "job?"},
      {"topk(5, foo)", "__name__!=foo *"},
      {"topk by (job) (5, foo)", "__name__!=foo *"},
      {R"(count_values("version", build_info))", "version!"},
      {R"(count_values by (job) ("version", build_info))", "job? version!"},
      {"quantile by (job) (0.9, foo)", "job?"},
  });
}

TEST_CASE("absent() has the labels that its selector fixes by one matcher") {
  check_all({
      {"absent(foo)", ""},
      {R"(absent(foo{job="api", pod=~"a.*"}))", "job!=api"},
      {R"(absent(foo{job="api", job!="b"}))", ""},
      {R"(absent((foo{job="api"})))", "job!=api"},
      {R"(absent(sum(foo{job="api"})))", ""},
      {R"(absent_over_time(foo{job="api"}[5m]))", "job!=api"},
  });
}

TEST_CASE("label_replace and label_join write labels") {
  check_all({
      {R"x(label_replace(foo, "team", "db", "", ""))x", "__name__!=foo team!=db *"},
      {R"x(label_replace(vector(1), "team", "db", "", ""))x", "team!=db"},
      {R"x(label_replace(foo, "team", "db", "job", ".*"))x", "__name__!=foo team!=db *"},
      {R"x(label_replace(sum(foo), "team", "$1", "job", "(.+)"))x", ""},
      {R"x(label_replace(sum by (job) (foo), "team", "$1", "job", "(.+)"))x", "job? team?"},
      {R"x(label_replace(foo{job="a"}, "team", "$1", "job", "(.*)"))x", "__name__!=foo job!=a team! *"},
      {R"x(label_replace(foo{job="a"}, "job", "", "job", ".*"))x", "__name__!=foo job- *"},
      {R"x(label_join(sum by (a, b) (foo), "c", "-", "a", "b"))x", "a? b? c!"},
      {R"x(label_join(sum by (a) (foo), "c", "", "a"))x", "a? c?"},
      {R"x(label_join(sum(foo), "c", "", "a"))x", ""},
  });
}

TEST_CASE("binary operators keep the labels by which they match") {
  check_all({
      {"foo > 5", "__name__!=foo *"},
      {"foo > bool 5", "__name__- *"},
      {"5 < foo", "__name__!=foo *"},
      {"foo * 2", "__name__- *"},
      {R"(foo{job="api"} / bar)", "__name__- job!=api *"},
      {R"(foo / bar{job="api"})", "__name__- job!=api *"},
      {"foo / on (job) bar", "job?"},
      {R"(foo / on (job) bar{job="api"})", "job!=api"},
      {"foo / ignoring (pod) bar", "__name__- pod- *"},
      {"foo * on (job) group_left (team) bar", "__name__- *"},
      {R"(foo * on (job) group_left (team) bar{team="db"})", "__name__- team!=db *"},
      {R"(sum by (job) (foo) * on (job) group_left (team) bar{team="db"})", "job? team!=db"},
      {R"(foo{pod="x"} * on (job) group_right (pod) sum by (job) (bar))", "job? pod!=x"},
      {"sum by (job) (foo) * on (job) group_left (team) sum by (job) (bar)", "job?"},
      {"foo / sum(bar)", ""},
      {"foo and on (job) sum by (job) (bar)", "__name__!=foo *"},
      {R"(foo and on (job) bar{job="api"})", "__name__!=foo job!=api *"},
      {R"(foo{job="api"} unless bar)", "__name__!=foo job!=api *"},
      {R"(foo{job="api"} or bar)", "__name__! *"},
      {R"(sum by (job) (foo{job="a"}) or sum by (job) (foo{job="b"}))", "job!"},
      {R"(absent(foo{job="a"}) or vector(1))", "job?=a"},
  });
}

TEST_CASE("a long chain of or does not recurse") {
  std::string expression = "a";
  for (int i = 0; i < 20000; ++i) expression += " or a";
  CHECK(flow_of(expression) == "__name__!=a *");
}

TEST_CASE("the shape of a regular expression is read without compiling it") {
  CHECK(regex_shape("api").plain());
  CHECK(regex_shape(R"(a\.b)").literal() == "a.b");
  CHECK(regex_shape("").plain());
  for (const char* pattern : {"a|b", "a.b", "a+", "[ab]", "(a)", "a?", "^a", "a{2}", "(?i)a"})
    CHECK_FALSE(regex_shape(pattern).plain());
  for (const char* pattern : {"", ".*", "a?", "a*", "(a|)", "|a", "a{0,2}", "(?:a)?", "^$", "[a]*"})
    CHECK_MESSAGE(matches_absent_label(pattern), pattern);
  for (const char* pattern : {"a", ".+", "a|b", "(a|b)+", "[a]", "a{1,2}", "\\d", "a?b", "(?i)a"})
    CHECK_FALSE_MESSAGE(matches_absent_label(pattern), pattern);
}
