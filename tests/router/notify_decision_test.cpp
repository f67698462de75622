// The decision as a table: what the integration was told, what is true, and whether to speak.
#include "router/notify_decision.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tocsin;

namespace {

// One alert: told, attempted, and now. '-' never/nothing, 'o' owed, 'f' firing, 'r' resolved; the third is f,
// r, or F and R where departed.
struct Row {
  std::string name;
  std::vector<std::string> alerts;
  NotifyReason expected;
  bool wants_resolved = true;
  Standing standing = Standing::kActive;
  int minutes_since_last = 5;
};

Told told_of(char c) {
  switch (c) {
    case 'o':
      return Told::kOwed;
    case 'f':
      return Told::kFiring;
    case 'r':
      return Told::kResolved;
  }
  return Told::kNothing;
}

NotifyReason decide(const Row& row) {
  TimePoint now = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
  ToldState told;
  std::vector<GroupAlert> alerts;
  if (row.minutes_since_last > 0) told.last_notified_at = now - std::chrono::minutes(row.minutes_since_last);
  for (const std::string& text : row.alerts) {
    AlertKey key{alerts.size() + 1, 0};
    told.alerts[key] = {.told = told_of(text[0]), .attempted = told_of(text[1])};
    alerts.push_back({key, text[2] == 'f' || text[2] == 'F', text[2] == 'F' || text[2] == 'R'});
  }
  NotifyPolicy policy{.wants_resolved = row.wants_resolved,
                      .group_interval = std::chrono::minutes(5),
                      .repeat_interval = std::chrono::minutes(60),
                      .standing = row.standing};
  return reason_to_notify(told, alerts, policy, now);
}

constexpr NotifyReason kNone = NotifyReason::kNone;
constexpr NotifyReason kFirst = NotifyReason::kFirstNotification;
constexpr NotifyReason kNew = NotifyReason::kNewAlerts;
constexpr NotifyReason kAll = NotifyReason::kAllResolved;
constexpr NotifyReason kSome = NotifyReason::kSomeResolved;
constexpr NotifyReason kRepeat = NotifyReason::kRepeat;
constexpr Standing kActive = Standing::kActive;
constexpr Standing kRetired = Standing::kRetired;

}  // namespace

TEST_CASE("The reason to notify follows from what was told and what is true") {
  const std::vector<Row> rows = {
      {"nothing at all", {}, kNone},
      {"unheard and firing", {"--f"}, kFirst},
      {"owed and firing", {"o-f"}, kFirst},
      {"attempted and firing: perhaps unheard", {"-ff"}, kFirst},
      {"told and firing", {"f-f"}, kNone},
      {"one told, one new", {"f-f", "--f"}, kNew},
      {"told one has ended, one new", {"f-r", "--f"}, kNew},
      {"told of the end, fires again", {"r-f"}, kFirst},
      {"end attempted, fires again: may believe that it ended", {"frf"}, kNew},
      {"repeat under way", {"fff"}, kNone},
      {"came and went unheard", {"--r"}, kNone},
      {"came and went unheard beside a told one", {"f-f", "--r"}, kNone},
      {"told firing, ended", {"f-r"}, kAll},
      {"attempted firing, ended", {"-fr"}, kAll},
      {"owed, ended", {"o-r"}, kAll},
      {"end attempted, answer unknown", {"frr"}, kAll},
      {"end attempted without a known begin", {"-rr"}, kAll},
      {"firing attempted after a told end, ended", {"rfr"}, kAll},
      {"told of the end", {"r-r"}, kNone},
      {"one of two ended", {"f-r", "f-f"}, kSome},
      {"both ended, one told of it", {"f-r", "r-r"}, kAll},
      {"ended without send_resolved", {"f-r"}, kNone, false},
      {"one of two ended without send_resolved", {"f-r", "f-f"}, kNone, false},
      {"new without send_resolved", {"--f"}, kFirst, false},
      {"repeat due", {"f-f"}, kRepeat, true, kActive, 60},
      {"repeat due within half an interval", {"f-f"}, kRepeat, true, kActive, 58},
      {"repeat not due", {"f-f"}, kNone, true, kActive, 55},
      {"never notified, told before", {"f-f"}, kRepeat, true, kActive, 0},
      {"repeat due, but only an ended one", {"r-r"}, kNone, true, kActive, 60},
      {"news beat a repeat", {"f-f", "f-r"}, kSome, true, kActive, 60},
      {"departed and unheard is not announced", {"--F"}, kNone},
      {"departed is not repeated", {"f-F"}, kNone, true, kActive, 60},
      {"departed and ended", {"f-R"}, kAll},
      {"one ended, a departed one still fires", {"f-r", "f-F"}, kSome},
      {"one ended, a departed one that it never heard of fires", {"f-r", "--F"}, kAll},
      {"retired: nothing is announced", {"--f"}, kNone, true, kRetired},
      {"retired: nothing is repeated", {"f-f"}, kNone, true, kRetired, 60},
      {"retired: the end is told", {"f-r", "f-f"}, kSome, true, kRetired},
      {"retired: an unheard one does not fire for it", {"f-r", "--f"}, kAll, true, kRetired},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(to_string(decide(row)) == to_string(row.expected));
  }
}

TEST_CASE("A notification holds what fires and the ends that are news") {
  NotifyPolicy policy{.wants_resolved = true,
                      .group_interval = std::chrono::minutes(5),
                      .repeat_interval = std::chrono::hours(4)};
  GroupAlert firing{{1, 0}, true, false};
  GroupAlert ended{{1, 0}, false, false};
  GroupAlert departed{{1, 0}, true, true};
  CHECK(belongs_in_notification({.told = Told::kFiring}, firing, policy));
  CHECK(belongs_in_notification({}, firing, policy));
  CHECK(belongs_in_notification({.told = Told::kFiring}, ended, policy));
  CHECK_FALSE(belongs_in_notification({.told = Told::kResolved}, ended, policy));
  CHECK_FALSE(belongs_in_notification({}, ended, policy));
  CHECK(belongs_in_notification({.told = Told::kFiring}, departed, policy));
  CHECK_FALSE(belongs_in_notification({}, departed, policy));
  policy.wants_resolved = false;
  CHECK_FALSE(belongs_in_notification({.told = Told::kFiring}, ended, policy));
}
