// `tocsin explain`: what it asks the server for, and how the answer looks on a terminal.
#include "app/explain_command.h"

#include <doctest/doctest.h>

#include "app/explain_text.h"

using namespace tocsin;

namespace {

const TimePoint kNow = *parse_rfc3339("2026-01-02T03:04:05Z");

std::string target(std::vector<std::string> matchers, std::string at = "") {
  ExplainOptions options;
  options.matchers = std::move(matchers);
  options.at = std::move(at);
  const auto target = explain_target(options, kNow);
  return target ? *target : "error: " + target.error().message;
}

}  // namespace

TEST_CASE("matchers and times of the command line become parameters of the question") {
  CHECK(target({"X"}) == "/api/tocsin/v1/explain?filter=alertname%3D%22X%22");
  CHECK(target({"{alertname=\"X\", team=~\"a|b\"}"}) ==
        "/api/tocsin/v1/explain?filter=alertname%3D%22X%22&filter=team%3D~%22a%7Cb%22");
  CHECK(target({"X", "team!=db"}, "30m") ==
        "/api/tocsin/v1/explain?filter=alertname%3D%22X%22&filter=team%21%3D%22db%22&at=2026-01-02T02%3A34%3A05Z");
  CHECK(target({"X"}, "2026-01-02T01:00:00+01:00").ends_with("&at=2026-01-02T00%3A00%3A00Z"));
  CHECK(target({"X"}, "noon") ==
        "error: --at \"noon\": give a time as 2026-01-02T15:04:05Z, or how long ago as 30m");
  CHECK(target({"{"}) == "error: \"{\": there is no matcher in it");
  CHECK(target({"{}"}) == "/api/tocsin/v1/explain");
  CHECK(target({"team=~\"(\""}).starts_with("error: \"team=~\\\"(\\\"\": "));
}

TEST_CASE("a live alert is shown with its groups, verdicts and history") {
  const auto text = explanation_text(R"json({"now":"2026-01-02T03:04:05.000Z","alerts":[
    {"fingerprint":"a1","labels":{"alertname":"A"},"state":"firing","startsAt":"2026-01-02T02:04:05.000Z",
     "silencedBy":[],"inhibitedBy":[{"rule":"\"down\"","labels":{"alertname":"S"}},{"rule":"in line 3","labels":{"alertname":"T"}}],
     "groups":[{"groupKey":"{}:{}","receiver":"team","nextFlush":"2026-01-02T03:04:35.000Z",
       "integrations":[{"integration":"team/slack[0]","verdict":"not told: a\u001b[31m\nb"}]},
      {"groupKey":"{}/{}:{}","receiver":"null","nextFlush":"2026-01-02T03:04:35.000Z","integrations":[]}],
     "history":[{"at":"2026-01-02T02:04:05.000Z","kind":"AlertReceived","details":{}},
       {"at":"2026-01-02T02:04:04.000Z","kind":"DeliveryRetrying","details":{"integration":"team/slack[0]","tries":"3"}},
       {"at":"2026-01-02T02:04:03.000Z","kind":"DeliveryRetrying","details":{"integration":"team/slack[0]","tries":"2"}},
       {"at":"2026-01-02T02:04:02.000Z","kind":"DeliveryRetrying","details":{"integration":"team/slack[0]","tries":"1"}},
       {"at":"2026-01-02T02:04:01.000Z","kind":"DeliveryRetrying","details":{"integration":"team/slack[1]","tries":"1"}},
       {"at":"2026-01-01T02:04:05.000Z","kind":"AlertFired","details":{"value":"3","file":"a b"}}],
     "moreHistory":false}],"past":[],"leftOut":2,"history":{"linesRead":2,"all":true}})json");
  REQUIRE_MESSAGE(text.has_value(), text.error().message);
  CHECK(text->found);
  CHECK(text->text == R"(as of 2026-01-02 03:04:05 UTC

{alertname="A"} fires since 02:04:05 (1h ago)
  inhibited by {alertname="S"} (rule "down")
  inhibited by {alertname="T"} (rule in line 3)
  group {}:{} of receiver team: next flush 03:04:35 (in 30s)
    team/slack[0]: not told: a [31m b
  group {}/{}:{} of receiver null: next flush 03:04:35 (in 30s)
    the receiver has no integrations: nobody is told
  history, newest first
    02:04:05 (1h ago)  AlertReceived
    02:04:04 (1h ago)  DeliveryRetrying integration=team/slack[0] tries=3 (and 2 times before, since 02:04:02)
    02:04:01 (1h ago)  DeliveryRetrying integration=team/slack[1] tries=1
    2026-01-01 02:04:05 (1d1h ago)  AlertFired value=3 file="a b"

and 2 more alerts: ask with more matchers to see them
)");
}

TEST_CASE("an alert of the past is shown as of the time that was asked about") {
  const auto text = explanation_text(R"json({"now":"2026-01-02T03:04:05.000Z","at":"2026-01-02T02:00:00.000Z","alerts":[],"past":[
    {"fingerprint":"a1","labels":{"alertname":"A"},"state":"firing","verdict":"it fired since 01:59:00 (1m ago)",
     "groups":[{"groupKey":"{}:{}","integrations":[{"integration":"team/slack[0]","verdict":"not told"}]},
               {"groupKey":"{}:{x=\"1\"}","integrations":[]}],
     "history":[],"moreHistory":false}],"leftOut":0,
    "history":{"linesRead":10000,"all":false,"oldest":"2026-01-02T01:00:00.000Z"}})json");
  REQUIRE(text.has_value());
  CHECK(text->text == R"(as of 2026-01-02 02:00:00 UTC

{alertname="A"}: it fired since 01:59:00 (1m ago)
  group {}:{}
    team/slack[0]: not told

The newest 10000 lines of the history were read, back to 01:00:00 (1h ago); there are more.
)");
}

TEST_CASE("nothing that matches is said, and an answer of somebody else is an error") {
  const auto nothing =
      explanation_text(R"({"now":"2026-01-02T03:04:05.000Z","alerts":[],"past":[],"history":{"all":true}})");
  REQUIRE(nothing.has_value());
  CHECK_FALSE(nothing->found);
  CHECK(nothing->text == "no alert matches, neither live nor in the history\n");
  CHECK(explanation_text("<html>").error().message ==
        "the server gave an answer that cannot be understood; is it tocsin?");
  CHECK_FALSE(explanation_text("{}").has_value());
}
