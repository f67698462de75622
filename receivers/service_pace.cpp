#include "receivers/service_pace.h"

#include <array>

namespace tocsin {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct KnownPace {
  std::string_view kind;
  Pace pace;
};

// What a service takes in a minute is its burst and what its rate adds in that minute. Services that say no
// fixed number have one that their 429 will seldom meet. Webhooks and mail servers are the user's own: no
// limit.
constexpr std::array<KnownPace, 15> kPaces = {{
    {"discord", {milliseconds(2400), 5}},      // 30 a minute for each webhook
    {"incidentio", {milliseconds(100), 100}},  // 1200 a minute
    {"jira", {milliseconds(200), 10}},         // by cost, with 429
    {"mattermost", {milliseconds(100), 100}},  // 10/s, bursts of 100, where the limit is switched on
    {"msteams", {milliseconds(500), 2}},       // 4/s
    {"msteamsv2", {milliseconds(500), 2}},     // 4/s
    {"opsgenie", {milliseconds(500), 20}},     // by plan, with 429
    {"pagerduty", {milliseconds(600), 20}},    // 120 a minute for each integration key
    {"pushover", {milliseconds(500), 10}},     // asks for two connections at most
    {"rocketchat", {seconds(1), 10}},          // as its administrator says
    {"slack", {seconds(1), 5}},                // 1/s for each channel and webhook, short bursts are tolerated
    {"telegram", {seconds(4), 5}},             // 20 a minute to a group
    {"victorops", {milliseconds(500), 20}},    // says no number
    {"webex", {milliseconds(250), 20}},        // says no number, with 429
    {"wechat", {milliseconds(2400), 5}},       // 30 a minute to one person
}};

// By a rate and a burst.
Pace read_numbers(YamlObject& pace, const Pace& usual) {
  Pace out = usual;
  std::string rate;
  if (!pace.text("rate", rate)) {
    pace.error("rate", "a pace needs a rate", "for example `rate: 1/s`, or write `pace: none`");
  } else if (const auto interval = parse_rate(rate); interval) {
    out.interval = *interval;
  } else {
    pace.error("rate", interval.error().message,
               "write a number and a unit, such as 1/s, 0.5/s, 120/min or 20/h, or `pace: none`");
  }
  std::int64_t burst = 1;
  pace.integer("burst", burst);
  if (burst < 1 || burst > 100'000) {
    pace.error("burst", "burst must be from 1 to 100000", "it is how many may go out at once");
    burst = 1;
  }
  out.burst = static_cast<int>(burst);
  pace.refuse_unknown_keys();
  return out;
}

}  // namespace

Pace service_pace(std::string_view kind) {
  for (const KnownPace& known : kPaces) {
    if (known.kind == kind) return known.pace;
  }
  return {};
}

Pace read_pace(YamlObject& object, const Pace& usual) {
  const YamlNode node = object.child("pace");
  if (node.null()) return usual;
  if (object.is_one_of("pace", node.text(), {"none"})) return {};
  if (node.kind() != YamlNode::Kind::kMapping) {
    object.error("pace", "pace must be a mapping with a rate, or none",
                 "for example `pace: {rate: 1/s, burst: 5}`");
    return usual;
  }
  YamlObject pace(node, "pace", object.problems());
  return read_numbers(pace, usual);
}

}  // namespace tocsin
