#include "router/gates.h"

#include <algorithm>

#include "core/json.h"
#include "router/group.h"

namespace tocsin {

namespace {

std::string gate_value(const std::string& fingerprint, const Gate::Memory& memory) {
  JsonWriter json;
  const auto write = [&](std::string_view name, TimePoint time) {
    if (is_set(time)) json.key(name).integer(time.time_since_epoch().count());
  };
  json.begin_object().field("fingerprint", fingerprint);
  write("failing_since", memory.failing_since);
  write("shut_at", memory.shut_at);
  write("next_probe_at", memory.next_probe_at);
  json.key("probe_interval").integer(memory.probe_interval.count());
  json.field("last_error", memory.last_error);
  return json.end_object().take();
}

// Nothing where it is of another integration, or cannot be read.
std::optional<Gate::Memory> parse_gate(std::string_view text, const std::string& fingerprint) {
  const auto json = JsonValue::parse(text);
  if (!json || json->kind() != JsonValue::Kind::kObject) return std::nullopt;
  if (json->text("fingerprint") != fingerprint) return std::nullopt;
  const auto time = [&](std::string_view name) {
    const JsonValue& value = json->find(name);
    return value.kind() == JsonValue::Kind::kInteger ? TimePoint(Duration(value.integer())) : kNoTime;
  };
  Gate::Memory memory;
  memory.failing_since = time("failing_since");
  memory.shut_at = time("shut_at");
  memory.next_probe_at = time("next_probe_at");
  memory.probe_interval = Duration(json->integer("probe_interval"));
  memory.last_error = json->text("last_error");
  if (!is_set(memory.failing_since)) return std::nullopt;
  return memory;
}

Notice about(NoticeKind kind, const IntegrationId& id) {
  Notice notice{kind, id.to_string(), {}, {}};
  notice.details.emplace_back("integration", id.to_string());
  return notice;
}

}  // namespace

void Gates::configure(const RoutingConfig& config, RouterOutput& out) {
  std::map<IntegrationId, Lane> before = std::exchange(lanes_, {});
  by_order_.clear();
  due_.clear();
  for (const ReceiverEntry& receiver : config.receivers) {
    for (const IntegrationEntry& entry : receiver.integrations) {
      auto known = before.extract(entry.id);
      const bool same = !known.empty() && known.mapped().fingerprint == entry.fingerprint;
      if (!known.empty() && !same) before.insert(std::move(known));
      Lane& lane = same ? lanes_.insert(std::move(known)).position->second : lanes_[entry.id];
      if (!same) {
        lane.id = entry.id;
        lane.fingerprint = entry.fingerprint;
        lane.gate = Gate(entry.id.to_string());
      }
      lane.order = ++last_order_;
      lane.gate.set_pace(entry.pace);
      lane.waiting.clear();
      lane.owed = 0;
      lane.due = kNever;
      by_order_[lane.order] = &lane;
      reschedule(lane);
    }
  }
  for (auto& [id, gone] : before) {
    constexpr std::string_view kWhy = "its configuration was changed";
    if (gone.gate.circuit_open()) tell_closed(gone, kWhy, out);
    if (gone.is_news) tell_working(gone, kWhy, out);
  }
}

void Gates::restore(std::span<const Record> records, TimePoint now) {
  std::map<std::string, Lane*> by_name;
  for (auto& [id, lane] : lanes_) {
    by_name[id.to_string()] = &lane;
    if (!records.empty()) lane.gate.spend_burst(now);
  }
  for (const Record& record : records) {
    if (record.bucket != kGateBucket || !record.value) continue;
    const auto found = by_name.find(record.key);
    auto memory =
        found == by_name.end() ? std::nullopt : parse_gate(*record.value, found->second->fingerprint);
    if (!memory) {
      changes_[record.key] = std::nullopt;  // of an integration that was changed or is gone
      continue;
    }
    found->second->gate.restore(std::move(*memory), now);
    found->second->is_news = true;
    reschedule(*found->second);
  }
}

Gates::Lane* Gates::lane(const IntegrationId& id) {
  const auto found = lanes_.find(id);
  return found == lanes_.end() ? nullptr : &found->second;
}

const Gates::Lane* Gates::lane(const IntegrationId& id) const {
  const auto found = lanes_.find(id);
  return found == lanes_.end() ? nullptr : &found->second;
}

const Gate* Gates::find(const IntegrationId& id) const {
  const Lane* found = lane(id);
  return found == nullptr ? nullptr : &found->gate;
}

GateView Gates::view(const IntegrationId& id, TimePoint now) const {
  GateView view;
  const Lane* found = lane(id);
  if (found == nullptr) return view;
  const Gate& gate = found->gate;
  view.pace = gate.pace();
  view.obstacle = gate.obstacle(now);
  view.opens_at = gate.opens_at();
  view.failing_since = gate.failing_since();
  view.last_delivered_at = gate.last_delivered_at();
  view.circuit_open = gate.circuit_open();
  view.waiting = found->waiting.size();
  view.last_error = gate.last_error();
  return view;
}

bool Gates::fails(std::string_view integration) const {
  return !integration.empty() && std::ranges::any_of(lanes_, [&](const auto& entry) {
    return entry.second.is_news && entry.first.to_string() == integration;
  });
}

void Gates::reschedule(Lane& lane) {
  TimePoint due = lane.waiting.empty() ? kNever : lane.gate.opens_at();
  if (!lane.is_news && is_set(lane.gate.failing_since()))
    due = std::min(due, lane.gate.failing_since() + kFailingIsNews);
  if (due == lane.due) return;
  if (lane.due != kNever) due_.erase({lane.due, lane.order});
  lane.due = due;
  if (due != kNever) due_.insert({due, lane.order});
}

bool Gates::lets_pass(const IntegrationId& id, TimePoint now) const {
  const Lane* found = lane(id);
  return found == nullptr || (found->waiting.empty() && found->gate.open(now));
}

void Gates::passed(const IntegrationId& id, TimePoint now) {
  Lane* found = lane(id);
  if (found == nullptr) return;
  found->gate.passed(now);
  reschedule(*found);
}

// An integration that has gone passed a gate which may be another's by now.
Gates::Verdict Gates::answered(const IntegrationEntry& entry, std::uint64_t group,
                               const DeliveryResult& result, TimePoint now, RouterOutput& out) {
  using Outcome = DeliveryResult::Outcome;
  Lane* found = lane(entry.id);
  if (found == nullptr || found->fingerprint != entry.fingerprint)
    return result.outcome == Outcome::kDelivered ? Verdict::kDelivered : Verdict::kByItself;
  Lane& lane = *found;
  const bool was_open = lane.gate.circuit_open();
  Verdict verdict = Verdict::kByItself;
  if (result.outcome == Outcome::kDelivered) {
    lane.gate.delivered(now);
    verdict = Verdict::kDelivered;
    if (lane.is_news) tell_working(lane, "a notification has arrived", out);
  } else if (result.outcome == Outcome::kFailed) {
    if (lane.gate.failed(result, now) || lane.gate.circuit_open()) verdict = Verdict::kWaitsForGate;
  } else {
    lane.gate.refused(group, result, now);
    if (lane.gate.circuit_open()) verdict = Verdict::kWaitsForGate;
  }
  if (was_open && !lane.gate.circuit_open()) tell_closed(lane, "a notification has arrived", out);
  if (!was_open && lane.gate.circuit_open()) tell_opened(lane, out);
  if (lane.gate.circuit_open() && !lane.is_news) tell_failing(lane, out);
  if (lane.is_news) changes_[lane.id.to_string()] = gate_value(lane.fingerprint, lane.gate.memory());
  reschedule(lane);
  return verdict;
}

void Gates::tell_opened(const Lane& lane, RouterOutput& out) {
  Notice opened = about(NoticeKind::kCircuitOpened, lane.id);
  opened.details.emplace_back("message", lane.gate.last_error());
  opened.details.emplace_back("next probe", format_rfc3339(lane.gate.next_probe_at()));
  out.notices.push_back(std::move(opened));
}

void Gates::tell_closed(const Lane& lane, std::string_view why, RouterOutput& out) {
  Notice closed = about(NoticeKind::kCircuitClosed, lane.id);
  closed.details.emplace_back("reason", std::string(why));
  out.notices.push_back(std::move(closed));
}

void Gates::tell_failing(Lane& lane, RouterOutput& out) {
  lane.is_news = true;
  Notice failing = about(NoticeKind::kReceiverFailing, lane.id);
  failing.details.emplace_back("since", format_rfc3339(lane.gate.failing_since()));
  failing.details.emplace_back("message", lane.gate.last_error());
  out.notices.push_back(std::move(failing));
  out.news.push_back(
      {IntegrationNews::Kind::kFailing, lane.id, lane.gate.failing_since(), lane.gate.last_error()});
  changes_[lane.id.to_string()] = gate_value(lane.fingerprint, lane.gate.memory());
}

void Gates::tell_working(Lane& lane, std::string_view why, RouterOutput& out) {
  lane.is_news = false;
  Notice works = about(NoticeKind::kReceiverRecovered, lane.id);
  works.details.emplace_back("reason", std::string(why));
  out.notices.push_back(std::move(works));
  out.news.push_back({IntegrationNews::Kind::kWorking, lane.id, kNoTime, ""});
  changes_[lane.id.to_string()] = std::nullopt;
}

void Gates::follow(Group& group, GroupIntegration& integration, RouterOutput& out) {
  const Delivery& delivery = integration.delivery;
  if (integration.is_owed == !delivery.idle() && integration.is_waiting == delivery.waiting()) return;
  Lane* found = lane(integration.entry->id);
  if (found == nullptr) return;
  if (std::exchange(integration.is_waiting, delivery.waiting()) != delivery.waiting()) {
    if (delivery.waiting()) {
      integration.place_since = delivery.waiting_since();
      found->waiting[{integration.place_since, integration.serial}] = {&group, &integration};
    } else {
      found->waiting.erase({integration.place_since, integration.serial});
    }
  }
  count(*found, integration, out);
}

void Gates::forget(GroupIntegration& integration, RouterOutput& out) {
  if (!integration.is_owed && !integration.is_waiting) return;
  Lane* found = lane(integration.entry->id);
  if (found == nullptr) return;
  if (std::exchange(integration.is_waiting, false))
    found->waiting.erase({integration.place_since, integration.serial});
  count(*found, integration, out);
}

void Gates::count(Lane& lane, GroupIntegration& integration, RouterOutput& out) {
  const bool owed = !integration.delivery.idle();
  if (std::exchange(integration.is_owed, owed) != owed) owed ? ++lane.owed : --lane.owed;
  settle(lane, out);
}

void Gates::settle(RouterOutput& out) {
  for (auto& [id, lane] : lanes_) settle(lane, out);
}

void Gates::settle(Lane& lane, RouterOutput& out) {
  if (lane.owed == 0 && is_set(lane.gate.failing_since())) {
    constexpr std::string_view kWhy = "nothing is owed to it any more";
    if (lane.gate.circuit_open()) tell_closed(lane, kWhy, out);
    lane.gate.idle();
    if (lane.is_news) tell_working(lane, kWhy, out);
  }
  reschedule(lane);
}

std::optional<Gates::Turn> Gates::next_turn(TimePoint now) {
  for (const auto& [at, order] : due_) {
    if (at > now) break;
    Lane& lane = *by_order_.at(order);
    if (lane.waiting.empty() || !lane.gate.open(now)) continue;
    const Turn turn = lane.waiting.begin()->second;
    lane.waiting.erase(lane.waiting.begin());
    turn.integration->is_waiting = false;
    reschedule(lane);
    return turn;
  }
  return std::nullopt;
}

void Gates::advance(TimePoint now, RouterOutput& out) {
  while (!due_.empty() && due_.begin()->first <= now) {
    Lane& lane = *by_order_.at(due_.begin()->second);
    tell_failing(lane, out);  // whoever waited has had its turn
    reschedule(lane);
  }
}

void Gates::write_changes(RouterOutput& out) {
  for (auto& [key, value] : changes_)
    out.records.push_back({std::string(kGateBucket), key, std::move(value)});
  changes_.clear();
}

}  // namespace tocsin
