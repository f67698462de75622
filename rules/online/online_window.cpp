// Of promql/rate and alerts/absent what the scrape interval decides.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/duration.h"
#include "rules/findings/absent_calls.h"
#include "rules/online/online_families.h"
#include "rules/online/scrape_interval.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kTooShort{"promql/rate", Severity::kWarning, "", ""};
constexpr FindingKind kShort{"promql/rate", Severity::kNote, "", ""};
constexpr FindingKind kAbsent{"alerts/absent", Severity::kWarning, "", ""};

// Functions that need two samples.
constexpr std::array<std::string_view, 9> kOfTwo{
    "rate",         "irate",          "increase",
    "delta",        "idelta",         "deriv",
    "holt_winters", "predict_linear", "double_exponential_smoothing"};

std::string times(Duration window, Duration interval) {
  return fmt::format("{:.2g}", static_cast<double>(window.count()) / static_cast<double>(interval.count()));
}

std::string of_job(const JobInterval& known) {
  const std::string every =
      format_prometheus_duration(std::chrono::round<std::chrono::milliseconds>(known.interval));
  return known.job.empty() ? fmt::format("it has a new sample every {}", every)
                           : fmt::format("job {} is scraped every {}", known.job, every);
}

void check_window(const OnlineRule& online, const Call& call, const RangeSelector& range) {
  const VectorSelector& selector = *range.selector;
  if (range.range_expression != nullptr || selector.anchored || selector.smoothed) return;
  if (online.is_recorded(metric_name(selector))) return;
  const auto known = longest_interval(online.inquiry, selector);
  if (!known) return;
  const std::string window = format_prometheus_duration(range.range);
  const std::string enough = format_prometheus_duration(std::max<Duration>(
      std::chrono::ceil<std::chrono::milliseconds>(known->interval * 4), std::chrono::milliseconds(1)));
  // A sample more or less in the hour that was counted is no reason to complain.
  const Duration slack = known->job.empty() ? range.range / 20 : Duration::zero();
  if (range.range + slack < known->interval * 2) {
    online.out.at_expression(
        online.rule, kTooShort, range.extent,
        fmt::format("{}() needs two samples, and a window of {} cannot be sure to hold them: {}", call.name,
                    window, of_job(*known)),
        fmt::format("write a window of four intervals, {}", enough));
  } else if (range.range + slack < known->interval * 4) {
    online.out.at_expression(
        online.rule, kShort, range.extent,
        fmt::format("{}() over {} is over {} scrapes: {}; {} may leave it without a result", call.name,
                    window, times(range.range, known->interval), of_job(*known),
                    range.range + slack < known->interval * 3 ? "one that fails" : "two that fail"),
        fmt::format("write a window of four intervals, {}", enough));
  }
}

void check_windows(const OnlineRule& online) {
  for (const ExpressionView::Node& node : online.view().nodes()) {
    const auto* call = as<Call>(node.expr);
    if (call == nullptr || std::ranges::find(kOfTwo, call->name) == kOfTwo.end()) continue;
    for (const Expr* argument : call->arguments) {
      if (const auto* range = as<RangeSelector>(inside_parentheses(argument)))
        check_window(online, *call, *range);
    }
  }
}

// The job that all selectors below ask for; "" where there is none such.
std::string_view job_below(const Expr& root) {
  std::string_view job;
  bool one = true;
  walk(root, [&](const Expr& node) {
    const auto* selector = as<VectorSelector>(&node);
    if (selector == nullptr) return;
    std::string_view its;
    for (const LabelMatcher& matcher : selector->matchers) {
      if (matcher.name == "job" && matcher.type == MatchType::kEqual) its = matcher.value;
    }
    one = one && !its.empty() && (job.empty() || job == its);
    job = its;
  });
  return one ? job : std::string_view();
}

void check_absent(const OnlineRule& online) {
  const Duration hold = online.rule.rule.hold_for;
  if (!online.rule.alerting() || hold == Duration::zero())
    return;  // without `for` it is found without a server
  for (const Call* call : absent_calls(online.rule)) {
    if (call->name != "absent") continue;
    auto interval = scrape_interval_of_job(online.inquiry, job_below(*call));
    if (!interval) interval = usual_scrape_interval(online.inquiry);
    if (!interval || hold >= *interval * 2) continue;
    online.out.at_key(
        online.rule, kAbsent, "for",
        fmt::format("absent() with a `for` of {} may fire when Prometheus restarts: what it asks for is "
                    "scraped every {}",
                    format_prometheus_duration(hold), format_prometheus_duration(*interval)),
        fmt::format("write a `for` of at least two scrapes, {}", format_prometheus_duration(*interval * 2)));
  }
}

void check(const OnlineRule& online) {
  check_windows(online);
  check_absent(online);
}

}  // namespace

const OnlineCheck kOnlineWindow{{}, check};

}  // namespace tocsin
