// The router's durable facts as JSON: one record per alert, per group (its terms and timers) and per group
// and integration (told state and the delivery under way). Only the router writes and reads these buckets.
#pragma once

#include <string>
#include <string_view>

#include "core/alert.h"
#include "core/result.h"
#include "router/group.h"

namespace tocsin {

inline constexpr std::string_view kAlertBucket = "alert";
inline constexpr std::string_view kGroupBucket = "group";
inline constexpr std::string_view kToldBucket = "told";

std::string alert_value(const Alert&);
Result<Alert> parse_alert(std::string_view json);

std::string group_value(const GroupTerms&);
Result<GroupTerms> parse_group(std::string_view json);

// GROUP|INTEGRATION
std::string told_key(std::string_view group_key, const IntegrationId&);

struct ToldRecord {
  std::string group;  // record key
  IntegrationEntry entry;
  ToldState told;
  std::string message_ref;
  Delivery::Memory delivery;
  bool fell_back = false;
};
std::string told_value(std::string_view group_key, const GroupIntegration&);
Result<ToldRecord> parse_told(std::string_view json);

}  // namespace tocsin
