#include "app/past_notice.h"

#include "app/history.h"
#include "core/json.h"

namespace tocsin {

std::string_view PastNotice::detail(std::string_view name) const {
  for (const auto& [key, value] : details) {
    if (key == name) return value;
  }
  return "";
}

// Notices of rules have a group too, that of the rule file.
std::string_view PastNotice::alert_group() const {
  const bool of_router = kind == "AlertSuppressed" || kind == "AlertUnsuppressed" || kind == "AlertDropped";
  return of_router ? detail("group") : "";
}

bool PastNotice::concerns(std::string_view fingerprint) const {
  return subject == fingerprint || said_about(named, fingerprint).has_value();
}

PastNotice read_past_notice(const HistoryEntry& entry) {
  PastNotice notice{entry.at, entry.kind, entry.subject, {}, {}, ""};
  const auto json = JsonValue::parse(entry.json);
  if (!json) return notice;
  notice.labels = json->labels("labels");
  for (const auto& [name, value] : json->object()) {
    if (name == kNamedAlerts) {
      notice.named = value.string();
    } else if (name != "kind" && value.kind() == JsonValue::Kind::kString) {
      notice.details.emplace_back(name, value.string());
    }
  }
  return notice;
}

}  // namespace tocsin
