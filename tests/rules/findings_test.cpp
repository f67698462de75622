// Each check, with what it finds beside what comes near and is good.
#include <doctest/doctest.h>

#include <algorithm>

#include "rules/checked_rule_file.h"
#include "rules/findings/rule_findings.h"

using namespace tocsin;

namespace {

// Codes with the line of each, "promql/rate:5", in order of place.
std::string codes_of(const Problems& problems) {
  std::string text;
  for (const Problem* problem : problems.in_order()) {
    if (problem->code.empty()) continue;
    if (!text.empty()) text += ' ';
    text += problem->code + ':' + std::to_string(problem->position.line);
  }
  return text;
}

Problems find(std::initializer_list<std::string> texts, std::optional<Duration> interval = std::nullopt) {
  Problems problems;
  std::vector<CheckedRuleFile> files;
  int number = 0;
  for (const std::string& text : texts)
    files.push_back(read_checked_rule_file(text, "r" + std::to_string(++number) + ".yml", problems));
  CHECK_MESSAGE(!problems.has_errors(), problems.to_string());
  for (const CheckedRuleFile& file : files) find_in_rule_file(file, interval, problems);
  find_in_rule_files(files, problems);
  return problems;
}

std::string group_of(const std::string& rules) {
  return "groups:\n- name: g\n  rules:\n" + rules;
}

// Of one alert with this expression, and a `for` that leaves alerts/absent and promql/fragile aside.
Problems find_alert(const std::string& expression) {
  std::string quoted;
  for (const char c : expression) quoted += c == '\'' ? "''" : std::string(1, c);
  return find({group_of("  - alert: A\n    expr: '" + quoted + "'\n    for: 5m\n")});
}

// The codes without lines, each once.
std::string alert_codes(const std::string& expression) {
  std::vector<std::string> codes;
  const Problems problems = find_alert(expression);
  for (const Problem* problem : problems.in_order()) {
    if (!problem->code.empty() && std::ranges::find(codes, problem->code) == codes.end())
      codes.push_back(problem->code);
  }
  std::string text;
  for (const std::string& code : codes) text += (text.empty() ? "" : " ") + code;
  return text;
}

struct Case {
  std::string expression;
  std::string codes;
};

void check_all(std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.expression);
    CHECK(alert_codes(one.expression) == one.codes);
  }
}

}  // namespace

TEST_CASE("alerts/comparison: an alert needs a condition") {
  check_all({
      {"errors", "alerts/comparison"},
      {"errors > 0", ""},
      {"errors > bool 0", "alerts/comparison"},
      {"rate(errors_total[5m])", "alerts/comparison"},
      {"rate(errors_total[5m]) >= 0", "alerts/comparison"},
      {"rate(errors_total[5m]) > 0", ""},
      {"count(errors) > 0", "alerts/comparison"},
      {"count(up == 0) > 0", ""},
      {"absent(up)", ""},
      {"absent(up) == 1", ""},
      {R"(ALERTS{alertname="B"} == 1)", ""},
      {"errors > 1 or errors_b", "alerts/comparison"},
      {"errors > 1 or errors_b > 1", ""},
      {"errors unless on (job) ok", ""},
      {"errors and on (job) (ok > 1)", ""},
      {"errors and on (job) ok", "alerts/comparison"},
      {"sum(errors > 5)", ""},
      {"max_over_time((errors > 5)[10m:])", ""},
      {"vector(1)", "alerts/comparison"},
      {"1", "alerts/comparison"},
  });
  CHECK(codes_of(find({group_of("  - {alert: Watchdog, expr: vector(1)}\n")})) == "");
  CHECK(codes_of(find({group_of("  - {record: a:b, expr: vector(1)}\n")})) == "");
}

TEST_CASE("alerts/for: a for or keep_firing_for that says nothing") {
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: a > 1\n    for: 0s\n")})) == "alerts/for:6");
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: a > 1\n    keep_firing_for: 0s\n")})) ==
        "alerts/for:6");
  const std::string rule = group_of("  - alert: A\n    expr: a > 1\n    for: 30s\n");
  CHECK(codes_of(find({rule})) == "");  // nobody knows the interval
  CHECK(codes_of(find({rule}, std::chrono::minutes(1))) == "alerts/for:6");
  CHECK(codes_of(find({rule}, std::chrono::seconds(30))) == "");
  CHECK(codes_of(find(
            {"groups:\n- name: g\n  interval: 2m\n  rules:\n  - alert: A\n    expr: a > 1\n    for: 1m\n"},
            std::chrono::seconds(15))) == "alerts/for:7");
}

TEST_CASE("alerts/absent: absent() needs a for") {
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: absent(up)\n")})) == "alerts/absent:5");
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: absent(up)\n    for: 5m\n")})) == "");
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: up == 0 or absent(up)\n")})) == "alerts/absent:5");
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: up == 0 unless on () absent(a)\n")})) == "");
  CHECK(codes_of(find({group_of("  - alert: A\n    expr: absent(sum(a) or vector(0))\n    for: 5m\n")})) ==
        "alerts/absent:5");
}

TEST_CASE("alerts/template: labels that the expression cannot give") {
  const auto of = [](const std::string& expression, const std::string& summary) {
    return codes_of(
        find({group_of("  - alert: A\n    expr: " + expression +
                       "\n    labels: {team: db}\n    annotations:\n      summary: '" + summary + "'\n")}));
  };
  CHECK(of("sum by (job) (a) > 0", "{{ $labels.instance }}") == "alerts/template:8");
  CHECK(of("sum by (job) (a) > 0", "{{ $labels.job }}") == "");
  CHECK(of("sum by (job) (a) > 0", "{{ .Labels.instance }}") == "alerts/template:8");
  CHECK(of("sum by (job) (a) > 0", "{{ index $labels \"instance\" }}") == "alerts/template:8");
  CHECK(of("sum by (job) (a) > 0", "{{ if $labels.instance }}{{ $labels.instance }}{{ end }}") == "");
  CHECK(of("sum by (job) (a) > 0", "{{ $labels.team }}") == "alerts/template:8");
  CHECK(of("sum without (pod) (a) > 0", "{{ $labels.pod }}") == "alerts/template:8");
  CHECK(of("sum without (pod) (a) > 0", "{{ $labels.job }}") == "");
  CHECK(of("a > 0", "{{ $labels.anything }}") == "");
  CHECK(of("a > 0", "{{ $labels.alertname }}") == "alerts/template:8");
  CHECK(of("ALERTS > 0", "{{ $labels.alertname }}") == "");
  CHECK(of("a > 0 or sum(b) > 0", "{{ $labels.job }}") == "");
  CHECK(of("absent(up{job=\"api\"})\n    for: 5m", "{{ $labels.job }}") == "");
  CHECK(of("absent(up{job=\"api\"})\n    for: 5m", "{{ $labels.instance }}") == "alerts/template:9");
}

TEST_CASE("alerts/template: the value in a label, and queries of templates") {
  const auto of = [](const std::string& fields) {
    return codes_of(find({group_of("  - alert: A\n    expr: rate(a_total[5m]) > 0\n" + fields)}));
  };
  CHECK(of("    labels: {v: '{{ $value }}'}\n") == "alerts/template:6");
  CHECK(of("    labels: {v: '{{ .Value }}'}\n") == "alerts/template:6");
  CHECK(of("    labels: {v: '{{ if gt $value 90.0 }}critical{{ else }}warning{{ end }}'}\n") == "");
  CHECK(of("    annotations: {v: '{{ $value }}'}\n") == "alerts/humanize:6");
  CHECK(of("    annotations: {v: '{{ $value | humanize }}'}\n") == "");
  CHECK(of("    annotations: {v: '{{ printf \"%.2f\" $value }}'}\n") == "");
  CHECK(
      of("    annotations: {v: '{{ with query \"up\" }}{{ . | first | label \"instance\" }}{{ end }}'}\n") ==
      "");
  CHECK(of("    annotations: {v: '{{ with query \"sum(up)\" }}{{ . | first | label \"instance\" }}{{ end "
           "}}'}\n") == "alerts/template:6");
  CHECK(of("    annotations: {v: '{{ range query \"sum by (job) (up)\" }}{{ .Labels.job }}{{ .Labels.pod "
           "}}{{ end "
           "}}'}\n") == "alerts/template:6");
  CHECK(of("    annotations: {v: '{{ query \"sum(up\" | first | value }}'}\n") == "alerts/template:6");
}

TEST_CASE("a finding in a template stands where the label is written") {
  const Problems problems = find({group_of(
      "  - alert: A\n    expr: sum(a) > 0\n    annotations:\n      summary: 'on {{ $labels.pod }}!'\n")});
  REQUIRE(problems.all().size() == 1);
  const Problem& problem = problems.all()[0];
  CHECK(problem.position == Position{7, 23});
  CHECK(problem.length == 11);
  CHECK(problem.to_string() ==
        "r1.yml:7:23: warning: alert A: annotation summary: the result of the expression has no label pod: "
        "nothing "
        "is shown (add it to sum by (pod, …), or leave it out here) [alerts/template]");
}

TEST_CASE("group/interval: more than five minutes") {
  const auto of = [](const std::string& interval, const std::string& rule) {
    return codes_of(find({"groups:\n- name: g\n  interval: " + interval + "\n  rules:\n  - " + rule + "\n"}));
  };
  CHECK(of("10m", "{record: a:b, expr: sum(a)}") == "group/interval:3");
  CHECK(of("5m", "{record: a:b, expr: sum(a)}") == "");
  CHECK(of("10m", "{alert: A, expr: a > 0}") == "group/interval:3");
  CHECK(of("10m", "{alert: A, expr: a > 0, keep_firing_for: 10m}") == "");
}

TEST_CASE("promql/fragile: alerts that flap") {
  check_all({
      {"topk(5, a) > 1", "promql/fragile"},
      {"a > 1 and on (job) topk(5, a)", ""},
      {"sum(topk(5, a)) > 1", ""},
      {"topk(1, sum(a)) > 1", ""},
  });
  const auto without_for = [](const std::string& expression) {
    return codes_of(find({group_of("  - alert: A\n    expr: " + expression + "\n")}));
  };
  CHECK(without_for(R"(sum(a{job="a"}) / sum(b{job="b"}) > 0.1)") == "promql/fragile:5");
  CHECK(without_for(R"(sum(a{job="a"}) / sum(b{job="a"}) > 0.1)") == "");
  CHECK(alert_codes(R"(sum(a{job="a"}) / sum(b{job="b"}) > 0.1)") == "");
}

TEST_CASE("promql/impossible: what can never give anything") {
  check_all({
      {R"(a{job="x", job="y"} > 1)", "promql/impossible"},
      {R"(a{job="x", job=~"y.*"} > 1)", "promql/impossible"},
      {R"(a{job="x", job!="y"} > 1)", ""},
      {R"(a{job="yx", job=~"y.*"} > 1)", ""},
      {R"(a{job!~".*"} > 1)", "promql/impossible"},
      {"sum by (cluster) (sum(a)) > 1", "promql/impossible"},
      {"sum by (cluster) (sum by (cluster, pod) (a)) > 1", ""},
      {R"(count(up{job="x"}) == 0)", "promql/impossible"},
      {R"((count(up{job="x"}) or vector(0)) == 0)", ""},
      {"count(up) < 3", ""},
      {"rate(a_total[5m]) < 0", "promql/impossible"},
      {"up > 1", "promql/impossible"},
      {"up == 0", ""},
      {"a > 90 and a < 10", "promql/impossible"},
      {"a > 10 and a < 90", ""},
      {"a > 90 < 10", "promql/impossible"},
      {"histogram_quantile(99, rate(a_bucket[5m])) > 1", "promql/impossible"},
      {"quantile(0.99, a) > 1", ""},
      {"quantile(95, a) > 1", "promql/impossible"},
  });
}

TEST_CASE("promql/vector_matching: sides that never meet") {
  check_all({
      {R"(a{job="x"} / sum(b) > 1)", "promql/vector_matching"},
      {R"(a{job="x"} / on () group_left sum(b) > 1)", ""},
      {R"(a{job="x"} unless sum(b))", "promql/vector_matching"},
      {"a / sum(b) > 1", "promql/vector_matching"},
      {"sum(a) / sum(b) > 1", ""},
      {"sum by (job) (a) / sum by (job) (b) > 1", ""},
      {"sum(a) / on (cluster) sum(b) > 1", "promql/vector_matching"},
      {"a / on (cluster) sum by (job) (b) > 1", "promql/vector_matching"},
      {"a / on (cluster) sum by (cluster) (b) > 1", ""},
      {R"(a{job="x"} / b{job="y"} > 1)", "promql/vector_matching"},
      {R"(a{job="x"} / ignoring (job) b{job="y"} > 1)", ""},
      {"a * on (pod) group_left (team) sum by (pod) (b) > 1", "promql/vector_matching"},
      {"a * on (pod) group_left (team) sum by (pod, team) (b) > 1", ""},
      {"a:b:c / sum(b) > 1", ""},
  });
}

TEST_CASE("promql/nan: a division by zero inside an aggregation") {
  check_all({
      {"sum by (job) (a / b) > 1", "promql/nan"},
      {"sum by (job) (a) / sum by (job) (b) > 1", ""},
      {"sum by (job) (a / (b > 0)) > 1", ""},
      {"sum by (job) (a / (b >= 0)) > 1", "promql/nan"},
      {"sum by (job) (a / clamp_min(b, 1)) > 1", ""},
      {"avg(a / 100) > 1", ""},
      {"max by (job) (a / b) > 1", ""},
      {"sum(a / b > 1) > 1", ""},
      {"avg(a_avail_bytes / a_size_bytes) > 1", ""},
  });
}

TEST_CASE("promql/rate: rates of what is no counter, and quantiles of what is no rate") {
  check_all({
      {"rate(sum(a_total)[5m:]) > 1", "promql/rate"},
      {"sum(rate(a_total[5m])) > 1", ""},
      {"max_over_time(sum(rate(a_total[5m]))[5m:]) > 1", ""},
      {"rate(DCGM_FI_PROF_PCIE_TX_BYTES[5m]) > 1", "promql/rate"},
      {"deriv(DCGM_FI_DEV_GPU_TEMP[5m]) > 1", ""},
      {"histogram_quantile(0.99, x_bucket) > 1", "promql/rate"},
      {"histogram_quantile(0.99, sum by (job) (rate(x_bucket[5m]))) > 1", "promql/rate"},
      {"histogram_quantile(0.99, sum by (job, le) (rate(x_bucket[5m]))) > 1", ""},
      {"histogram_quantile(0.99, rate(x_bucket[5m])) > 1", ""},
      {"histogram_quantile(0.99, sum(rate(native[5m]))) > 1", ""},
  });
  CHECK(codes_of(find({group_of("  - {record: 'a:sum', expr: sum(a_total)}\n"
                                "  - {record: 'a:rate', expr: 'rate(a:sum[5m])'}\n")})) == "promql/rate:5");
}

TEST_CASE("promql/counter: the value of a counter") {
  check_all({
      {"errors_total > 10", "promql/counter"},
      {"increase(errors_total[1h]) > 10", ""},
      {"sum(errors_total) > 10", "promql/counter"},
      {"count(errors_total) > 10", ""},
      {"delta(errors_total[5m]) > 1", "promql/counter"},
      {"errors_total - errors_total offset 5m > 1", ""},
      {"a > 1 unless errors_total", ""},
      {"job:errors_total > 10", ""},
      {"a_sum / a_count > 1", "promql/counter"},
      {"rate(a_sum[5m]) / rate(a_count[5m]) > 1", ""},
      {"nv_inference_request_failure > 10", "promql/counter"},
      {"tgi_queue_size > 10", ""},
      {"timestamp(a_total) < 10", ""},
  });
  CHECK(codes_of(find({group_of("  - {record: 'a:b', expr: sum(errors_total)}\n")})) == "");
}

TEST_CASE("promql/regexp: expressions that an equality would replace") {
  check_all({
      {R"(a{job=~"api"} > 1)", "promql/regexp"},
      {R"(a{job=~"api|web"} > 1)", ""},
      {R"(a{job=~"api.*"} > 1)", ""},
      {R"(a{job=~"^api.*$"} > 1)", "promql/regexp"},
      {R"(a{job=~".*"} > 1)", "promql/regexp"},
      {R"(a{job=~".+"} > 1)", ""},
      {R"(a{job!~".+"} > 1)", "promql/regexp"},
      {R"(a{job!~"api"} > 1)", "promql/regexp"},
      {R"(a{job=~"(?i)api"} > 1)", ""},
      {R"(a{job=~"a\\.b"} > 1)", "promql/regexp"},
  });
}

TEST_CASE("rule/duplicate: rules that make the same") {
  const std::string record = group_of("  - {record: 'a:b', expr: sum(a)}\n");
  CHECK(codes_of(find({record, record})) == "rule/duplicate:4");
  CHECK(codes_of(find({record, group_of("  - {record: 'a:b', expr: sum( a )}\n")})) == "rule/duplicate:4");
  CHECK(codes_of(find({record, group_of("  - {record: 'a:b', expr: sum(b)}\n")})) == "");
  CHECK(codes_of(find({record, group_of("  - {record: 'a:b', expr: sum(a), labels: {x: y}}\n")})) == "");
  const auto two = [](const std::string& a, const std::string& b) {
    return codes_of(
        find({group_of("  - alert: A\n    expr: " + a + "\n  - alert: A\n    expr: " + b + "\n")}));
  };
  CHECK(two("a > 90", "a > 90") == "rule/duplicate:6");
  CHECK(two("a > 90", "a{job!=\"x\"} > 80") == "rule/duplicate:6");
  CHECK(two("a{job=\"x\"} > 90", "a{job!=\"x\"} > 80") == "");
  CHECK(two("a > 90", "a < 10") == "");
  CHECK(two("a > 90", "b > 90") == "");
}

TEST_CASE("rule/dependency: what is recorded elsewhere") {
  const auto records = [](const std::string& name, const std::string& expr) {
    return "  - {record: '" + name + "', expr: '" + expr + "'}\n";
  };
  CHECK(codes_of(find({group_of(records("a:b", "sum(a)")), group_of(records("c:d", "max(a:b)"))})) ==
        "rule/dependency:4");
  CHECK(codes_of(find({group_of(records("a:b", "sum(a)") + records("c:d", "max(a:b)"))})) == "");
  CHECK(codes_of(find({group_of(records("c:d", "max(a:b)") + records("a:b", "sum(a)"))})) ==
        "rule/dependency:4");
  CHECK(codes_of(find({group_of(records("a:b", "sum(a)")), group_of("  - {alert: A, expr: 'a:b > 1'}\n")})) ==
        "");
}

TEST_CASE("each wrong rule of public AI packs is found") {
  check_all({
      {"DCGM_FI_DEV_XID_ERRORS > 0", "ai/xid-gauge"},
      {"DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_FREE > 0.95", "ai/memory-ratio"},
      {"DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_TOTAL > 0.95", "ai/unknown-metric"},
      {"increase(DCGM_FI_DEV_ECC_DBE_VOL[1h]) > 0", "ai/unknown-metric"},
      {"vllm_num_requests_waiting > 10", "ai/unknown-metric"},
      {"vllm_gpu_cache_usage_perc > 0.9", "ai/unknown-metric"},
      {"rate(vllm_request_failure_total[5m]) > 0", "ai/unknown-metric"},
      {"vllm:gpu_cache_usage_perc > 0.9", "ai/renamed-metric"},
      {"vllm:num_requests_swapped > 0", "ai/renamed-metric"},
      {"vllm:cpu_cache_usage_perc > 0.9", "ai/renamed-metric"},
      {"histogram_quantile(0.9, sum by (le) (rate(vllm:time_per_output_token_seconds_bucket[5m]))) > 0.1",
       "ai/renamed-metric"},
      {"histogram_quantile(0.9, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 2000",
       "ai/unit"},
      {"rate(vllm:time_to_first_token_seconds_sum[5m]) / rate(vllm:time_to_first_token_seconds_count[5m]) > "
       "2000",
       "ai/unit"},
      {"vllm:kv_cache_usage_perc > 90", "ai/unit"},
      {"DCGM_FI_DEV_GPU_UTIL > 0.9", "ai/unit"},
      {"histogram_quantile(0.99, x_bucket) > 1", "promql/rate"},
      {"model_accuracy < 0.9", "ai/stale-model-metric"},
  });
}

TEST_CASE("the right forms of those rules are not found") {
  check_all({
      {"changes(DCGM_FI_DEV_XID_ERRORS[10m]) > 0 and DCGM_FI_DEV_XID_ERRORS > 0", ""},
      {"DCGM_EXP_XID_ERRORS_COUNT > 0", ""},
      {"DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE) > 0.98", ""},
      {"sum by (model_name) (vllm:num_requests_waiting) > 10", ""},
      {"max by (model_name, instance) (vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc) > 0.95", ""},
      {"histogram_quantile(0.99, sum by (model_name, le) "
       "(rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 2 and "
       "on (model_name) sum by (model_name) (rate(vllm:time_to_first_token_seconds_count[5m])) > 0.05",
       ""},
      {"sum by (instance) (vllm:num_requests_running) > 0 and sum by (instance) "
       "(rate(vllm:generation_tokens_total[5m])) == 0",
       ""},
      {"avg_over_time(DCGM_FI_DEV_GPU_UTIL[30m]) < 5 and DCGM_FI_DEV_FB_USED > 1000", ""},
      {"count by (Hostname) (DCGM_FI_DEV_GPU_TEMP) < count by (Hostname) (DCGM_FI_DEV_GPU_TEMP offset 1h)",
       ""},
      {"model_accuracy < 0.9 and on (job, instance) (time() - push_time_seconds) < 7200", ""},
      {"sum by (model) (rate(nv_inference_request_duration_us[5m])) / sum by (model) "
       "(rate(nv_inference_request_success[5m])) / 1000 > 200",
       ""},
      {"nv_inference_pending_request_count > 100", ""},
  });
}

TEST_CASE("rules of Prometheus 1.x are checked like the others, with their places") {
  const Problems problems =
      find({"ALERT Errors\n  IF errors_total > 10\n  FOR 5m\n"
            "  ANNOTATIONS { summary = \"on {{ $labels.pod }}\" }\n"
            "ALERT Many\n  IF sum(a) > 10\n"
            "  ANNOTATIONS { summary = \"on {{ $labels.pod }}\" }\n"});
  CHECK(codes_of(problems) == "promql/counter:2 alerts/template:7");
  CHECK(problems.in_order()[0]->position == Position{2, 6});
  CHECK(problems.in_order()[1]->position == Position{7, 34});
}

TEST_CASE("every kind of finding is told once, with an explanation") {
  std::vector<FindingKind> kinds = rule_finding_kinds();
  CHECK(kinds.size() >= 19);
  std::ranges::sort(kinds, {}, &FindingKind::code);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    CAPTURE(kinds[i].code);
    if (i > 0) CHECK(kinds[i].code != kinds[i - 1].code);
    CHECK(kinds[i].explanation.size() > 40);
    CHECK(kinds[i].severity != Severity::kError);
    CHECK(kinds[i].code.find('/') != std::string_view::npos);
  }
}
