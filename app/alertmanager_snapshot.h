// Reads what Alertmanager keeps in its data folder, the files `silences` and `nflog`, so that who moves to
// Tocsin takes along what is silenced and what has been told. Pure: bytes in, values out. A damaged file
// never stops anybody: what could be read is there, beside what is wrong.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "router/silence.h"

namespace tocsin {

template <class T>
struct AlertmanagerSnapshot {
  std::vector<T> entries;
  // What was left out and why, with the place in the file: "at byte 120: …".
  std::vector<std::string> problems;
};

AlertmanagerSnapshot<Silence> read_silences_snapshot(std::string_view bytes);

// The last notification that one integration sent about one group.
struct NflogEntry {
  std::string group_key;
  std::string group_name;  // of the receiver
  std::string integration;
  std::uint32_t idx = 0;  // among the receiver's integrations of that kind
  TimePoint timestamp = kNoTime;
  TimePoint expires_at = kNoTime;
  std::vector<std::uint64_t> firing_alerts;  // XXH64 of each alert's labels: name 0xFF value 0xFF, by name
  std::vector<std::uint64_t> resolved_alerts;
  std::map<std::string, std::string> receiver_data;  // such as Slack's threadTs; numbers as text
  friend bool operator==(const NflogEntry&, const NflogEntry&) = default;
};

AlertmanagerSnapshot<NflogEntry> read_nflog_snapshot(std::string_view bytes);

}  // namespace tocsin
