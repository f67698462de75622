// promql/series: selectors for which the server has nothing, and why.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/labels.h"
#include "core/matcher.h"
#include "core/nearest_name.h"
#include "rules/online/online_families.h"
#include "rules/online/selectors.h"
#include "rules/online/series_history.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;
using Kind = Question::Kind;

constexpr FindingKind kKinds[] = {{
    "promql/series",
    Severity::kWarning,
    "the server has no such series",
    R"(With --prometheus each selector is looked for in the last 7 days: its metric, its labels, their values, and whether
all of them are on one series. A selector that finds nothing makes an alert that never fires, and nobody notices.

    errors_totl > 0                       no such metric: did you mean errors_total?
    errors_total{statuscode="500"} > 0    no series of it has that label
    errors_total{code="5xx"} > 0          the label is there, with other values
    old_errors_total > 0                  was there, and went three days ago

What comes and goes, or has gone less than two hours ago, is a note. Left alone is what is meant to be absent: within
absent(), beside `or vector(0)`, right of `unless`. So are series that a recording rule of the checked files makes and
that the server does not have yet, and ALERTS. A value that appears with the first error (code="500") is found as well
until there was one: let the exporter begin with 0, or write # tocsin disable promql/series.)",
}};
constexpr const FindingKind& kMissing = kKinds[0];
constexpr FindingKind kPassing{kMissing.code, Severity::kNote, kMissing.title, kMissing.explanation};

// Gone for less may be a restart or a deployment.
constexpr Duration kLongGone = std::chrono::hours(2);
constexpr std::size_t kValuesShown = 5;

bool always_gives(const Expr& root) {
  const Expr* expr = inside_parentheses(&root);
  if (expr->type == ValueType::kScalar) return true;
  const auto* call = as<Call>(expr);
  return call != nullptr && (call->name == "vector" || call->name.starts_with("absent"));
}

bool compares(const Expr& root) {
  const auto* binary = as<BinaryExpr>(inside_parentheses(&root));
  return binary != nullptr && is_comparison(binary->op);
}

// How much it matters that a selector finds nothing.
enum class Weight { kNone, kNote, kWarning };

Weight weight_of(const ExpressionView& view, std::size_t node) {
  Weight weight = Weight::kWarning;
  const Expr* below = view[node].expr;
  for (auto at = view[node].parent; at != ExpressionView::kNone;
       at = view[static_cast<std::size_t>(at)].parent) {
    const Expr* above = view[static_cast<std::size_t>(at)].expr;
    if (const auto* call = as<Call>(above)) {
      if (call->name.starts_with("absent")) return Weight::kNone;
    } else if (const auto* binary = as<BinaryExpr>(above)) {
      const Expr& other = binary->left == below ? *binary->right : *binary->left;
      // One of several names that a metric has had: each may be missing.
      if (binary->op == BinaryOperator::kOr) {
        if (always_gives(other)) return Weight::kNone;
        weight = Weight::kNote;
      }
      const bool excluded = binary->op == BinaryOperator::kUnless && binary->right == below;
      if (excluded && !compares(*below)) return Weight::kNone;
      if (binary->matching != nullptr &&
          (binary->left == below ? binary->matching->fill_left : binary->matching->fill_right))
        return Weight::kNone;
    }
    below = above;
  }
  return weight;
}

class SeriesSearch {
 public:
  explicit SeriesSearch(const OnlineRule& online) : online_(online) {}

  void run() {
    for (std::size_t i = 0; i < online_.view().size(); ++i) {
      const auto* selector = as<VectorSelector>(online_.view()[i].expr);
      if (selector == nullptr || selector->may_be_empty) continue;
      weight_ = weight_of(online_.view(), i);
      if (weight_ == Weight::kNone || metric_name(*selector).starts_with("ALERTS")) continue;
      reach_ = reach_of(online_.view(), i);
      if (reach_.known) look_for(*selector);
    }
  }

 private:
  void look_for(const VectorSelector& selector) {
    const auto* now = online_.inquiry.ask<Evaluated>(series_by_job(selector));
    if (now == nullptr || now->sum() > 0) return;
    const std::string text = bare_selector(selector);
    const auto* exists = online_.inquiry.ask<Names>({Kind::kExists, text, ""});
    if (exists == nullptr) return;
    if (!exists->names.empty()) return look_when(selector, text);
    look_why(selector);
  }

  const Seen* up() { return online_.inquiry.ask_in_passing<Seen>({Kind::kUp, "", ""}); }
  std::string looked_back() { return time_looked_back_at(up(), online_.options.time); }

  // What is measured stands in the hint: the message stays the same from day to day, so that a baseline knows
  // it.
  void say(Extent extent, bool passing, std::string message, std::string hint) {
    const bool note = passing || weight_ == Weight::kNote;
    online_.out.at_expression(online_.rule, note ? kPassing : kMissing, extent, std::move(message),
                              std::move(hint));
  }

  // It was there once.
  void look_when(const VectorSelector& selector, const std::string& text) {
    const auto* seen = online_.inquiry.ask<Seen>({Kind::kSeen, text, ""});
    if (seen == nullptr) return;
    const QuestionTime& time = online_.options.time;
    const SeriesHistory history = judge_history(*seen, up(), time);
    const std::string shown = online_.view().shown(selector);
    if (history.kind == SeriesHistory::Kind::kNone) {
      say(selector.extent, false, fmt::format("there are no series `{}` any more", shown),
          fmt::format("there were none at any of the times looked at, every {} {}: are they still exported, "
                      "and scraped?",
                      rough_duration(time.step), looked_back()));
      return;
    }
    const Duration gone = time.now - history.last;
    if (gone <= reach_.all() + time.step) return;  // it is still within what the rule looks back at
    const std::string last = format_rfc3339(std::chrono::floor<std::chrono::seconds>(history.last));
    if (history.kind == SeriesHistory::Kind::kIntermittent) {
      say(selector.extent, true, fmt::format("there are series `{}` only now and then", shown),
          fmt::format("{:.0f}% of the time {}, in {} pieces, the last at {}; if that is how it is meant, "
                      "write # tocsin "
                      "disable promql/series",
                      history.share * 100, looked_back(), history.times, last));
      return;
    }
    say(selector.extent, gone < kLongGone, fmt::format("there are no series `{}` any more", shown),
        fmt::format(
            "the last were seen {} ago, at {}, looking every {}: are they still exported, and scraped?",
            rough_duration(gone), last, rough_duration(time.step)));
  }

  // It never was: what of it is wrong?
  void look_why(const VectorSelector& selector) {
    const std::string_view name = metric_name(selector);
    const std::string shown = online_.view().shown(selector);
    if (name.empty()) {
      say(selector.extent, false, fmt::format("no series matches `{}`", shown),
          fmt::format("none did {}: is this the server that scrapes it?", looked_back()));
      return;
    }
    const std::string metric = metric_selector(name);
    const bool more = bare_selector(selector) != metric;
    if (more) {
      const auto* exists = online_.inquiry.ask<Names>({Kind::kExists, metric, ""});
      if (exists == nullptr) return;
      if (!exists->names.empty()) return look_at_matchers(selector, metric);
    }
    if (online_.is_recorded(name)) return;
    std::string hint = "is it exported, and scraped?";
    const auto* all = online_.inquiry.ask_in_passing<Names>({Kind::kMetrics, "", ""});
    if (all != nullptr) {
      if (const std::string near = did_you_mean(name, all->names); !near.empty()) hint = near;
    }
    say(selector.extent, false, fmt::format("the server has no metric {}", name),
        fmt::format("nor had it one {}: {}", looked_back(), hint));
  }

  // The metric is there, and no series of it is asked for. The first matcher that alone leaves nothing says
  // why.
  void look_at_matchers(const VectorSelector& selector, const std::string& metric) {
    const auto* labels = online_.inquiry.ask<Names>({Kind::kLabels, metric, ""});
    if (labels == nullptr) return;
    for (const LabelMatcher& matcher : selector.matchers) {
      if (matcher.name == "__name__") continue;
      const auto test = Matcher::make(std::string(matcher.name), matcher.type, std::string(matcher.value));
      if (!test) return;
      const bool there = std::ranges::find(labels->names, matcher.name) != labels->names.end();
      if (!there) {
        if (test->matches("")) continue;
        say(matcher.extent, false, fmt::format("no series of {} has a label {}", metric, matcher.name),
            fmt::format("nor had one {}: {}", looked_back(), near_label(matcher.name, labels->names)));
        return;
      }
      const auto* values =
          online_.inquiry.ask<Names>({Kind::kLabelValues, metric, std::string(matcher.name)});
      if (values == nullptr) return;
      // Some series may be without the label.
      if (test->matches("") ||
          std::ranges::any_of(values->names, [&](const std::string& v) { return test->matches(v); }))
        continue;
      say(matcher.extent, false,
          fmt::format("no series of {} has {}", metric, online_.view().text(matcher.extent)),
          fmt::format("nor had one {}: {}", looked_back(), near_value(matcher, values->names)));
      return;
    }
    say(selector.extent, false,
        fmt::format("no single series of {} matches all of `{}`", metric, online_.view().shown(selector)),
        fmt::format("nor did one {}, though each matcher alone matches some: are they of different targets?",
                    looked_back()));
  }

  static std::string near_label(std::string_view name, std::vector<std::string> names) {
    std::erase(names, "__name__");
    if (std::string near = did_you_mean(name, names); !near.empty()) return near;
    return names.empty() ? "they have no labels" : "they have " + listed(names);
  }

  static std::string near_value(const LabelMatcher& matcher, const std::vector<std::string>& values) {
    if (matcher.type == MatchType::kEqual) {
      if (std::string near = did_you_mean(matcher.value, values); !near.empty()) return near;
    }
    std::vector<std::string> quoted;
    for (const std::string& value : values) quoted.push_back(go_quote(value));
    return values.empty() ? "it has no values" : "it has " + listed(quoted);
  }

  static std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), kValuesShown); ++i)
      out += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kValuesShown) out += fmt::format(" and {} more", names.size() - kValuesShown);
    return out;
  }

  const OnlineRule& online_;
  Weight weight_ = Weight::kWarning;
  Reach reach_;
};

void check(const OnlineRule& online) {
  SeriesSearch(online).run();
}

}  // namespace

const OnlineCheck kOnlineSeries{kKinds, check};

}  // namespace tocsin
