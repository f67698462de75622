// The activity history: which notices are kept, and how they are written.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "app/store.h"
#include "core/notice.h"

namespace tocsin {

// The field of a line that holds Notice::alerts.
inline constexpr std::string_view kNamedAlerts = "named";

// Every notice becomes a line of its own, in order.
std::vector<HistoryEntry> history_of(std::span<const Notice>, TimePoint now);

}  // namespace tocsin
