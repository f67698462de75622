// What one call of the router asks for. Records first: they are durable before the deliveries of the same
// call start.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/notice.h"
#include "core/notification.h"
#include "core/record.h"
#include "router/muted_by.h"

namespace tocsin {

// An integration begins to fail for all who speak to it, or works again: worth an alert of our own.
struct IntegrationNews {
  enum class Kind { kFailing, kWorking };
  Kind kind = Kind::kFailing;
  IntegrationId integration;
  TimePoint failing_since = kNoTime;
  std::string error;
};

struct RouterOutput {
  std::vector<Record> records;  // at most one per bucket and key and call
  std::vector<Notification> deliveries;
  std::vector<Notice> notices;
  std::vector<IntegrationNews> news;
  std::map<MutedBy, std::size_t> muted;  // alerts that flushes left out, for the metrics
  std::size_t limited = 0;               // alerts that were one too many of their name
};

}  // namespace tocsin
