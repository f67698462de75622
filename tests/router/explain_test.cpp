// Why an alert was told or not: each story ends with the verdict, and what happens next shows that it is
// true.
#include "router/explain.h"

#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace std::chrono_literals;
using namespace tocsin;

namespace {

Explanations explain(RouterStory& story, std::string_view name, std::size_t limit = 100) {
  const auto takes = [name](const Labels& labels) { return labels.value("alertname") == name; };
  return story.router().explain({takes, limit}, at(story.now()));
}

// Of the one alert of this name; one line per group and integration.
std::string verdicts(RouterStory& story, std::string_view name = "A") {
  const Explanations found = explain(story, name);
  if (found.alerts.size() != 1) return "alerts: " + std::to_string(found.alerts.size());
  std::string lines;
  for (const GroupExplanation& group : found.alerts[0].groups) {
    for (const IntegrationExplanation& about : group.integrations) {
      if (!lines.empty()) lines += '\n';
      lines += std::string(to_string(about.stand)) + ": " + about.verdict;
    }
  }
  return lines;
}

std::optional<DeliveryResult> hangs(const Notification&) {
  return std::nullopt;
}

RoutingConfig with_inhibition() {
  RoutingConfig config = plain_config();
  InhibitRule rule;
  rule.name = "source before target";
  rule.source = {equals("alertname", "Source")};
  rule.target = {equals("alertname", "A")};
  config.inhibit_rules = {rule};
  return config;
}

// Quiet from 22:20 to 22:40; stories begin at 22:13:20.
RoutingConfig with_quiet_time() {
  TimeInterval::Fields fields;
  fields.times = std::vector<MinuteRange>{{22 * 60 + 20, 22 * 60 + 40}};
  RoutingConfig config = plain_config();
  config.time_intervals["break"] = {TimeInterval(fields)};
  config.root.mute_time_intervals = {"break"};
  name_routes(config.root);
  return config;
}

RoutingConfig without_resolved() {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations[0].wants_resolved = false;
  return config;
}

}  // namespace

TEST_CASE("A new alert waits for group_wait, then is told, then waits for its repeat") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(10);
  CHECK(verdicts(story) == "waits: not told yet: the group waits group_wait (30s) until 22:13:50 (in 20s)");
  story.run_until(750);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
  CHECK(verdicts(story) ==
        "told: told that it fires by the flush at 22:13:50 (12m ago); next repeat at 2023-11-15 02:13:50 (in "
        "3h48m)");
  const TimePoint repeat = explain(story, "A").alerts[0].groups[0].integrations[0].next_repeat_at;
  story.run_until(to_seconds(repeat - kStart) - 1);
  CHECK(story.said() == "");
  story.run_until(to_seconds(repeat - kStart));
  CHECK(story.said() == "14430 team/slack[0] repeat interval elapsed: +A\n");
}

TEST_CASE("An alert that joins a group waits for the group's next flush") {
  RouterStory story;
  story.fires("B", 0);
  story.fires("A", 60);
  CHECK(verdicts(story) ==
        "waits: not told yet: the group waits group_interval (5m) until 22:18:50 (in 4m30s)");
}

TEST_CASE("A silenced alert is not told, and the silence is named with who made it, why and until when") {
  RouterStory story;
  story.silences(equals("alertname", "A"), 0, 1000);
  story.fires("A", 10);
  CHECK(verdicts(story) ==
        "muted: not told: silenced by silence-0 (somebody, \"somebody\") until 22:30:00 (in 16m)");
  const AlertExplanation alert = explain(story, "A").alerts[0];
  REQUIRE(alert.silences.size() == 1);
  CHECK(alert.silences[0].until == at(1000));
}

TEST_CASE("An alert that was told and silenced later is not repeated, and is announced again afterwards") {
  RouterStory story;
  story.fires("A", 0);
  story.silences(equals("alertname", "A"), 100, 1000);
  story.silences(equals("alertname", "A"), 110, 900);
  story.run_until(400);
  CHECK(verdicts(story) ==
        "told then muted: told that it fires by the flush at 22:13:50 (6m10s ago); not repeated while "
        "silenced by "
        "silence-100 (somebody, \"somebody\") until 22:30:00 (in 10m) (and 1 more)");
  story.run_until(1001);
  CHECK(verdicts(story) ==
        "waits: told that it fires by the flush at 22:13:50 (16m ago), then muted; announced again with the "
        "next flush at "
        "22:33:50 (in 3m49s)");
  story.said();
  story.run_until(1230);
  CHECK(story.said() == "1230 team/slack[0] new alerts added: +A\n");
}

TEST_CASE("An inhibited alert is not told, and its sources are named") {
  RouterStory story(with_inhibition());
  story.fires("Source", 0);
  story.fires(Labels{{"alertname", "Source"}, {"x", "2"}}, 0);
  story.fires("A", 0);
  CHECK(verdicts(story) ==
        "muted: not told: inhibited by {alertname=\"Source\", x=\"2\"} (rule \"source before target\") (and "
        "1 more)");
  const AlertExplanation alert = explain(story, "A").alerts[0];
  REQUIRE(alert.inhibition.size() == 2);
  CHECK(alert.inhibition[1].labels.value("alertname") == "Source");
}

TEST_CASE("A group that a time interval mutes says which, in which list, and until when") {
  RouterStory story(with_quiet_time());
  story.fires("A", 500);
  CHECK(verdicts(story) == "muted: not told: in mute_time_intervals break until 22:40:00 (in 18m)");
  const AlertExplanation alert = explain(story, "A").alerts[0];
  CHECK(alert.groups[0].times.kind == MutedBy::kMuteTime);
  CHECK(alert.groups[0].times.until == at(1600));
}

TEST_CASE("An attempt under way is named, and what came later follows it") {
  RouterStory story;
  story.service = hangs;
  story.fires("A", 0);
  story.run_until(31);
  CHECK(verdicts(story) == "being told: being told right now (try 1)");
  story.fires("B", 40);
  CHECK(verdicts(story, "B") ==
        "waits: not told yet: a notification without it is on its way, and it follows when that is answered");
}

TEST_CASE("A failing service is named with its error, since when, after how many tries, and when next") {
  RouterStory story;
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(30);
  const IntegrationExplanation about = explain(story, "A").alerts[0].groups[0].integrations[0];
  CHECK(about.tries == 1);
  CHECK(about.last_error == "it is down");
  CHECK(about.next_attempt_at > at(30));
  CHECK(about.stand == Stand::kFails);
  CHECK(about.verdict.starts_with(
      "not told: delivery fails since 22:13:50 (now): it is down (1 try), next try at 22:13:5"));
  story.run_until(45);
  story.restarts(45);
  CHECK(verdicts(story).starts_with("fails: not told: delivery fails since 22:14:05 (now): it is down"));
}

TEST_CASE("What a failed attempt may have told is not called untold when a silence comes") {
  RouterStory story;
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(30);
  story.silences(equals("alertname", "A"), 30, 1000);
  CHECK(verdicts(story).starts_with(
      "muted: perhaps told by an attempt that failed; not tried again while silenced by silence-30 "));
}

TEST_CASE("A receiver that refuses is tried again at a flush") {
  RouterStory story;
  story.service = [](const Notification&) { return refused(); };
  story.fires("A", 0);
  story.run_until(40);
  CHECK(verdicts(story) ==
        "held: not told: the receiver refuses it since 22:13:50 (10s ago): no such channel; next try at "
        "22:18:50 (in 4m50s)");
  story.said();
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] first notification: +A\n");
}

TEST_CASE("The end of an alert is told at the next flush, or not at all where nobody wants it") {
  RouterStory story;
  story.fires("A", 0);
  story.fires("B", 0);
  story.resolves("A", 100);
  CHECK(verdicts(story) ==
        "end waits: its end is not told yet: it is told with the next flush at 22:18:50 (in 3m50s)");
  story.service = [](const Notification&) { return refused(); };
  story.run_until(331);
  CHECK(verdicts(story).starts_with("held: its end is not told yet: the receiver refuses it since 22:18:50"));

  RouterStory quiet(without_resolved());
  quiet.fires("A", 0);
  quiet.resolves("A", 100);
  CHECK(verdicts(quiet) == "end unwanted: no longer: it has ended, and send_resolved is off");

  RouterStory early;
  early.fires("A", 0);
  early.resolves("A", 10);
  CHECK(verdicts(early) == "end unneeded: no longer: it ended before it was told");
}

TEST_CASE("Where one integration fails, the other has been told of the end") {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations.push_back(integration("team", "pagerduty"));
  RouterStory story(config);
  story.fires("A", 0);
  story.run_until(31);
  story.service = [](const Notification& n) { return n.integration.kind == "slack" ? ok() : failing(); };
  story.resolves("A", 100);
  story.run_until(330);
  const std::string lines = verdicts(story);
  CHECK(lines.starts_with(
      "end told: told that it has ended by the flush at 22:18:50 (now)\nfails: its end is not told yet: "
      "delivery fails since 22:18:50 (now): it is down (1 try)"));
}

TEST_CASE("After a reload an alert is explained in its new group and in the one that still owes its end") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(31);
  RoutingConfig config = plain_config();
  config.root.group_by = {"alertname"};
  name_routes(config.root);
  story.reloads(config, 60);
  CHECK(verdicts(story) ==
        "elsewhere: told that it fires by the flush at 22:13:50 (30s ago); a reload gave it to another "
        "group, and only "
        "its end "
        "is told here\nwaits: not told yet: the group waits group_wait (30s) until 22:14:50 (in 30s)");
}

TEST_CASE("An explanation names routes with their matchers, groups, and what does not fit is counted") {
  RoutingConfig config = plain_config();
  Route child;
  child.receiver = "team";
  child.matchers = {equals("x", "1")};
  child.group_wait = 10s;
  config.root.routes = {child, child};
  config.root.routes[0].continues = true;
  name_routes(config.root);
  RouterStory story(config);
  story.fires(Labels{{"alertname", "A"}, {"x", "1"}}, 0);
  story.fires(Labels{{"alertname", "A"}, {"x", "2"}}, 0);
  const Explanations found = explain(story, "A", 1);
  CHECK(found.left_out == 1);
  REQUIRE(found.alerts.size() == 1);
  const Explanations all = explain(story, "A");
  CHECK(all.left_out == 0);
  std::size_t groups = 0;
  for (const AlertExplanation& alert : all.alerts) {
    groups += alert.groups.size();
    if (alert.alert.labels.value("x") != "1") continue;
    REQUIRE(alert.groups.size() == 2);
    CHECK(alert.groups[0].path == std::vector<std::string>{"{}", "{x=\"1\"}"});
    CHECK(alert.groups[1].route_id == "{}/{x=\"1\"}/1");
    CHECK(alert.groups[0].group_key == "{}/{x=\"1\"}:{}");
    CHECK(alert.groups[0].next_flush == at(10));
  }
  CHECK(groups == 3);
}

TEST_CASE("A notification's notices name its alerts, for the history and not for logs") {
  RouterStory story;
  int failures = 1;
  story.service = [&](const Notification&) { return failures-- > 0 ? failing() : ok(); };
  story.fires("A", 0);
  story.fires("B", 0);
  story.run_until(40);
  story.resolves("A", 100);
  story.run_until(340);
  const std::string a = named("A").fingerprint_hex();
  const std::string b = named("B").fingerprint_hex();
  const bool a_first = a < b;
  std::vector<std::string> said;
  for (const Notice& notice : story.notices_) {
    if (notice.alerts.empty()) continue;
    said.push_back(std::string(to_string(notice.kind)) + " " + notice.alerts);
    CHECK(notice.to_string().find(notice.alerts) == std::string::npos);
  }
  const std::string both = a_first ? "+" + a + " +" + b : "+" + b + " +" + a;
  const std::string end = a_first ? "-" + a + " +" + b : "+" + b + " -" + a;
  CHECK(said == std::vector<std::string>{"Notifying " + both, "DeliveryRetrying " + both, "Notified " + both,
                                         "Notifying " + end, "Notified " + end});
}

TEST_CASE(
    "Who waits for its turn is told why: the pace, a pause that the service asked for, or a shut gate") {
  RoutingConfig config = plain_config();
  config.root.group_by = {"alertname"};
  name_routes(config.root);
  config.receivers[0].integrations[0].pace = {10min, 1};
  RouterStory paced(config);
  paced.fires("A0", 0);
  paced.fires("A", 1);
  paced.run_until(40);
  CHECK(verdicts(paced) ==
        "queued: not told: it waits for its turn, as 1 in all do: the pace is 6/h, 1 at once");

  config.receivers[0].integrations[0].pace = {};
  RouterStory paused(config);
  paused.service = [](const Notification&) {
    DeliveryResult busy = failing();
    busy.status = 429;
    busy.retry_after = 5min;
    return busy;
  };
  paused.fires("A0", 0);
  paused.fires("A", 1);
  paused.run_until(40);
  CHECK(verdicts(paused) ==
        "queued: not told: it waits for its turn, as 2 in all do: the service asks to be left alone until "
        "22:18:50 (in 4m50s): it is down");

  RouterStory shut(config);
  shut.service = [](const Notification&) { return refused(); };
  for (const char* name : {"A0", "A1", "A2", "A"}) shut.fires(name, 0);
  shut.run_until(40);
  CHECK(verdicts(shut) ==
        "queued: not told: it waits for its turn, as 2 in all do: the receiver refuses everybody since "
        "22:13:50 "
        "(10s ago): no such channel; next probe at 22:14:20 (in 20s)");
}

TEST_CASE("A fallback that hears as well is named, at both ends") {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations[0].fallback_receiver = "phone";
  config.receivers[0].integrations[0].fallback_after = 5min;
  config.receivers.push_back({"phone", {integration("phone", "pagerduty")}});
  RouterStory story(config);
  story.service = [](const Notification& n) { return n.integration.receiver == "team" ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(340);
  const std::string said = verdicts(story);
  CHECK_MESSAGE(said.find("it is down") != std::string::npos, said);
  CHECK_MESSAGE(said.find("; meanwhile its fallback phone hears as well\n") != std::string::npos, said);
  CHECK_MESSAGE(said.find("(as a fallback)") != std::string::npos, said);
}
