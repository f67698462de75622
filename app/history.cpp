#include "app/history.h"

#include "core/json.h"

namespace tocsin {
namespace {

constexpr std::size_t kUsualBytes = 300;

}  // namespace

std::vector<HistoryEntry> history_of(std::span<const Notice> notices, TimePoint now) {
  std::vector<HistoryEntry> entries;
  entries.reserve(notices.size());
  for (const Notice& notice : notices) {
    JsonWriter json;
    json.reserve(kUsualBytes);
    json.begin_object().field("kind", to_string(notice.kind));
    if (!notice.labels.empty()) json.key("labels").labels(notice.labels);
    for (const auto& [name, value] : notice.details) json.field(name, value);
    if (!notice.alerts.empty()) json.field(kNamedAlerts, notice.alerts);
    json.end_object();
    entries.push_back({now, std::string(to_string(notice.kind)), notice.subject, json.take()});
  }
  return entries;
}

}  // namespace tocsin
