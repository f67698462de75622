// The part of Group that deals with a new configuration and with a restart.
#include <algorithm>
#include <set>

#include "router/group.h"

namespace tocsin {

namespace {

// Where an integration is in a new configuration: the same service first (it may have moved to another
// index), then the same place, unless that place was taken by another service which the group knows too.
const IntegrationEntry* successor(const IntegrationEntry& old, const std::vector<IntegrationEntry>& known,
                                  const RoutingConfig& config) {
  const ReceiverEntry* receiver = config.receiver(old.id.receiver);
  if (receiver == nullptr) return nullptr;
  const IntegrationEntry* same_place = nullptr;
  const IntegrationEntry* same_service = nullptr;
  for (const IntegrationEntry& entry : receiver->integrations) {
    if (entry.id.kind != old.id.kind) continue;
    bool same = entry.fingerprint == old.fingerprint;
    if (entry.id == old.id) same_place = &entry;
    if (same && entry.id == old.id) return &entry;
    if (same && !old.fingerprint.empty() && same_service == nullptr) same_service = &entry;
  }
  if (same_service != nullptr || same_place == nullptr) return same_service;
  auto taken = [&](const IntegrationEntry& other) {
    return other.id != old.id && other.id.receiver == old.id.receiver && other.id.kind == old.id.kind &&
           !other.fingerprint.empty() && other.fingerprint == same_place->fingerprint;
  };
  return std::ranges::any_of(known, taken) ? nullptr : same_place;
}

// The configuration's own entry: thousands of groups speak to the same few integrations.
std::shared_ptr<const IntegrationEntry> shared(const std::shared_ptr<const RoutingConfig>& config,
                                               const IntegrationEntry& entry) {
  return {config, &entry};
}

}  // namespace

void GroupTerms::follow(const Route& route) {
  route_id = route.id;
  route_key = route.key;
  receiver = route.receiver;
  group_interval = route.group_interval;
  repeat_interval = route.repeat_interval;
}

void Group::reconfigure(const Route* route, const std::shared_ptr<const RoutingConfig>& config,
                        TimePoint now) {
  route_ = route;
  if (route != nullptr) {
    Duration old_interval = terms_.group_interval;
    Duration old_repeat = terms_.repeat_interval;
    std::string old_receiver = terms_.receiver;
    terms_.follow(*route);
    terms_changed |= old_interval != terms_.group_interval || old_repeat != terms_.repeat_interval ||
                     old_receiver != terms_.receiver;
    if (old_interval != terms_.group_interval && is_set(terms_.last_flush)) {
      terms_.next_flush = std::max(now, terms_.last_flush + terms_.group_interval);
    }
  }
  for (auto& [key, member] : members_) member.departed = true;

  move_integrations(config);
  const ReceiverEntry* receiver = retired() ? nullptr : config->receiver(terms_.receiver);
  if (receiver == nullptr) return;
  for (const IntegrationEntry& entry : receiver->integrations) {
    auto same = [&](const auto& i) { return !i->gone && i->entry->id == entry.id; };
    auto it = std::ranges::find_if(integrations_, same);
    if (it != integrations_.end()) {
      (*it)->standing = Standing::kActive;
      continue;
    }
    integrations_.push_back(std::make_unique<GroupIntegration>());
    integrations_.back()->entry = shared(config, entry);
  }
  for (std::size_t i = 0; i < integrations_.size(); ++i) {
    if (integrations_[i]->fell_back && !integrations_[i]->gone) call_stand_ins(*integrations_[i], config);
  }
}

// Two integrations of the group never become one: an exact match goes first, a second claim is refused.
void Group::move_integrations(const std::shared_ptr<const RoutingConfig>& config) {
  std::vector<IntegrationEntry> known;
  for (auto& integration : integrations_) known.push_back(*integration->entry);
  std::set<IntegrationId> claimed;
  for (bool exact : {true, false}) {
    for (std::size_t i = 0; i < integrations_.size(); ++i) {
      GroupIntegration& integration = *integrations_[i];
      const IntegrationEntry* next = successor(known[i], known, *config);
      bool is_exact = next != nullptr && next->id == known[i].id && next->fingerprint == known[i].fingerprint;
      if (is_exact != exact) continue;
      bool gone = next == nullptr || !claimed.insert(next->id).second;
      integration.gone = gone;
      integration.standing = Standing::kRetired;
      integration.stands_in = false;
      // A copy: what is gone must not keep a configuration of long ago in memory.
      integration.entry = gone ? std::make_shared<const IntegrationEntry>(known[i]) : shared(config, *next);
      if (gone || known[i] == *next) continue;
      if (next->fingerprint != known[i].fingerprint) integration.delivery.end_hold();
      integration.changed |= integration.stored;
      if (integration.stored && !integration.stored_as && next->id != known[i].id)
        integration.stored_as = std::make_unique<const IntegrationId>(known[i].id);
    }
  }
}

GroupIntegration& Group::restore(IntegrationEntry entry, ToldState told, const Delivery::Memory& delivery,
                                 TimePoint now) {
  GroupIntegration& integration = *integrations_.emplace_back(std::make_unique<GroupIntegration>());
  integration.entry = std::make_shared<const IntegrationEntry>(std::move(entry));
  integration.told = std::move(told);
  integration.delivery.restore(delivery, now);
  return integration;
}

void Group::adopt(GroupIntegration& integration, AlertKey key, TimePoint told_at, std::string message_ref) {
  integration.told.alerts[key] = {.told = Told::kFiring, .at = told_at};
  integration.told.last_notified_at = std::max(integration.told.last_notified_at, told_at);
  integration.told.times_notified = std::max(integration.told.times_notified, 1);
  if (!message_ref.empty()) integration.message_ref = std::move(message_ref);
  integration.changed = true;
}

void Group::restore_member(AlertEntry& entry) {
  join(entry);
  GroupMember& member = members_.at(entry.key);
  member.departed = true;  // until routing says otherwise
  member.flushed = true;
}

}  // namespace tocsin
