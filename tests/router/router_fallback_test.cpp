// A receiver that does not take its notifications, and the one that hears instead.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

RoutingConfig with_fallback(Duration after = 5min) {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations[0].fallback_receiver = "phone";
  config.receivers[0].integrations[0].fallback_after = after;
  config.receivers.push_back({"phone", {integration("phone", "pagerduty")}});
  return config;
}

// Of those that name this receiver, the lines of a story.
std::string told_to(const std::string& receiver, const std::string& said) {
  std::string lines;
  for (std::size_t begin = 0; begin < said.size();) {
    const std::size_t end = said.find('\n', begin);
    const std::string line = said.substr(begin, end - begin + 1);
    if (line.find(" " + receiver + "/") != std::string::npos) lines += line;
    begin = end + 1;
  }
  return lines;
}

struct DownTeam {
  bool down = true;
  DeliveryResult trouble = failing();
  DeliveryResult operator()(const Notification& n) const {
    return down && n.integration.receiver == "team" ? trouble : ok();
  }
};

// A story in which the team's service is down until it is said to work.
struct TeamStory : RouterStory {
  explicit TeamStory(RoutingConfig config = with_fallback(), DeliveryResult trouble = failing())
      : RouterStory(std::move(config)) {
    team.trouble = std::move(trouble);
    service = [this](const Notification& n) { return team(n); };
  }
  DownTeam team;
};

}  // namespace

TEST_CASE("After fallback_after the fallback receiver hears as well, once, and the reason is on record") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(3000);
  CHECK(told_to("phone", story.said()) == "330 phone/pagerduty[0] first notification: +A\n");
  REQUIRE(story.notices(NoticeKind::kFallbackUsed).size() == 1);
  const std::string used = story.notices(NoticeKind::kFallbackUsed)[0];
  CHECK(used.find("integration=team/slack[0] fallback=phone reason=\"it is down\"") != std::string::npos);
}

TEST_CASE("A refusing receiver falls back too") {
  TeamStory story(with_fallback(), refused());
  story.fires("A", 0);
  story.run_until(1000);
  CHECK(told_to("phone", story.said()) == "330 phone/pagerduty[0] first notification: +A\n");
}

TEST_CASE("One that answers in time needs no fallback") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(200);
  story.team.down = false;
  story.run_until(5000);
  CHECK(told_to("phone", story.said()) == "");
  CHECK(story.notices(NoticeKind::kFallbackUsed).empty());
}

TEST_CASE("While it falls back each new state is told once; the end goes to everybody who was told") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(400);
  story.fires("B", 401);
  story.resolves("A", 1000);
  story.resolves("B", 2000);
  story.run_until(2500);
  CHECK(told_to("phone", story.said()) ==
        "330 phone/pagerduty[0] first notification: +A\n"
        "630 phone/pagerduty[0] new alerts added: +A +B\n"
        "1230 phone/pagerduty[0] some alerts resolved: -A +B\n"
        "2130 phone/pagerduty[0] all alerts resolved: -B\n");
  story.team.down = false;
  story.run_until(4000);
  CHECK(told_to("team", story.said()).find("all alerts resolved: -A -B\n") != std::string::npos);
  CHECK(story.store().empty());
}

TEST_CASE("Once the receiver works again the fallback hears nothing new, but the end of what it was told") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(400);
  story.team.down = false;
  story.run_until(600);
  CHECK(story.notices(NoticeKind::kFallbackEnded).size() == 1);
  story.said();
  story.fires("B", 601);
  story.run_until(20'000);  // beyond a repeat
  CHECK(told_to("phone", story.said()) == "");
  story.resolves("A", 20'001);
  story.resolves("B", 20'001);
  story.run_until(21'000);
  CHECK(told_to("phone", story.said()) == "20130 phone/pagerduty[0] all alerts resolved: -A\n");
  CHECK(story.store().empty());
}

TEST_CASE("A receiver that has failed for long makes later groups fall back at their first failure") {
  RoutingConfig config = with_fallback();
  config.root.group_by = {"alertname"};
  name_routes(config.root);
  TeamStory story(config);
  story.fires("A", 0);
  story.fires("B", 1000);
  story.run_until(1031);
  CHECK(told_to("phone", story.said()) ==
        "330 phone/pagerduty[0] first notification: +A\n"
        "1030 phone/pagerduty[0] first notification: +B\n");
}

TEST_CASE("Who waits too long for its turn falls back as well") {
  RoutingConfig config = with_fallback(1min);
  config.root.group_by = {"alertname"};
  name_routes(config.root);
  config.receivers[0].integrations[0].pace = {100s, 1};
  RouterStory story(config);
  story.fires("A", 0);
  story.fires("B", 1);
  story.run_until(95);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "91 phone/pagerduty[0] first notification: +B\n");
  CHECK(story.notices(NoticeKind::kFallbackUsed)[0].find("the pace is 36/h") != std::string::npos);
}

TEST_CASE("A fallback that fails falls back in its turn") {
  RoutingConfig config = with_fallback();
  config.receivers[1].integrations[0].fallback_receiver = "mail";
  config.receivers[1].integrations[0].fallback_after = 2min;
  config.receivers.push_back({"mail", {integration("mail", "email"), integration("mail", "email", 1)}});
  RouterStory story(config);
  story.service = [&](const Notification& n) { return n.integration.receiver == "mail" ? ok() : failing(); };
  story.fires("A", 0);
  story.run_until(1000);
  CHECK(told_to("mail", story.said()) ==
        "450 mail/email[0] first notification: +A\n"
        "450 mail/email[1] first notification: +A\n");
}

TEST_CASE("A restart or a reload repeats nothing to the fallback, and forgets nobody") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(340);
  story.said();
  story.restarts(350);
  story.run_until(400);
  story.reloads(with_fallback(), 401);
  story.run_until(800);
  CHECK(told_to("phone", story.said()) == "");
  CHECK(story.notices(NoticeKind::kFallbackUsed).size() == 1);
  story.fires("B", 801);
  story.run_until(1000);
  CHECK(told_to("phone", story.said()) == "930 phone/pagerduty[0] new alerts added: +A +B\n");
  story.team.down = false;
  story.resolves("A", 1001);
  story.resolves("B", 1001);
  story.run_until(3000);
  CHECK(told_to("phone", story.said()) == "1230 phone/pagerduty[0] all alerts resolved: -A -B\n");
  CHECK(story.store().empty());
}

TEST_CASE("A restart goes on counting how long a notification has been owed") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(100);
  story.restarts(101);
  story.run_until(329);
  CHECK(told_to("phone", story.said()) == "");
  story.run_until(331);
  CHECK(told_to("phone", story.said()) == "330 phone/pagerduty[0] first notification: +A\n");
}

TEST_CASE("What is muted while its receiver fails goes to no fallback") {
  TeamStory story;
  story.fires("A", 0);
  story.run_until(100);
  story.silences(equals("alertname", "A"), 101, 10'000);
  story.run_until(2000);
  CHECK(told_to("phone", story.said()) == "");
}

TEST_CASE("A fallback that was only owed something is let go when the receiver works again") {
  RoutingConfig config = with_fallback();
  config.receivers[1].integrations[0].pace = {1h, 1};
  config.root.group_by = {"alertname"};
  name_routes(config.root);
  TeamStory story(config);
  story.fires("A", 0);
  story.fires("B", 0);
  story.run_until(400);
  story.team.down = false;
  story.run_until(500);
  CHECK(story.notices(NoticeKind::kFallbackEnded).size() == 2);
  story.resolves("A", 501);
  story.resolves("B", 501);
  story.run_until(10'000);
  CHECK(told_to("phone", story.said()).find("B") == std::string::npos);
  CHECK(story.store().empty());
}
