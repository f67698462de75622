// The imported log is what an Alertmanager had told before we took over from it: its notification log
// (nflog), as records that the shell wrote once. When an alert of it comes back, the told state of its group
// begins there, so that nobody is told twice and whoever was told "firing" hears of the end. Each alert of it
// counts once; what has started since is news.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/notification.h"
#include "core/record.h"
#include "core/result.h"

namespace tocsin {

inline constexpr std::string_view kImportedBucket = "imported";

// The newest entry of one group and integration.
struct ImportedEntry {
  std::string group_key;
  IntegrationId integration;
  TimePoint at = kNoTime;  // when it was told
  TimePoint expires_at = kNoTime;
  std::vector<std::uint64_t> firing;  // by nflog_hash; what was last said to fire
  std::string message_ref;            // Slack's channel and time stamp
};

Record imported_record(const ImportedEntry&);

// How Alertmanager's log names an alert: xxHash64 of name 0xFF value 0xFF in order of name (notify/notify.go:
// hashAlert).
std::uint64_t nflog_hash(const Labels&);

class ImportedLog {
 public:
  // Unreadable and expired records are put into `gone`.
  void restore(std::span<const Record>, TimePoint now, std::vector<Record>& gone);
  bool empty() const { return entries_.empty(); }

  // Whether any integration of the receiver was told that this alert fires, and has not been asked for it.
  bool told_firing(const std::string& group_key, const std::string& receiver, const Alert&) const;

  struct Adopted {
    TimePoint at;
    std::string message_ref;
    Record record;  // of the log, without the alert: to be stored with what was made of it
  };
  // Takes the alert out of the log; nothing where the integration was not told that it fires.
  std::optional<Adopted> adopt(const std::string& group_key, const IntegrationId&, const Alert&);

 private:
  using Key = std::pair<std::string, IntegrationId>;
  std::map<Key, ImportedEntry> entries_;
};

}  // namespace tocsin
