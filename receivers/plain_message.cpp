#include "receivers/plain_message.h"

#include "receivers/text_limits.h"

namespace tocsin {
namespace {

std::string joined_values(const KeyValues& pairs) {
  std::string out;
  for (const auto& [name, value] : sorted_pairs(pairs)) out += (out.empty() ? "" : " ") + value;
  return out;
}

KeyValues without(KeyValues pairs, const KeyValues& others) {
  for (const auto& [name, value] : others) pairs.erase(name);
  return pairs;
}

std::string saying_of(const AlertData& alert) {
  for (const char* name : {"summary", "description"}) {
    if (const auto found = alert.annotations.find(name);
        found != alert.annotations.end() && !found->second.empty()) {
      return on_one_line(found->second);
    }
  }
  const auto name = alert.labels.find("alertname");
  return name == alert.labels.end() ? "alert" : name->second;
}

}  // namespace

std::string plain_title(const NotificationData& data) {
  std::string out = data.firing ? "[FIRING:" + std::to_string(data.count_firing()) + "]" : "[RESOLVED]";
  if (!data.group_labels.empty()) out += " " + joined_values(data.group_labels);
  const std::string rest = joined_values(without(data.common_labels, data.group_labels));
  if (!rest.empty()) out += " (" + rest + ")";
  return on_one_line(out);
}

std::string plain_alert_list(const NotificationData& data, std::size_t limit) {
  std::string out;
  std::size_t shown = 0;
  for (const AlertData& alert : data.alerts) {
    if (shown == limit) break;
    ++shown;
    out += (alert.firing ? "firing: " : "resolved: ") + saying_of(alert);
    const KeyValues own = without(alert.labels, data.common_labels);
    std::string labels;
    for (const auto& [name, value] : sorted_pairs(own))
      labels += (labels.empty() ? "" : ", ") + name + "=" + value;
    if (!labels.empty()) out += " (" + labels + ")";
    out += "\n";
  }
  if (shown < data.alerts.size()) out += "… " + std::to_string(data.alerts.size() - shown) + " more\n";
  return out;
}

}  // namespace tocsin
