#include "evaluator/health_watch.h"

#include <algorithm>

#include "core/json.h"
#include "core/own_alert.h"

namespace tocsin {
namespace {

Record health_record(const std::string& key, const Alert& alert) {
  JsonWriter json;
  json.begin_object().key("labels").labels(alert.labels).key("annotations").labels(alert.annotations);
  json.key("starts_at").integer(alert.starts_at.time_since_epoch().count()).end_object();
  return {std::string(HealthWatch::kBucket), key, json.take()};
}

}  // namespace

std::vector<HealthWatch::Change> HealthWatch::raise(const std::string& key, Labels labels, Labels annotations,
                                                    TimePoint now) {
  std::vector<Change> changes;
  const auto known = alerts_.find(key);
  if (known != alerts_.end() && known->second.labels == labels && known->second.annotations == annotations)
    return {};
  Alert alert = own_alert(std::move(labels), std::move(annotations), now);
  if (known != alerts_.end()) {
    if (known->second.labels == alert.labels)
      alert.starts_at = known->second.starts_at;
    else
      changes = settle(key, ResolveCause::kRuleChanged, now);
  }
  alerts_[key] = alert;
  changes.push_back({alert, health_record(key, alert)});
  return changes;
}

std::vector<HealthWatch::Change> HealthWatch::settle(const std::string& key, ResolveCause cause,
                                                     TimePoint now) {
  const auto known = alerts_.find(key);
  if (known == alerts_.end()) return {};
  Alert alert = ended(std::move(known->second), now, cause);
  alerts_.erase(known);
  return {{std::move(alert), Record{std::string(kBucket), key, std::nullopt}}};
}

std::vector<HealthWatch::Change> HealthWatch::settle_unknown(const std::vector<std::string>& known,
                                                             TimePoint now) {
  std::vector<std::string> gone;
  for (const auto& [key, alert] : alerts_) {
    if (std::find(known.begin(), known.end(), key) == known.end()) gone.push_back(key);
  }
  std::vector<Change> changes;
  for (const std::string& key : gone) {
    for (Change& change : settle(key, ResolveCause::kRuleDeleted, now)) changes.push_back(std::move(change));
  }
  return changes;
}

void HealthWatch::restore(const Record& record) {
  const auto json = JsonValue::parse(record.value.value_or(""));
  if (!json) return;
  Alert alert;
  alert.labels = json->labels("labels");
  alert.annotations = json->labels("annotations");
  alert.starts_at = json->time("starts_at");
  alert.origin = AlertOrigin::kRule;
  if (!alert.labels.empty() && is_set(alert.starts_at)) alerts_[record.key] = std::move(alert);
}

}  // namespace tocsin
