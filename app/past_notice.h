// A PastNotice is a line of the history, read again: what history_of wrote of a notice. A line that cannot be
// read keeps its time, kind and subject.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/store.h"
#include "core/labels.h"
#include "core/named_alerts.h"

namespace tocsin {

struct PastNotice {
  TimePoint at = kNoTime;
  std::string kind;  // "AlertFired", …
  std::string subject;
  Labels labels;
  std::vector<std::pair<std::string, std::string>> details;
  std::string named;  // the alerts of a notification

  std::string_view detail(std::string_view name) const;  // "" where there is none
  // Whether it is about one alert rather than about a group or the program: then `labels` are the alert's.
  bool of_alert() const { return kind.starts_with("Alert"); }
  // Of an alert's notice: the key of the group in which it happened, "" where it does not say.
  std::string_view alert_group() const;
  // Whether it is about this alert, or about a notification that named it.
  bool concerns(std::string_view fingerprint) const;
};

PastNotice read_past_notice(const HistoryEntry&);

}  // namespace tocsin
