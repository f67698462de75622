#include "app/trend_book.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::size_t kMostLookedAt = 50;  // alerts of a page

}  // namespace

void TrendBook::configure(const EvaluatorConfig& config) {
  auto before = std::exchange(entries_, {});
  for (const auto& plan : config.groups) {
    if (plan->server->trend_span <= Duration::zero()) continue;
    for (std::size_t i = 0; i < plan->group.rules.size(); ++i) {
      const Rule& rule = plan->group.rules[i];
      if (rule.kind != Rule::Kind::kAlerting) continue;
      std::string subject = generator_url(*plan, rule);
      const auto known = before.find(subject);
      Entry entry = known == before.end() ? Entry{} : known->second;
      entry.plan = plan;
      entry.rule = i;
      entries_.emplace(std::move(subject), std::move(entry));
    }
  }
}

void TrendBook::ask(const TrendQuestion& question, TimePoint now, std::vector<TrendQuestion>& questions) {
  const auto found = entries_.find(generator_url(*question.plan, question.plan->group.rules[question.rule]));
  if (found != entries_.end()) put(found->second, now, kSettled, questions);
}

void TrendBook::put(Entry& entry, TimePoint now, Duration unless_within,
                    std::vector<TrendQuestion>& questions) {
  if (is_set(entry.asked_at) && now - entry.asked_at < unless_within) return;
  entry.asked_at = now;
  questions.push_back({entry.plan, entry.rule, now});
}

void TrendBook::add_to(std::vector<Notification>& notifications, TimePoint now,
                       std::vector<TrendQuestion>& questions) {
  if (entries_.empty()) return;
  for (Notification& notification : notifications) {
    const Alert* subject = subject_of(notification);
    if (subject == nullptr) continue;
    Entry& entry = entries_.find(subject->generator_url.view())->second;
    put(entry, now, kFresh, questions);
    if (entry.known(now)) add_trend(entry, *subject, notification);
  }
}

void TrendBook::arrived(TrendArrived answer, TimePoint now) {
  const auto found = entries_.find(generator_url(*answer.plan, answer.plan->group.rules[answer.rule]));
  if (found == entries_.end()) return;
  found->second.series = std::move(answer.series);
  found->second.known_at = now;
}

// The alert that a person would look at first: firing before resolved, then what is new. Null where no rule
// of ours with a trend made any of them.
const Alert* TrendBook::subject_of(const Notification& notification) const {
  const Alert* best = nullptr;
  int best_rank = -1;
  for (std::size_t i = 0; i < std::min(notification.alerts.size(), kMostLookedAt); ++i) {
    const Alert& alert = notification.alerts[i];
    if (alert.origin != AlertOrigin::kRule || !entries_.contains(alert.generator_url.view())) continue;
    const int rank = (alert.resolved_at(notification.at) ? 0 : 2) +
                     (notification.change_of(i) == AlertChange::kUnchanged ? 0 : 1);
    if (rank <= best_rank) continue;
    best = &alert;
    best_rank = rank;
  }
  return best;
}

void TrendBook::add_trend(const Entry& entry, const Alert& subject, Notification& notification) {
  const TrendSeries* series = find_series(entry.plan->group.rules[entry.rule], entry.series, subject.labels);
  if (series == nullptr) return;
  auto trend = std::make_shared<Trend>(series->trend);
  trend->fingerprint = subject.labels.fingerprint_hex();
  notification.trend = std::move(trend);
}

}  // namespace tocsin
