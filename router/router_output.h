// What one call of the router asks for. Records first: they are durable before the deliveries of the same
// call start.
#pragma once

#include <vector>

#include "core/notice.h"
#include "core/notification.h"
#include "core/record.h"

namespace tocsin {

struct RouterOutput {
  std::vector<Record> records;  // at most one per bucket and key and call
  std::vector<Notification> deliveries;
  std::vector<Notice> notices;
};

}  // namespace tocsin
