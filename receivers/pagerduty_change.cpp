#include "receivers/pagerduty_change.h"

#include "core/json.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

using Kind = RuleChange::Kind;

constexpr std::size_t kLongestSummary = 1024;
constexpr std::size_t kMostNamed = 5;     // in the summary, of a kind
constexpr std::size_t kMostListed = 300;  // in the details, of a kind: far below 512 KB

std::string name_of(const RuleChange& change) {
  std::string out = change.rule.empty() ? "group " + change.group : change.rule;
  for (std::size_t i = 0; i < change.keys.size(); ++i) out += (i == 0 ? ": " : ", ") + change.keys[i];
  return on_one_line(cut_to_runes(out, 200));
}

std::string with_place(const RuleChange& change) {
  const std::string group = change.rule.empty() ? "" : "group " + change.group + ", ";
  return cut_to_runes(on_one_line(name_of(change) + " (" + group + change.file + ")"), 600);
}

std::string summary_of(const RulesChanged& changed, Kind kind, const std::string& word) {
  std::size_t count = 0;
  std::string names;
  for (const RuleChange& change : changed.changes) {
    if (change.kind != kind) continue;
    if (++count <= kMostNamed) names += (count == 1 ? "" : "; ") + name_of(change);
  }
  if (count == 0) return "";
  return std::to_string(count) + " " + word + " (" + names + (count > kMostNamed ? "; …)" : ")");
}

void write_list(JsonWriter& json, const RulesChanged& changed, Kind kind, const char* key) {
  std::size_t count = 0;
  for (const RuleChange& change : changed.changes) count += change.kind == kind ? 1 : 0;
  if (count == 0) return;
  json.key(key).begin_array();
  std::size_t listed = 0;
  for (const RuleChange& change : changed.changes) {
    if (change.kind != kind || listed == kMostListed) continue;
    json.string(with_place(change));
    ++listed;
  }
  if (count > listed) json.string("… " + std::to_string(count - listed) + " more");
  json.end_array();
}

}  // namespace

std::string change_summary(const RulesChanged& changed) {
  std::string out;
  for (const std::string& part :
       {summary_of(changed, Kind::kAdded, "added"), summary_of(changed, Kind::kRemoved, "removed"),
        summary_of(changed, Kind::kChanged, "changed")}) {
    if (!part.empty()) out += (out.empty() ? "" : ", ") + part;
  }
  return cut_to_runes("Rules changed: " + out, kLongestSummary);
}

std::string pagerduty_change_event(const RulesChanged& changed, const std::string& routing_key,
                                   const std::string& external_url) {
  JsonWriter json;
  json.begin_object().field("routing_key", routing_key).key("payload").begin_object();
  json.field("summary", change_summary(changed))
      .field("source", changed.host)
      .key("timestamp")
      .time(changed.at);
  json.key("custom_details").begin_object();
  write_list(json, changed, Kind::kAdded, "added");
  write_list(json, changed, Kind::kRemoved, "removed");
  write_list(json, changed, Kind::kChanged, "changed");
  json.end_object().end_object();
  if (external_url.starts_with("http")) {
    json.key("links").begin_array().begin_object();
    json.field("href", external_url).field("text", "Tocsin").end_object().end_array();
  }
  json.end_object();
  return json.take();
}

std::string pagerduty_change_url(const std::string& events_url) {
  constexpr std::string_view kEvents = "/v2/enqueue";
  if (!events_url.ends_with(kEvents)) return "";
  return events_url.substr(0, events_url.size() - kEvents.size()) + "/v2/change/enqueue";
}

}  // namespace tocsin
