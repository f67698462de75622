#include "app/takeover.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/alertmanager_snapshot.h"
#include "core/json.h"
#include "router/imported_log.h"
#include "router/silence_records.h"

namespace tocsin {
namespace {

constexpr std::string_view kBucket = "takeover";

Record mark(const Takeover& takeover, TimePoint now) {
  JsonWriter json;
  json.begin_object().key("at").integer(now.time_since_epoch().count());
  json.key("silences").integer(static_cast<std::int64_t>(takeover.silences));
  json.key("groups").integer(static_cast<std::int64_t>(takeover.groups));
  json.key("problems").integer(static_cast<std::int64_t>(takeover.problems.size()));
  return {std::string(kBucket), "alertmanager", json.end_object().take()};
}

// As receivers/slack writes its reference: the channel and the time stamp of the message.
std::string message_ref(const NflogEntry& entry) {
  const auto channel = entry.receiver_data.find("channelId");
  const auto stamp = entry.receiver_data.find("threadTs");
  if (channel == entry.receiver_data.end() || stamp == entry.receiver_data.end()) return "";
  return channel->second + " " + stamp->second;
}

ImportedEntry imported(const NflogEntry& entry) {
  ImportedEntry out;
  out.group_key = entry.group_key;
  out.integration = {entry.group_name, entry.integration, static_cast<int>(entry.idx)};
  out.at = entry.timestamp;
  out.expires_at = entry.expires_at;
  out.firing = entry.firing_alerts;
  out.message_ref = message_ref(entry);
  return out;
}

}  // namespace

Takeover take_over(const std::string& folder, std::span<const Record> stored, TimePoint now,
                   const ReadFile& read) {
  Takeover out;
  if (std::ranges::any_of(stored, [](const Record& record) { return record.bucket == kBucket; })) return out;
  const auto text_of = [&](const char* name) -> std::optional<std::string> {
    auto text = read(folder + "/" + name);
    if (text) return std::move(*text);
    out.problems.push_back(text.error().message);
    return std::nullopt;
  };
  const auto complain = [&](const char* name, const std::vector<std::string>& problems) {
    for (const std::string& problem : problems)
      out.problems.push_back(fmt::format("{}/{}: {}", folder, name, problem));
  };
  const auto silences = text_of("silences");
  if (silences) {
    auto snapshot = read_silences_snapshot(*silences);
    complain("silences", snapshot.problems);
    for (const Silence& silence : snapshot.entries) out.records.push_back(silence_record(silence, now));
    out.silences = snapshot.entries.size();
  }
  const auto log = text_of("nflog");
  if (log) {
    auto snapshot = read_nflog_snapshot(*log);
    complain("nflog", snapshot.problems);
    for (const NflogEntry& entry : snapshot.entries) {
      if (entry.firing_alerts.empty() || (is_set(entry.expires_at) && entry.expires_at <= now)) continue;
      out.records.push_back(imported_record(imported(entry)));
      ++out.groups;
    }
  }
  if (silences || log) out.records.push_back(mark(out, now));
  return out;
}

}  // namespace tocsin
