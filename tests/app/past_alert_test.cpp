// What the history says of an alert, from the notices that the program gives.
#include "app/past_alert.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "app/history.h"

using namespace std::chrono_literals;
using namespace tocsin;

namespace {

const TimePoint kNoon = *parse_rfc3339("2026-01-02T12:00:00Z");
const Labels kLabels{{"alertname", "A"}};
const std::string kName = kLabels.fingerprint_hex();
const std::string kGroup = "{}:{}";

using Details = std::vector<std::pair<std::string_view, std::string>>;

// The history as it is written down and read again.
class History {
 public:
  void alert(Duration after, NoticeKind kind, Details details = {}) {
    add(after, {kind, kName, kLabels, std::move(details)});
  }
  void group(Duration after, NoticeKind kind, Details details = {}) {
    add(after, {kind, kGroup, {}, std::move(details)});
  }
  void delivery(Duration after, NoticeKind kind, std::string named, Details details = {}) {
    details.insert(details.begin(), {"integration", "team/slack[0]"});
    Notice notice{kind, kGroup, {}, std::move(details)};
    notice.alerts = std::move(named);
    add(after, notice);
  }
  PastAlert as_of(Duration after, const SilenceMakers& makers = {}) const {
    std::vector<PastNotice> newest_first;
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->at <= kNoon + after) newest_first.push_back(read_past_notice(*entry));
    }
    PastAlert alert = past_alert(kName, newest_first);
    word_past(alert, makers, kNoon + after);
    return alert;
  }
  // "STATE SENTENCE | INTEGRATION SENTENCE …"
  std::string told(Duration after, const SilenceMakers& makers = {}) const {
    const PastAlert alert = as_of(after, makers);
    std::string text = std::string(to_string(alert.state)) + ": " + alert.verdict;
    for (const PastGroup& group : alert.groups) {
      for (const PastIntegration& about : group.integrations) {
        text += " | " + about.integration + " " + about.verdict;
      }
    }
    return text;
  }

 private:
  void add(Duration after, const Notice& notice) {
    const auto lines = history_of(std::span(&notice, 1), kNoon + after);
    entries_.push_back(lines.front());
  }
  std::vector<HistoryEntry> entries_;
};

}  // namespace

TEST_CASE("An alert is pending, fires, is told, repeated, ends and is told to have ended") {
  History history;
  CHECK(history.told(0s) == "unknown: nothing is known of it");
  history.alert(0s, NoticeKind::kAlertPending, {{"for", "5m"}});
  history.alert(5min, NoticeKind::kAlertFired, {{"value", "3"}, {"group", "servers"}});
  history.delivery(5min + 30s, NoticeKind::kNotifying, "+" + kName, {{"reason", "first notification"}});
  history.delivery(5min + 31s, NoticeKind::kNotified, "+" + kName,
                   {{"reason", "first notification"}, {"tries", "2"}, {"status", "200"}});
  history.delivery(65min, NoticeKind::kNotifying, "+" + kName);
  history.delivery(65min, NoticeKind::kNotified, "+" + kName, {{"tries", "1"}, {"status", "200"}});
  history.alert(70min, NoticeKind::kAlertResolved, {{"cause", "condition false"}});
  history.delivery(75min, NoticeKind::kNotifying, "-" + kName);
  history.delivery(75min, NoticeKind::kNotified, "-" + kName, {{"tries", "1"}, {"status", "200"}});

  CHECK(history.told(1min) ==
        "pending: its condition held since 12:00:00 (1m ago), not yet as long as `for` wants");
  CHECK(history.told(5min + 10s) == "firing: it fired since 12:05:00 (10s ago); nobody was told");
  CHECK(history.told(5min + 30s) ==
        "firing: it fired since 12:05:00 (30s ago) | team/slack[0] being told since 12:05:30 (now)");
  CHECK(history.told(10min) ==
        "firing: it fired since 12:05:00 (5m ago) | team/slack[0] told that it fires at 12:05:31 (4m29s ago) "
        "(answer 200 after 2 tries)");
  CHECK(history.told(66min) ==
        "firing: it fired since 12:05:00 (1h1m ago) | team/slack[0] told that it fires at 12:05:31 (1h ago), "
        "and once more, last at 13:05:00 (1m ago) (answer 200 after 1 try)");
  CHECK(history.told(72min) ==
        "resolved: it had ended at 13:10:00 (2m ago) (condition false) | team/slack[0] told that it fires at "
        "12:05:31 (1h6m ago), and once more, last at 13:05:00 (7m ago) (answer 200 after 1 try); not told of "
        "its end");
  CHECK(
      history.told(76min) ==
      "resolved: it had ended at 13:10:00 (6m ago) (condition false) | team/slack[0] told that it has ended "
      "at 13:15:00 (1m ago) (answer 200 after 1 try)");
  CHECK(history.as_of(76min).labels == kLabels);
}

TEST_CASE("What muted an alert is said, with who made the silence, until it is said to be over") {
  History history;
  history.alert(0s, NoticeKind::kAlertReceived);
  history.group(0s, NoticeKind::kGroupOpened, {{"route", "{}"}});
  history.alert(30s, NoticeKind::kAlertSuppressed, {{"group", kGroup}, {"silenced_by", "s-1, s-2"}});
  history.alert(330s, NoticeKind::kAlertUnsuppressed, {{"group", kGroup}});
  history.alert(630s, NoticeKind::kAlertSuppressed,
                {{"group", kGroup}, {"inhibited_by", "00000000000000b2"}, {"rule", "down"}});
  history.alert(930s, NoticeKind::kAlertUnsuppressed, {{"group", kGroup}});
  history.group(930s, NoticeKind::kGroupMuted, {{"outside active_time_intervals", "hours"}});
  history.group(1230s, NoticeKind::kGroupUnmuted, {{"intervals", "hours"}});

  CHECK(history.told(60s, {{"s-1", "(ann, \"deploy\")"}}) ==
        "firing: it fired since 12:00:00 (1m ago); nobody was told: silenced by s-1 (ann, \"deploy\"), s-2");
  CHECK(history.told(400s) == "firing: it fired since 12:00:00 (6m40s ago); nobody was told");
  CHECK(history.told(700s) ==
        "firing: it fired since 12:00:00 (11m ago); nobody was told: inhibited by 00000000000000b2 (rule "
        "\"down\")");
  CHECK(history.told(1000s) ==
        "firing: it fired since 12:00:00 (16m ago); nobody was told: outside active_time_intervals hours");
  CHECK_FALSE(history.as_of(1230s).groups.at(0).muted());
}

TEST_CASE("A service that failed or refused is named with its error") {
  History history;
  history.alert(0s, NoticeKind::kAlertFired);
  history.delivery(30s, NoticeKind::kNotifying, "+" + kName);
  history.delivery(31s, NoticeKind::kDeliveryRetrying, "+" + kName,
                   {{"message", "it is down"}, {"tries", "1"}, {"in", "500ms"}});
  history.delivery(40s, NoticeKind::kDeliveryRetrying, "+" + kName,
                   {{"message", "it is down"}, {"tries", "3"}});
  history.delivery(50s, NoticeKind::kDeliveryRejected, "+" + kName, {{"message", "no such channel"}});
  history.delivery(90s, NoticeKind::kNotifying, "+00000000000000b2");

  CHECK(
      history.told(45s) ==
      "firing: it fired since 12:00:00 (45s ago) | team/slack[0] delivery fails since 12:00:30 (15s ago): it "
      "is down (3 tries)");
  CHECK(
      history.told(60s) ==
      "firing: it fired since 12:00:00 (1m ago) | team/slack[0] the receiver refuses it since 12:00:30 (30s "
      "ago): no such channel");
  // The next attempt left it out.
  CHECK(history.told(95s) ==
        "firing: it fired since 12:00:00 (1m35s ago) | team/slack[0] not told; the last attempt "
        "that named it failed: no such channel");
}

TEST_CASE("An alert whose beginning is older than the history fires by what was told of it") {
  History history;
  history.delivery(0s, NoticeKind::kNotified, "+" + kName, {{"tries", "1"}, {"status", "200"}});
  CHECK(history.told(60s) ==
        "firing: it fired since before what the history knows | team/slack[0] told that it fires at 12:00:00 "
        "(1m ago) (answer 200 after 1 try)");
}

TEST_CASE("An end that another rule takes back is none, and what was dropped says why") {
  History history;
  history.alert(0s, NoticeKind::kAlertFired);
  history.alert(10s, NoticeKind::kAlertResolved,
                {{"cause", "condition false"}, {"but", "another rule fires the same alert, so it goes on"}});
  CHECK(history.as_of(11s).state == PastState::kFiring);
  history.alert(20s, NoticeKind::kAlertResolved, {{"cause", "condition false"}});
  history.alert(30s, NoticeKind::kAlertDropped, {{"group", kGroup}, {"reason", "resolved before the flush"}});
  CHECK(history.told(31s) ==
        "resolved: it had ended at 12:00:20 (11s ago) (condition false); resolved before the flush");
}

TEST_CASE("A line that cannot be read keeps its time, kind and subject") {
  const PastNotice notice = read_past_notice({kNoon, "AlertFired", kName, "{"});
  CHECK(notice.kind == "AlertFired");
  CHECK(notice.concerns(kName));
  CHECK(notice.labels.empty());
  CHECK(notice.detail("value") == "");
}
