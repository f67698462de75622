#include "app/store_alerts.h"

#include <chrono>

#include "core/own_alert.h"

namespace tocsin {
namespace {

constexpr Duration kResetIsNews = std::chrono::hours(1);

}  // namespace

Alert storage_failing(const std::string& error, TimePoint now) {
  return own_alert(Labels{{"alertname", "StorageFailing"}, {"severity", "critical"}},
                   Labels{{"summary",
                           "Tocsin cannot store its state; it goes on paging, but silences and what was "
                           "notified are lost if it restarts now"},
                          {"description", error}},
                   now);
}

Alert storage_works_again(Alert failing, TimePoint now) {
  return ended(std::move(failing), now);
}

Alert storage_was_reset(const std::string& message, TimePoint now) {
  Alert alert = own_alert(Labels{{"alertname", "StorageWasReset"}, {"severity", "warning"}},
                          Labels{{"summary",
                                  "Tocsin started without its stored state: silences are gone, and "
                                  "notifications may repeat"},
                                 {"description", message}},
                          now);
  alert.ends_at = now + kResetIsNews;
  return alert;
}

}  // namespace tocsin
