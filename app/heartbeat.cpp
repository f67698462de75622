#include "app/heartbeat.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::size_t kNamed = 5;

// Empty: the group is well. One whose first evaluation is not due yet says nothing about Prometheus.
std::string ailment_of(const HeartbeatPolicy& policy, const GroupState& group, TimePoint now) {
  const GroupPlan& plan = *group.plan;
  const std::string name = fmt::format("group {} of prometheus {}", plan.group.name, plan.server->name);
  const auto failing = std::ranges::find_if(
      group.rules, [&](const RuleState& rule) { return rule.failures_in_a_row >= policy.evaluations; });
  if (failing != group.rules.end()) return fmt::format("{} fails", name);
  const TimePoint seen = is_set(group.last_evaluation) ? group.last_evaluation : group.last_slot;
  if (is_set(seen) && now - seen > policy.evaluations * plan.interval)
    return fmt::format("{} is not evaluated", name);
  return "";
}

std::string in_words(const std::vector<std::string>& what) {
  const std::size_t named = std::min(what.size(), kNamed);
  std::string out = fmt::format("{}", fmt::join(what.begin(), what.begin() + static_cast<long>(named), "; "));
  if (named < what.size()) out += fmt::format("; and {} more", what.size() - named);
  return out;
}

}  // namespace

std::vector<std::string> ailments(const HeartbeatPolicy& policy, const Evaluator& evaluator,
                                  const Router& router, bool store_fails, TimePoint now) {
  std::vector<std::string> out;
  if (store_fails) out.emplace_back("the store fails");
  for (const auto& [id, group] : evaluator.groups()) {
    if (std::string ailment = ailment_of(policy, group, now); !ailment.empty())
      out.push_back(std::move(ailment));
  }
  for (const IntegrationId& integration : router.owing_since_before(now - policy.delivery))
    out.push_back(fmt::format("{} does not get what it shall be told", integration.to_string()));
  return out;
}

void Heartbeat::configure(std::shared_ptr<const HeartbeatPolicy> policy, TimePoint now) {
  if (policy == nullptr) {
    *this = Heartbeat();
    return;
  }
  const TimePoint first = now + policy->interval;
  next_ = policy_ == nullptr ? first : std::min(next_, first);
  policy_ = std::move(policy);
}

std::optional<HeartbeatSign> Heartbeat::advance(const Evaluator& evaluator, const Router& router,
                                                bool store_fails, TimePoint now,
                                                std::vector<Notice>& notices) {
  if (now < next_) return std::nullopt;
  next_ = now + policy_->interval;
  std::string wrong = in_words(ailments(*policy_, evaluator, router, store_fails, now));
  if (wrong != withheld_) {
    if (wrong.empty()) {
      notices.push_back({NoticeKind::kHeartbeatResumed, "", {}, {}});
    } else {
      notices.push_back({NoticeKind::kHeartbeatWithheld, "", {}, {{"because", wrong}}});
    }
  }
  withheld_ = std::move(wrong);
  if (withheld_.empty()) return HeartbeatSign{};
  return HeartbeatSign{HeartbeatSign::Kind::kUnwell, withheld_};
}

}  // namespace tocsin
