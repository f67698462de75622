#include "router/alert_book.h"

#include <doctest/doctest.h>

#include "router/posted_alerts.h"
#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

Alert posted(double start, double end, double updated, std::string_view note = "") {
  Alert alert;
  alert.labels = named("A");
  if (!note.empty()) alert.annotations = Labels{{"note", note}};
  alert.starts_at = at(start);
  alert.ends_at = at(end);
  alert.updated_at = at(updated);
  return alert;
}

Alert from_rule(double start, double end = -1) {
  Alert alert = posted(start, end, start);
  if (end < 0) alert.ends_at = kNoTime;
  alert.origin = AlertOrigin::kRule;
  return alert;
}

using Change = AlertBook::Change;

}  // namespace

TEST_CASE("Alerts with the same labels merge as Alertmanager merges them") {
  struct Row {
    std::string name;
    Alert stored, incoming;
    double now;
    bool base_is_stored;
    double start, end;
  };
  Alert assumed = posted(0, 300, 0);
  assumed.ends_at_assumed = true;
  const std::vector<Row> rows = {
      {"a refresh with a later end replaces", posted(0, 300, 0), posted(0, 400, 100), 100, false, 0, 400},
      {"a later start inside keeps the earlier", posted(0, 300, 0), posted(50, 400, 100), 100, false, 0, 400},
      {"an earlier end does not shorten what was said", posted(0, 300, 0), posted(0, 250, 100), 100, false, 0,
       300},
      {"but it shortens an assumed end", assumed, posted(0, 250, 100), 100, false, 0, 250},
      {"a resolve shortens", posted(0, 300, 0), posted(0, 100, 100), 100, false, 0, 100},
      {"of two ends in the past the later stays", posted(0, 90, 0), posted(0, 80, 100), 100, false, 0, 90},
      {"an older update is not the base", posted(0, 300, 200), posted(10, 250, 100), 200, true, 0, 300},
      {"no overlap: the new one replaces", posted(0, 100, 0), posted(150, 400, 150), 150, false, 150, 400},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    AlertMerge merge = merge_alerts(row.stored, row.incoming, at(row.now));
    CHECK(merge.base_is_stored == row.base_is_stored);
    CHECK(merge.starts_at == at(row.start));
    CHECK(merge.ends_at == at(row.end));
  }
}

TEST_CASE("The book says what of a change matters") {
  AlertBook book;
  CHECK(book.accept(posted(0, 5, 10), at(10)).change == Change::kUnknown);
  CHECK(book.entries().empty());
  CHECK(book.accept(posted(0, 300, 10), at(10)).change == Change::kAdded);
  CHECK(book.accept(posted(0, 400, 20), at(20)).change == Change::kNone);
  CHECK(book.accept(posted(0, 400, 30, "text"), at(30)).change == Change::kEdited);
  CHECK(book.accept(posted(-10, 500, 30, "text"), at(30)).change == Change::kEdited);
  AlertBook::Outcome resolved = book.accept(posted(0, 40, 40, "text"), at(40));
  CHECK(resolved.change == Change::kResolved);
  CHECK(resolved.entry->alert.cause == ResolveCause::kReportedResolved);
  CHECK(book.accept(posted(0, 40, 41, "text"), at(41)).change == Change::kNone);
  AlertBook::Outcome again = book.accept(posted(50, 100, 50, "text"), at(50));
  CHECK(again.change == Change::kFiredAgain);
  CHECK(again.entry->alert.cause == ResolveCause::kNone);
  CHECK_FALSE(book.expire(*again.entry, at(99)));
  CHECK(book.expire(*again.entry, at(100)));
  CHECK(again.entry->alert.cause == ResolveCause::kEndsAtPassed);
  CHECK_FALSE(book.expire(*again.entry, at(101)));
}

TEST_CASE("A refresh that comes just after the end counts as no gap while nobody has looked") {
  AlertBook book;
  book.accept(posted(0, 100, 0), at(0));
  CHECK(book.accept(posted(0, 200, 101), at(101)).change == Change::kNone);
}

TEST_CASE("Alerts from rules replace, and what is posted does not end a rule's alert") {
  AlertBook book;
  book.accept(posted(0, 300, 0, "outside"), at(0));
  AlertBook::Outcome ours = book.accept(from_rule(50), at(50));
  CHECK(ours.change == Change::kEdited);
  CHECK(ours.entry->alert.annotations.empty());
  CHECK(ours.entry->alert.starts_at == at(50));
  CHECK_FALSE(is_set(ours.entry->alert.ends_at));
  CHECK(book.accept(posted(0, 60, 60), at(60)).change == Change::kOutranked);
  CHECK_FALSE(is_set(ours.entry->alert.ends_at));
  CHECK(book.accept(from_rule(50, 70), at(70)).change == Change::kResolved);
  CHECK(book.accept(posted(80, 300, 80), at(80)).change == Change::kFiredAgain);
}

TEST_CASE("After a restart an alert from outside gets its old validity again") {
  AlertBook book;
  AlertKey key{named("A").fingerprint(), 0};
  AlertEntry* entry = book.restore(key, posted(0, 300, 100), at(5000));
  REQUIRE(entry != nullptr);
  CHECK_FALSE(entry->resolved);
  CHECK(entry->alert.ends_at == at(5200));
  CHECK(book.restore(key, posted(0, 300, 100), at(5000)) == nullptr);
  CHECK(book.restore({1, 0}, posted(0, 300, 100), at(5000)) == nullptr);
}

TEST_CASE("A resolved alert and a rule's alert come back as they were") {
  AlertBook book;
  AlertKey key{named("A").fingerprint(), 0};
  Alert ended = posted(0, 300, 100);
  ended.cause = ResolveCause::kEndsAtPassed;
  AlertEntry* entry = book.restore(key, ended, at(5000));
  REQUIRE(entry != nullptr);
  CHECK(entry->resolved);
  CHECK(entry->alert.ends_at == at(300));
  book.remove(key);
  entry = book.restore(key, from_rule(0), at(5000));
  REQUIRE(entry != nullptr);
  CHECK_FALSE(is_set(entry->alert.ends_at));
}

TEST_CASE("Keys of alerts are read as they are printed") {
  for (AlertKey key : {AlertKey{0, 0}, AlertKey{0xFEDCBA9876543210ULL, 0}, AlertKey{7, 12}}) {
    CHECK(AlertKey::parse(key.to_string()) == key);
  }
  CHECK(AlertKey{7, 1}.to_string() == "0000000000000007-1");
  for (std::string bad :
       {"", "7", "000000000000000g", "0000000000000007-", "0000000000000007-x", "0000000000000007x1"}) {
    CAPTURE(bad);
    CHECK_FALSE(AlertKey::parse(bad));
  }
}

TEST_CASE("Posted alerts get the times that they lack") {
  struct Row {
    std::string name;
    TimePoint start, end;
    TimePoint expected_start, expected_end;
    bool assumed;
  };
  const TimePoint now = at(1000);
  const std::vector<Row> rows = {
      {"none", kNoTime, kNoTime, now, at(1300), true},
      {"only start", at(900), kNoTime, at(900), at(1300), true},
      {"only end", kNoTime, at(990), at(990), at(990), false},
      {"both", at(900), at(2000), at(900), at(2000), false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    PostedAlert item{named("A"), {}, row.start, row.end, "http://prom/graph"};
    PostedAlerts read = read_posted_alerts({&item, 1}, std::chrono::minutes(5), NameScheme::kUtf8, now);
    REQUIRE(read.errors.empty());
    REQUIRE(read.alerts.size() == 1);
    CHECK(read.alerts[0].starts_at == row.expected_start);
    CHECK(read.alerts[0].ends_at == row.expected_end);
    CHECK(read.alerts[0].ends_at_assumed == row.assumed);
    CHECK(read.alerts[0].updated_at == now);
    CHECK(read.alerts[0].origin == AlertOrigin::kExternal);
    CHECK(read.alerts[0].generator_url == "http://prom/graph");
  }
}

TEST_CASE("Bad posted alerts are named one by one, and the good ones are taken") {
  const std::vector<PostedAlert> items = {
      {Labels{{"alertname", "A"}, {"empty", ""}}, {}, kNoTime, kNoTime, ""},
      {Labels{{"empty", ""}}, {}, kNoTime, kNoTime, ""},
      {named("B"), {}, at(10), at(5), ""},
      {Labels{{"naïve", "x"}}, {}, kNoTime, kNoTime, ""},
      {Labels{{"alertname", "\xff"}}, {}, kNoTime, kNoTime, ""},
      {named("C"), Labels{{"bad name", "x"}}, kNoTime, kNoTime, ""},
  };
  PostedAlerts utf8 = read_posted_alerts(items, std::chrono::minutes(5), NameScheme::kUtf8, at(0));
  CHECK(utf8.alerts.size() == 3);
  CHECK(utf8.alerts[0].labels == named("A"));
  REQUIRE(utf8.errors.size() == 3);
  CHECK(utf8.errors[0].index == 1);
  CHECK(utf8.errors[1].index == 2);
  CHECK(utf8.errors[2].index == 4);
  PostedAlerts legacy = read_posted_alerts(items, std::chrono::minutes(5), NameScheme::kLegacy, at(0));
  CHECK(legacy.alerts.size() == 1);
  CHECK(legacy.errors.size() == 5);
}
