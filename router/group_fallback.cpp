// The part of Group that calls in the fallback receiver of an integration that does not take its
// notifications. The stand-ins are integrations of the group like all others, with a told state of their own:
// so they hear each state once, and whoever heard "firing" hears "resolved".
#include <algorithm>

#include "core/duration.h"
#include "router/group.h"

namespace tocsin {

namespace {

std::string why_not(const GroupIntegration& integration, const GateView& gate, TimePoint now) {
  const Delivery& delivery = integration.delivery;
  if (gate.circuit_open) return "it refuses everybody: " + gate.last_error;
  if (!delivery.last_error().empty()) return delivery.last_error();
  if (!delivery.waiting()) return "no answer";
  if (is_set(gate.failing_since)) return gate.last_error;
  return gate.obstacle == Gate::Obstacle::kPause && gate.opens_at > now
             ? "the service asks to be left alone"
             : "it waits for its turn: the pace is " + gate.pace.to_string();
}

}  // namespace

// An integration that fails for everybody has used up the patience of those who come later. Not of one whose
// first attempt is under way: that may well arrive.
TimePoint Group::falls_back_at(const GroupIntegration& integration, const Gates& gates) const {
  const Delivery& delivery = integration.delivery;
  const IntegrationEntry& entry = *integration.entry;
  if (entry.fallback_receiver.empty() || delivery.idle()) return kNever;
  if (integration.fell_back || integration.gone || integration.standing == Standing::kRetired) return kNever;
  TimePoint since = delivery.owed_since();
  const bool first_try = delivery.under_way() && delivery.tries() <= 1;
  const Gate* gate = first_try ? nullptr : gates.find(entry.id);
  if (gate != nullptr && is_set(gate->failing_since())) since = std::min(since, gate->failing_since());
  return std::max(delivery.owed_since(), since + entry.fallback_after);
}

void Group::fall_back(GroupIntegration& integration, GroupStep& step) {
  const Alerts alerts = alerts_at(step);
  if (still_owed(integration, alerts, step) == NotifyReason::kNone && !integration.delivery.under_way())
    return;
  integration.fell_back = true;
  integration.changed = true;
  const std::string& name = integration.entry->fallback_receiver;
  Notice used = notice(NoticeKind::kFallbackUsed, integration);
  used.details.emplace_back("fallback", name);
  used.details.emplace_back("reason",
                            why_not(integration, step.gates.view(integration.entry->id, step.now), step.now));
  used.details.emplace_back("since", format_rfc3339(integration.delivery.owed_since()));
  step.out.notices.push_back(std::move(used));
  call_stand_ins(integration, step.config);
  for (std::size_t i = 0; i < integrations_.size(); ++i) {
    GroupIntegration& stand_in = *integrations_[i];
    if (stand_in.stands_in && stand_in.entry->id.receiver == name) consider(stand_in, alerts, step);
  }
  settle(step);
}

void Group::call_stand_ins(const GroupIntegration& failing,
                           const std::shared_ptr<const RoutingConfig>& config) {
  const ReceiverEntry* receiver = config->receiver(failing.entry->fallback_receiver);
  if (receiver == nullptr) return;
  for (const IntegrationEntry& entry : receiver->integrations) {
    const auto same = [&](const auto& known) { return !known->gone && known->entry->id == entry.id; };
    auto known = std::ranges::find_if(integrations_, same);
    if (known == integrations_.end()) {
      known = integrations_.insert(integrations_.end(), std::make_unique<GroupIntegration>());
      (*known)->entry = {config, &entry};
    }
    GroupIntegration& stand_in = **known;
    stand_in.standing = Standing::kActive;
    stand_in.stands_in = true;
  }
}

// Whose integration works again stands back: from now on only the ends are told of what it has told.
void Group::relieve_stand_ins(GroupStep& step) {
  bool relieved = false;
  for (const auto& integration : integrations_) {
    if (!integration->fell_back || (!integration->delivery.idle() && !integration->gone)) continue;
    integration->fell_back = false;
    integration->changed = true;
    relieved = true;
    Notice ended = notice(NoticeKind::kFallbackEnded, *integration);
    ended.details.emplace_back("fallback", integration->entry->fallback_receiver);
    step.out.notices.push_back(std::move(ended));
  }
  if (!relieved) return;
  for (const auto& stand_in : integrations_) {
    if (!stand_in->stands_in) continue;
    const auto needs_it = [&](const auto& other) {
      return other->fell_back && other->entry->fallback_receiver == stand_in->entry->id.receiver;
    };
    if (std::ranges::any_of(integrations_, needs_it)) continue;
    stand_in->standing = Standing::kRetired;
    // What it was to be told and was not is nothing that it waits for.
    stand_in->told.alerts.erase_if([](const auto& entry) {
      const ToldAlert& told = entry.second;
      return told.told == Told::kOwed && told.attempted == Told::kNothing && !told.muted_since;
    });
    stand_in->changed = true;
  }
}

}  // namespace tocsin
