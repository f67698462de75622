// Alerts as the API shows them, one after the other.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"
#include "router/router_view.h"

namespace tocsin {

class AlertJson {
 public:
  // `now`, and how long an alert is taken to fire that nothing more is heard of.
  AlertJson(TimePoint now, Duration resolve_timeout) : now_(now), resolve_timeout_(resolve_timeout) {}

  TimePoint now() const { return now_; }
  // One object; keys in Alertmanager's order.
  void append(const AlertView&, std::string& out);

 private:
  // Alerts that came together have their times in common: each is written once.
  struct Written {
    TimePoint at = kNoTime;
    std::string text;
  };
  static std::string_view write(TimePoint, Written&);

  TimePoint now_;
  Duration resolve_timeout_;
  Written starts_at_, ends_at_, updated_at_;
};

}  // namespace tocsin
