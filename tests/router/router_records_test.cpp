#include "router/router_records.h"

#include <doctest/doctest.h>

using namespace tocsin;

TEST_CASE("an alert comes back from its record with the cause of its end, whichever it was") {
  const std::pair<ResolveCause, std::string> causes[] = {
      {ResolveCause::kNone, R"("cause":"")"},
      {ResolveCause::kConditionFalse, R"("cause":"condition false")"},
      {ResolveCause::kRuleChanged, R"("cause":"rule changed")"},
      {ResolveCause::kRuleDeleted, R"("cause":"rule deleted")"},
      {ResolveCause::kEndsAtPassed, R"("cause":"endsAt passed")"},
      {ResolveCause::kReportedResolved, R"("cause":"reported resolved")"},
  };
  for (const auto& [cause, text] : causes) {
    Alert alert;
    alert.labels = Labels{{"alertname", "X"}};
    alert.starts_at = TimePoint(std::chrono::seconds(5));
    alert.ends_at = TimePoint(std::chrono::seconds(9));
    alert.cause = cause;
    const std::string record = alert_value(alert);
    CHECK(record.find(text) != std::string::npos);
    const auto back = parse_alert(record);
    REQUIRE(back.has_value());
    CHECK(*back == alert);
  }
}
