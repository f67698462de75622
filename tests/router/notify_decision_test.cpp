// The decision as a table: what the integration was told, what is true, and whether to speak.
#include "router/notify_decision.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tocsin;

namespace {

// One alert: told, attempted, and now. '-' never/nothing, 'o' owed, 'f' firing, 'm' firing and muted since,
// 'r' resolved; the third is f, r, F and R where departed, or m where it fires and is muted.
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
    case 'm':
      return Told::kFiring;
    case 'r':
      return Told::kResolved;
  }
  return Told::kNothing;
}

GroupAlert alert_of(AlertKey key, char now) {
  return {.key = key,
          .firing = now != 'r' && now != 'R',
          .departed = now == 'F' || now == 'R',
          .muted_by = now == 'm' ? MutedBy::kSilence : MutedBy::kNothing};
}

NotifyReason decide(const Row& row) {
  TimePoint now = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
  ToldState told;
  std::vector<GroupAlert> alerts;
  if (row.minutes_since_last > 0) told.last_notified_at = now - std::chrono::minutes(row.minutes_since_last);
  for (const std::string& text : row.alerts) {
    AlertKey key{alerts.size() + 1, 0};
    told.alerts[key] = {.told = told_of(text[0]), .attempted = told_of(text[1]), .muted_since = text[0] == 'm'};
    alerts.push_back(alert_of(key, text[2]));
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
      {"muted and unheard", {"--m"}, kNone},
      {"muted and owed", {"o-m"}, kNone},
      {"muted and told", {"f-m"}, kNone},
      {"muted: no repeat", {"f-m"}, kNone, true, kActive, 60},
      {"muted, and another one repeats", {"f-m", "f-f"}, kRepeat, true, kActive, 60},
      {"muted, and another one is new", {"f-m", "--f"}, kNew},
      {"not muted any more", {"m-f"}, kNew},
      {"not muted any more, and announced: under way", {"mff"}, kNew},
      {"muted and told, another one has ended: not all", {"f-m", "f-r"}, kSome},
      {"muted and unheard, another one has ended: all it knows of", {"--m", "f-r"}, kAll},
      {"muted and only owed, another one has ended: all it knows of", {"o-m", "f-r"}, kAll},
      {"was muted, and has ended", {"m-r"}, kAll},
      {"a muted repeat may have been heard", {"ffm"}, kNone},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(to_string(decide(row)) == to_string(row.expected));
  }
}

TEST_CASE("A notification holds what fires and the ends that are news") {
  struct Named {
    std::string name;
    std::vector<std::string> alerts;
    std::string expected;  // x: named
    bool wants_resolved = true;
  };
  const std::vector<Named> rows = {
      {"told or not, what fires is named", {"f-f", "--f"}, "xx"},
      {"an end is named once", {"f-r", "r-r", "--r"}, "x--"},
      {"an end that nobody wants to hear", {"f-r"}, "-", false},
      {"a departed one is named where it is known", {"f-F", "--F"}, "x-"},
      {"muted ones are left out beside what fires", {"f-m", "--m", "--f"}, "--x"},
      {"a known muted one is named where all would look resolved", {"f-m", "--m", "f-r"}, "x-x"},
      {"a muted one that may have been heard counts as known", {"-fm", "f-r"}, "xx"},
      {"a muted one that was only owed does not", {"o-m", "f-r"}, "-x"},
  };
  for (const Named& row : rows) {
    CAPTURE(row.name);
    ToldState told;
    std::vector<GroupAlert> alerts;
    for (const std::string& text : row.alerts) {
      AlertKey key{alerts.size() + 1, 0};
      told.alerts[key] = {.told = told_of(text[0]), .attempted = told_of(text[1])};
      alerts.push_back(alert_of(key, text[2]));
    }
    std::string named;
    for (const bool is_named : contents(told, alerts, {.wants_resolved = row.wants_resolved}))
      named += is_named ? 'x' : '-';
    CHECK(named == row.expected);
  }
}
