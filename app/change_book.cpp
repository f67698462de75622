#include "app/change_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.h"
#include "rules/rule_changes.h"

namespace tocsin {
namespace {

using Kind = RuleChange::Kind;

// Says that the prints are all there, and how they were made: prints of another kind cannot be compared.
constexpr std::string_view kMarkBucket = "rule_prints";
constexpr std::string_view kMark = "1";

constexpr std::pair<Kind, std::string_view> kKinds[] = {
    {Kind::kAdded, "added"}, {Kind::kRemoved, "removed"}, {Kind::kChanged, "changed"}};

std::string text_of(const IntegrationId& integration, const RulesChanged& changed) {
  JsonWriter json;
  json.begin_object().field("receiver", integration.receiver).field("kind", integration.kind);
  json.key("index").integer(integration.index);
  json.key("at").integer(changed.at.time_since_epoch().count()).key("changes").begin_array();
  for (const RuleChange& change : changed.changes) {
    const auto kind = std::ranges::find(kKinds, change.kind, &std::pair<Kind, std::string_view>::first);
    json.begin_object().field("kind", kind->second).field("rule", change.rule);
    json.field("group", change.group).field("file", change.file).key("keys").begin_array();
    for (const std::string& key : change.keys) json.string(key);
    json.end_array().end_object();
  }
  return json.end_array().end_object().take();
}

RuleChange change_of(const JsonValue& json) {
  RuleChange out{Kind::kChanged, json.text("rule"), json.text("group"), json.text("file"), {}};
  for (const auto& [kind, word] : kKinds) {
    if (json.text("kind") == word) out.kind = kind;
  }
  for (const JsonValue& key : json.find("keys").array()) out.keys.push_back(key.string());
  return out;
}

}  // namespace

void ChangeBook::restore(std::span<const Record> stored) {
  for (const Record& record : stored) {
    if (record.bucket == kMarkBucket) known_ = record.value == kMark;
    if (record.bucket != kNewsBucket) continue;
    const auto json = JsonValue::parse(record.value.value_or(""));
    if (!json) continue;
    Owed owed;
    owed.integration = {json->text("receiver"), json->text("kind"), static_cast<int>(json->integer("index"))};
    owed.changed.at = json->time("at");
    for (const JsonValue& change : json->find("changes").array())
      owed.changed.changes.push_back(change_of(change));
    owed_[record.key] = std::move(owed);
  }
  rules_ = RulePrints::restored(stored);
}

void ChangeBook::configure(const EvaluatorConfig& config, const std::vector<IntegrationId>& listeners,
                           TimePoint now, Output& out) {
  if (listeners.empty()) return forget_all(out);
  RulePrints fresh = RulePrints::of(config);
  std::ranges::move(fresh.records_after(rules_), std::back_inserter(out.records));
  std::erase_if(owed_, [&](const auto& owed) {
    if (std::ranges::find(listeners, owed.second.integration) != listeners.end()) return false;
    out.records.push_back({std::string(kNewsBucket), owed.first, std::nullopt});
    return true;
  });
  if (known_) {
    const RulesChanged changed{now, "", rule_changes(rules_.groups(), fresh.groups())};
    if (!changed.changes.empty()) {
      for (const IntegrationId& listener : listeners) owe(listener, changed, out);
    }
  } else {
    out.records.push_back({std::string(kMarkBucket), "kind", std::string(kMark)});
  }
  known_ = true;
  rules_ = std::move(fresh);
  for (auto& [id, owed] : owed_) {
    if (std::exchange(owed.under_way, true)) continue;
    out.news.push_back({id, owed.integration, owed.changed});
  }
}

// From now on nobody wants to hear of changes: what is there then is what later ones are compared with.
void ChangeBook::forget_all(Output& out) {
  const RulePrints nothing;
  std::ranges::move(nothing.records_after(rules_), std::back_inserter(out.records));
  if (known_) out.records.push_back({std::string(kMarkBucket), "kind", std::nullopt});
  for (const auto& [id, owed] : owed_) out.records.push_back({std::string(kNewsBucket), id, std::nullopt});
  rules_ = {};
  owed_.clear();
  known_ = false;
}

void ChangeBook::owe(const IntegrationId& integration, const RulesChanged& changed, Output& out) {
  // Sorts by time: older news are told first.
  const auto at = changed.at.time_since_epoch().count();
  int number = 0;
  std::string id;
  do {
    id = fmt::format("{:020}-{} {}", at, number++, integration.to_string());
  } while (owed_.contains(id));
  out.records.push_back({std::string(kNewsBucket), id, text_of(integration, changed)});
  owed_[id] = {integration, changed};
}

void ChangeBook::told(const ChangeTold& told, Output& out) {
  const auto owed = owed_.find(told.id);
  if (owed == owed_.end()) return;  // nobody wants to hear of it any more
  owed->second.under_way = false;
  if (told.outcome == ChangeTold::Outcome::kOwed) return;
  out.records.push_back({std::string(kNewsBucket), told.id, std::nullopt});
  owed_.erase(owed);
}

}  // namespace tocsin
