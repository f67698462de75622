#include "app/alertmanager_frames.h"

namespace tocsin {
namespace {

void read_receiver(pbf_reader message, NflogEntry& entry) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        entry.group_name = message.get_string();
        break;
      case bytes_at(2):
        entry.integration = message.get_string();
        break;
      case varint_at(3):
        entry.idx = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
}

std::string read_data_value(pbf_reader message) {
  std::string value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        value = message.get_string();
        break;
      case varint_at(2):
        value = std::to_string(message.get_int64());
        break;
      case fixed64_at(3):
        value = fmt::format("{}", message.get_double());
        break;
      default:
        message.skip();
    }
  }
  return value;
}

void read_receiver_data(pbf_reader message, std::map<std::string, std::string>& into) {
  std::string key, value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        key = message.get_string();
        break;
      case bytes_at(2):
        value = read_data_value(message.get_message());
        break;
      default:
        message.skip();
    }
  }
  into[std::move(key)] = std::move(value);
}

void read_hashes(pbf_reader& message, std::vector<std::uint64_t>& into) {
  for (const std::uint64_t hash : message.get_packed_uint64()) into.push_back(hash);
}

// nflogpb.Entry; fields 3 and 4 were replaced by 6 and 7 long ago.
void read_notification(pbf_reader message, NflogEntry& entry) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        entry.group_key = message.get_bytes();
        break;
      case bytes_at(2):
        read_receiver(message.get_message(), entry);
        break;
      case bytes_at(5):
        entry.timestamp = read_time(message.get_message());
        break;
      case bytes_at(6):
        read_hashes(message, entry.firing_alerts);
        break;
      case varint_at(6):
        entry.firing_alerts.push_back(message.get_uint64());
        break;
      case bytes_at(7):
        read_hashes(message, entry.resolved_alerts);
        break;
      case varint_at(7):
        entry.resolved_alerts.push_back(message.get_uint64());
        break;
      case bytes_at(8):
        read_receiver_data(message.get_message(), entry.receiver_data);
        break;
      default:
        message.skip();
    }
  }
}

// nflogpb.MeshEntry
Verdict read_entry(pbf_reader message, NflogEntry& entry) {
  bool found = false;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        read_notification(message.get_message(), entry);
        found = true;
        break;
      case bytes_at(2):
        entry.expires_at = read_time(message.get_message());
        break;
      default:
        message.skip();
    }
  }
  if (!found) return "a notification is missing";
  if (entry.group_key.empty()) return "a notification without group key";
  if (entry.group_name.empty()) return "a notification without receiver";
  return std::nullopt;
}

}  // namespace

AlertmanagerSnapshot<NflogEntry> read_nflog_snapshot(std::string_view bytes) {
  return read_snapshot<NflogEntry>(bytes, read_entry);
}

}  // namespace tocsin
