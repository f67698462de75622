// The part of Group that takes in what became of an attempt: it arrived, it failed and is tried again, or it
// was refused.
#include <utility>

#include "core/duration.h"
#include "router/group.h"

namespace tocsin {

void Group::answered(GroupIntegration& integration, const DeliveryResult& result, GroupStep& step) {
  using Outcome = DeliveryResult::Outcome;
  integration.changed = true;
  bool missed = std::exchange(integration.flush_missed, false);
  if (result.message_ref_is_gone) integration.message_ref.clear();
  Gates::Verdict verdict = step.gates.answered(*integration.entry, serial_, result, step.now, step.out);
  if (integration.gone)
    verdict = Gates::Verdict::kByItself;  // it does not wait for what is no longer its own
  if (result.outcome == Outcome::kDelivered) {
    arrived(integration, result, step);
    relieve_stand_ins(step);
    if (missed && !integration.gone) consider(integration, alerts_at(step), step);
  } else if (result.outcome == Outcome::kFailed) {
    failed(integration, result, verdict, step);
  } else {
    refused(integration, result, verdict, step);
  }
  settle(step);
}

void Group::failed(GroupIntegration& integration, const DeliveryResult& result, Gates::Verdict verdict,
                   GroupStep& step) {
  Delivery& delivery = integration.delivery;
  const bool waits = verdict == Gates::Verdict::kWaitsForGate;
  if (waits) {
    delivery.wait_again(result);
  } else {
    delivery.failed(result, step.now);
  }
  if (integration.gone) return;
  Notice retrying = attempt_notice(NoticeKind::kDeliveryRetrying, integration);
  retrying.details.emplace_back("message", result.message);
  retrying.details.emplace_back("tries", std::to_string(delivery.tries()));
  const TimePoint next =
      waits ? step.gates.view(integration.entry->id, step.now).opens_at : delivery.next_attempt_at();
  retrying.details.emplace_back("in", next == kNever ? "its turn" : format_go_duration(next - step.now));
  step.out.notices.push_back(std::move(retrying));
}

void Group::refused(GroupIntegration& integration, const DeliveryResult& result, Gates::Verdict verdict,
                    GroupStep& step) {
  Delivery& delivery = integration.delivery;
  const bool waits = verdict == Gates::Verdict::kWaitsForGate;
  if (waits) {
    delivery.rejected_and_waits(result, step.now);
  } else {
    delivery.rejected(result, integration.said_at, terms_.group_interval);
  }
  Notice rejected = attempt_notice(NoticeKind::kDeliveryRejected, integration);
  rejected.details.emplace_back("message", result.message);
  rejected.details.emplace_back("status", std::to_string(result.status));
  rejected.details.emplace_back("held until",
                                waits ? "its turn" : format_rfc3339(delivery.next_attempt_at()));
  step.out.notices.push_back(std::move(rejected));
}

void Group::arrived(GroupIntegration& integration, const DeliveryResult& result, GroupStep& step) {
  Notice notified = attempt_notice(NoticeKind::kNotified, integration);
  for (auto& [key, told] : integration.told.alerts) {
    if (told.attempted == Told::kNothing) continue;
    told = {.told = told.attempted, .attempted = Told::kNothing, .at = integration.said_at};
  }
  if (!result.message_ref.empty()) integration.message_ref = result.message_ref;
  integration.told.last_notified_at = integration.said_at;
  ++integration.told.times_notified;
  notified.details.emplace_back("reason", std::string(to_string(integration.reason)));
  notified.details.emplace_back("firing", std::to_string(integration.said_firing));
  notified.details.emplace_back("resolved", std::to_string(integration.said_resolved));
  notified.details.emplace_back("tries", std::to_string(integration.delivery.tries()));
  notified.details.emplace_back("status", std::to_string(result.status));
  notified.details.emplace_back("took", format_go_duration(step.now - integration.delivery.started_at()));
  // It arrived, but not with everybody: a mailbox among several was refused.
  if (!result.message.empty()) notified.details.emplace_back("message", result.message);
  step.out.notices.push_back(std::move(notified));
  integration.delivery.succeeded();
}

}  // namespace tocsin
