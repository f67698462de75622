#include "receivers/service_pace.h"

#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("a service is spoken to at the pace it documents, webhooks and mail as fast as they take it") {
  struct Row {
    const char* kind;
    double most_in_a_minute;  // with a full burst; 0: no limit
  };
  for (const Row& row : {Row{"pagerduty", 120},
                         {"discord", 30},
                         {"telegram", 20},
                         {"wechat", 30},
                         {"slack", 65},
                         {"msteams", 122},
                         {"incidentio", 1200},
                         {"webhook", 0},
                         {"email", 0},
                         {"sns", 0}}) {
    CAPTURE(row.kind);
    const Pace pace = service_pace(row.kind);
    CHECK(pace.limited() == (row.most_in_a_minute > 0));
    if (pace.limited()) CHECK(pace.burst + 60 / to_seconds(pace.interval) <= row.most_in_a_minute);
  }
}

TEST_CASE("the user's pace replaces the service's") {
  struct Row {
    const char* pace;
    Pace read;
  };
  for (const Row& row : {Row{"pace: {rate: 4/s, burst: 8}", {250ms, 8}},
                         {"pace: {rate: 30/min}", {2s, 1}},
                         {"pace: none", {}},
                         {"pace: ~", service_pace("slack")},
                         {"username: u", service_pace("slack")}}) {
    CAPTURE(row.pace);
    const ReadReceiver team = read("slack_configs", std::string("{api_url: 'http://h', ") + row.pace + "}");
    CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
    REQUIRE(team.receiver.paces.size() == 1);
    CHECK(team.receiver.paces.begin()->second == row.read);
  }
}

TEST_CASE("what is no pace is said with its place and a way out") {
  check_loading("webhook_configs",
                {{"{url: 'http://h', pace: fast}", "{}", "pace must be a mapping with a rate, or none"},
                 {"{url: 'http://h', pace: [1]}", "{}", "pace must be a mapping with a rate, or none"},
                 {"{url: 'http://h', pace: {burst: 5}}", "{}", "a pace needs a rate"},
                 {"{url: 'http://h', pace: {rate: 1}}", "{}", "\"1\" is not a rate"},
                 {"{url: 'http://h', pace: {rate: 0/s}}", "{}", "a rate must be above zero"},
                 {"{url: 'http://h', pace: {rate: 1/s, burst: 0}}", "{}", "burst must be from 1"},
                 {"{url: 'http://h', pace: {rate: 1/s, burst: x}}", "{}", "burst"},
                 {"{url: 'http://h', pace: {rate: 1/s, bursts: 5}}", "{}", "bursts"},
                 {"{url: 'http://h', pace: {rate: 1/s, burst: 5}}", "{}", ""}});
}

}  // namespace tocsin
