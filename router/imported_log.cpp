#include "router/imported_log.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL  // header only
#include <xxhash.h>

#include <algorithm>

#include "core/json.h"

namespace tocsin {

namespace {

std::string record_key(const ImportedEntry& entry) {
  return fmt::format("{}|{}", entry.group_key, entry.integration.to_string());
}

std::optional<ImportedEntry> parse(const Record& record) {
  const auto json = JsonValue::parse(record.value.value_or(""));
  if (!json || json->kind() != JsonValue::Kind::kObject) return std::nullopt;
  ImportedEntry entry;
  entry.group_key = json->text("group_key");
  entry.integration = {json->text("receiver"), json->text("kind"), static_cast<int>(json->integer("index"))};
  entry.at = json->time("at");
  entry.expires_at = json->time("expires_at");
  entry.message_ref = json->text("message_ref");
  for (const JsonValue& hash : json->find("firing").array()) {
    entry.firing.push_back(static_cast<std::uint64_t>(hash.integer()));
  }
  if (!is_set(entry.at) || record_key(entry) != record.key) return std::nullopt;
  return entry;
}

// An alert that began after the entry was written is another one of the same labels.
std::vector<std::uint64_t>::const_iterator find_in(const ImportedEntry& entry, const Alert& alert) {
  if (alert.starts_at > entry.at) return entry.firing.end();
  return std::ranges::find(entry.firing, nflog_hash(alert.labels));
}

}  // namespace

std::uint64_t nflog_hash(const Labels& labels) {
  std::string text;
  for (const Label label : labels) text.append(label.name).append("\xff").append(label.value).append("\xff");
  return XXH64(text.data(), text.size(), 0);
}

// Hashes are written as signed integers of the same bits: JSON readers know no unsigned ones.
Record imported_record(const ImportedEntry& entry) {
  JsonWriter json;
  json.begin_object().field("group_key", entry.group_key).field("receiver", entry.integration.receiver);
  json.field("kind", entry.integration.kind).key("index").integer(entry.integration.index);
  json.key("at").integer(entry.at.time_since_epoch().count());
  if (is_set(entry.expires_at)) json.key("expires_at").integer(entry.expires_at.time_since_epoch().count());
  if (!entry.message_ref.empty()) json.field("message_ref", entry.message_ref);
  json.key("firing").begin_array();
  for (const std::uint64_t hash : entry.firing) json.integer(static_cast<std::int64_t>(hash));
  json.end_array().end_object();
  return {std::string(kImportedBucket), record_key(entry), json.take()};
}

void ImportedLog::restore(std::span<const Record> records, TimePoint now, std::vector<Record>& gone) {
  for (const Record& record : records) {
    if (record.bucket != kImportedBucket || !record.value) continue;
    std::optional<ImportedEntry> entry = parse(record);
    if (!entry || entry->firing.empty() || (is_set(entry->expires_at) && entry->expires_at <= now)) {
      gone.push_back({record.bucket, record.key, std::nullopt});
      continue;
    }
    entries_.insert_or_assign(Key{entry->group_key, entry->integration}, std::move(*entry));
  }
}

bool ImportedLog::told_firing(const std::string& group_key, const std::string& receiver,
                              const Alert& alert) const {
  for (auto it = entries_.lower_bound(Key{group_key, {receiver, "", 0}}); it != entries_.end(); ++it) {
    const auto& [key, entry] = *it;
    if (key.first != group_key || key.second.receiver != receiver) return false;
    if (find_in(entry, alert) != entry.firing.end()) return true;
  }
  return false;
}

std::optional<ImportedLog::Adopted> ImportedLog::adopt(const std::string& group_key, const IntegrationId& id,
                                                       const Alert& alert) {
  const auto it = entries_.find(Key{group_key, id});
  if (it == entries_.end()) return std::nullopt;
  ImportedEntry& entry = it->second;
  const auto place = find_in(entry, alert);
  if (place == entry.firing.end()) return std::nullopt;
  entry.firing.erase(place);
  Adopted adopted{entry.at, entry.message_ref, imported_record(entry)};
  if (entry.firing.empty()) {
    adopted.record.value = std::nullopt;
    entries_.erase(it);
  }
  return adopted;
}

}  // namespace tocsin
