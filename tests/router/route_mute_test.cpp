#include "router/route_mute.h"

#include <doctest/doctest.h>

#include "router/time_interval_reader.h"

using namespace tocsin;

namespace {

NamedTimeIntervals intervals() {
  Problems problems;
  const YamlDocument document = YamlDocument::parse(R"(
- name: night
  time_intervals: [{times: [{start_time: '22:00', end_time: '06:00'}]}]
- name: weekend
  time_intervals: [{weekdays: ['saturday:sunday']}]
- name: office
  time_intervals: [{times: [{start_time: '08:00', end_time: '18:00'}], weekdays: ['monday:friday']}]
)",
                                                    "tocsin.yml", problems);
  return read_time_intervals(document.root(), YamlNode(), problems);
}

Route route(std::vector<std::string> mute, std::vector<std::string> active = {}) {
  Route made;
  made.mute_time_intervals = std::move(mute);
  made.active_time_intervals = std::move(active);
  return made;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A route is quiet by its mute intervals, or outside its active ones") {
  const NamedTimeIntervals named = intervals();
  const auto names = [&](const Route& r, const char* at) {
    return time_muting(r, named, *parse_rfc3339(at)).intervals;
  };
  // 2024-01-05 is a Friday.
  CHECK(names(route({}), "2024-01-05T23:00:00Z").empty());
  CHECK(names(route({"night", "weekend"}), "2024-01-05T12:00:00Z").empty());
  CHECK(names(route({"night", "weekend"}), "2024-01-05T23:00:00Z") == Names{"night"});
  CHECK(names(route({"weekend", "night"}), "2024-01-06T23:00:00Z") == Names{"weekend", "night"});
  CHECK(names(route({}, {"office"}), "2024-01-05T12:00:00Z").empty());
  CHECK(names(route({}, {"office"}), "2024-01-05T19:00:00Z") == Names{"office"});
  CHECK(names(route({}, {"office", "night"}), "2024-01-05T19:00:00Z") == Names{"office", "night"});
  CHECK(names(route({}, {"office", "night"}), "2024-01-05T23:00:00Z").empty());
  CHECK(names(route({"night"}, {"night"}), "2024-01-05T23:00:00Z") == Names{"night"});
}

TEST_CASE("The end of a route's quiet is known, across all of its intervals") {
  const NamedTimeIntervals named = intervals();
  const auto changes = [&](const Route& r, const char* at) {
    const TimePoint time = mute_changes_at(r, named, *parse_rfc3339(at));
    return time == kNever ? "never" : format_rfc3339(time);
  };
  CHECK(changes(route({"night"}), "2024-01-05T23:00:00Z") == "2024-01-06T06:00:00Z");
  CHECK(changes(route({"night"}), "2024-01-05T12:00:00Z") == "2024-01-05T22:00:00Z");
  // Friday night goes over into the weekend, and that into the night of Sunday.
  CHECK(changes(route({"night", "weekend"}), "2024-01-05T23:00:00Z") == "2024-01-08T06:00:00Z");
  CHECK(changes(route({}, {"office"}), "2024-01-05T19:00:00Z") == "2024-01-08T08:00:00Z");
  CHECK(changes(route({"weekend"}, {"night"}), "2024-01-05T23:00:00Z") == "2024-01-06T00:00:00Z");
  CHECK(changes(route({"night"}, {"night"}), "2024-01-05T23:00:00Z") == "never");
  CHECK(changes(route({}), "2024-01-05T23:00:00Z") == "never");
  CHECK(changes(route({"night"}), "2024-01-05T22:00:00.5Z") == "2024-01-06T06:00:00Z");
}
