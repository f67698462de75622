// `tocsin route` on a configuration in memory: what it prints and how it exits.
#include "app/route_command.h"

#include <doctest/doctest.h>

#include "core/json.h"

using namespace tocsin;

namespace {

constexpr const char* kConfig = R"(route:
  receiver: default
  group_by: [alertname, cluster]
  routes:
    - receiver: audit
      continue: true
      group_by: []
      matchers: ['team="db"']
    - receiver: db
      matchers: ['team="db"']
      mute_time_intervals: [night]
      repeat_interval: 1h
      routes:
        - receiver: pager
          group_by: ['...']
          group_wait: 0s
          matchers: ['path=~"C:\\\\\\\\.*|\"x\""']
    - receiver: office
      matchers: [team=office]
      active_time_intervals: [hours]
    - receiver: office
      matchers: [team=both]
      mute_time_intervals: [night, hours]
      active_time_intervals: [night]
receivers:
  - name: default
    webhook_configs: [{url: 'http://localhost/a'}, {url: 'http://localhost/b'}]
  - name: audit
  - name: db
  - name: pager
  - name: office
time_intervals:
  - {name: night, time_intervals: [{times: [{start_time: '22:00', end_time: '06:00'}]}]}
  - {name: hours, time_intervals: [{times: [{start_time: '08:00', end_time: '18:00'}], weekdays: ['monday:friday']}]}
)";

MemoryFiles files(std::string text = kConfig) {
  MemoryFiles made;
  made.files["etc/am.yml"] = std::move(text);
  return made;
}

CommandOutput test(std::vector<std::string> labels, RouteTestOptions options = {}) {
  MemoryFiles with = files();
  options.config_file = "etc/am.yml";
  options.labels = std::move(labels);
  return test_routes(options, with, *parse_rfc3339("2024-01-05T23:00:00Z"));
}

CommandOutput show(std::string format) {
  MemoryFiles with = files();
  return show_routes({"etc/am.yml", std::move(format)}, with);
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the routing tree is shown as amtool shows it, with what else a node says") {
  const CommandOutput output = show("text");
  CHECK(output.err == "");
  CHECK(output.exit_code == 0);
  CHECK(output.out == R"(Routing tree:
.
└── default-route  receiver: default  grouping: [alertname,cluster]  group_wait: 30s  group_interval: 5m  repeat_interval: 4h
    ├── {team="db"}  continue: true  receiver: audit  grouping: []
    ├── {team="db"}  receiver: db  grouping: [alertname,cluster]  repeat_interval: 1h  mute_time_intervals: [night]
    │   └── {path=~"C:\\\\\\\\.*|\"x\""}  receiver: pager  grouping: [...]  group_wait: 0s
    ├── {team="office"}  receiver: office  grouping: [alertname,cluster]  active_time_intervals: [hours]
    └── {team="both"}  receiver: office  grouping: [alertname,cluster]  mute_time_intervals: [night,hours]  active_time_intervals: [night]
)");
}

TEST_CASE("the routing tree as DOT has a node a route, and quotes what must be quoted") {
  const CommandOutput output = show("dot");
  CHECK(output.exit_code == 0);
  CHECK(output.out.starts_with("digraph routes {\n"));
  CHECK(output.out.ends_with("}\n"));
  CHECK(holds(output.out, "r0 [label=\"default-route\\lreceiver: default\\l"));
  CHECK(holds(output.out, R"(r3 [label="{path=~\"C:\\\\\\\\\\\\\\\\.*|\\\"x\\\"\"}\lreceiver: pager\l)"));
  CHECK(holds(output.out, "r0 -> r1 [style=dashed, label=\"continue\"];\n"));
  CHECK(holds(output.out, "r2 -> r3;\n"));
  CHECK(holds(output.out, "r0 -> r4;\n"));
}

TEST_CASE("a label set is told its routes, groups, waits and quiet times") {
  const CommandOutput output = test({"team=db", "alertname=\"Disk full\"", "pod=x"});
  CHECK(output.err == "");
  CHECK(output.exit_code == 0);
  CHECK(output.out == R"(audit,db

route {}/{team="db"}/0
  receiver:      audit (no integrations: nobody hears)
  group labels:  {}
  group key:     {}/{team="db"}:{}
  waits:         group_wait 30s, group_interval 5m, repeat_interval 4h
  speaks:        at any time

route {}/{team="db"}/1
  receiver:      db (no integrations: nobody hears)
  group labels:  {alertname="Disk full"}
  group key:     {}/{team="db"}:{alertname="Disk full"}
  waits:         group_wait 30s, group_interval 5m, repeat_interval 1h
  speaks:        muted by night until 2024-01-06T06:00:00Z
)");
  CHECK(holds(test({"team=web"}).out, "receiver:      default (webhook[0], webhook[1])"));
  CHECK(holds(test({"team=office"}).out, "muted outside of hours until 2024-01-08T08:00:00Z"));
  CHECK(holds(test({"team=both"}).out, "muted by night\n"));
  RouteTestOptions evening;
  evening.at = "2024-01-05T20:00:00Z";
  CHECK(holds(test({"team=both"}, evening).out, "muted outside of night\n"));
  RouteTestOptions noon;  // one of its mute intervals holds too, but active ones are looked at first
  noon.at = "2024-01-05T12:00:00Z";
  CHECK(holds(test({"team=both"}, noon).out, "muted outside of night\n"));
  CHECK(holds(test({}).out, "default\n"));
}

TEST_CASE("quiet times can be asked for at another time") {
  RouteTestOptions noon;
  noon.at = "2024-01-05T13:00:00+01:00";
  CHECK(holds(test({"team=db"}, noon).out, "not muted until 2024-01-05T22:00:00Z"));
  CHECK(holds(test({"team=office"}, noon).out, "not muted until 2024-01-05T18:00:00Z"));
  RouteTestOptions wrong;
  wrong.at = "noon";
  CHECK(test({}, wrong).exit_code == 2);
  CHECK(test({}, wrong).err.starts_with("--at: "));
}

TEST_CASE("the same as JSON") {
  RouteTestOptions options;
  options.output = "json";
  const auto json = JsonValue::parse(test({"team=db", "path=\"x\""}, options).out);
  REQUIRE(json);
  REQUIRE(json->find("receivers").array().size() == 2);
  CHECK(json->find("receivers").array()[1].string() == "db");
  const JsonValue& route = json->find("routes").array()[1];
  CHECK(route.text("id") == "{}/{team=\"db\"}/1");
  CHECK(route.text("repeatInterval") == "1h");
  CHECK(route.boolean("muted"));
  CHECK(route.find("mutedBy").array()[0].string() == "night");
  CHECK(route.text("muteChangesAt") == "2024-01-06T06:00:00Z");
  CHECK(json->find("routes").array()[0].find("muteChangesAt").is_null());
}

TEST_CASE("other receivers than expected are a failure") {
  RouteTestOptions options;
  options.verify_receivers = "audit,db";
  CHECK(test({"team=db"}, options).exit_code == 0);
  options.verify_receivers = "db,audit";
  CHECK(test({"team=db"}, options).exit_code == 1);
  CHECK(
      holds(test({"team=db"}, options).err, "WARNING: Expected receivers did not match resolved receivers"));
}

TEST_CASE("labels that are none are a mistake of usage, a faulty configuration is a failure") {
  CHECK(test({"team"}).exit_code == 2);
  CHECK(test({"team!=db"}).exit_code == 2);
  CHECK(holds(test({"team!=db"}).err, "LABEL=VALUE"));
  MemoryFiles broken = files("route: {receiver: nobody}\n");
  const CommandOutput output = show_routes({"etc/am.yml", "text"}, broken);
  CHECK(output.exit_code == 1);
  CHECK(output.out == "");
  CHECK(holds(output.err, "there is no receiver"));
}
