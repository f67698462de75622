#include "app/api_alerts.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "tests/support/fake_api_backend.h"

using namespace tocsin;

namespace {

using std::chrono::minutes;

AlertView alert(Labels labels, AlertStatus status = AlertStatus::kActive,
                std::vector<std::string> receivers = {"team-db"}) {
  AlertView view;
  view.alert.labels = std::move(labels);
  view.alert.starts_at = kApiNow - minutes(10);
  view.alert.updated_at = kApiNow - minutes(1);
  view.alert.ends_at = kApiNow + minutes(2);
  view.status = status;
  view.receivers = std::move(receivers);
  return view;
}

FakeApiBackend three_alerts() {
  FakeApiBackend backend;
  backend.alert_views = {
      alert({{"alertname", "Down"}, {"team", "db"}}),
      alert({{"alertname", "Slow"}}, AlertStatus::kUnprocessed, {"team-web"}),
      alert({{"alertname", "Full"}, {"team", "web"}}, AlertStatus::kActive, {"team-web", "team-db"}),
  };
  return backend;
}

// The alertnames that an answer lists, sorted.
std::string names(const JsonValue& alerts) {
  std::vector<std::string> found;
  for (const JsonValue& item : alerts.array()) found.push_back(item.find("labels").text("alertname"));
  std::sort(found.begin(), found.end());
  std::string text;
  for (const std::string& name : found) text += (text.empty() ? "" : " ") + name;
  return text;
}

// The body, also of an answer that is sent while it is made.
std::string whole(const HttpAnswer& answer) {
  std::string text = answer.body;
  if (!answer.next_piece) return text;
  for (std::string piece = answer.next_piece(); !piece.empty(); piece = answer.next_piece()) text += piece;
  return text;
}

}  // namespace

TEST_CASE("a long list that is sent while it is made is one array, in order of fingerprints") {
  FakeApiBackend backend;
  constexpr std::size_t kMany = 5'000;
  for (std::size_t i = 0; i < kMany; ++i) backend.alert_views.push_back(alert({{"id", std::to_string(i)}}));
  const HttpAnswer answer = ask(backend, "GET", "/api/v2/alerts");
  CHECK(answer.next_piece);
  const auto list = JsonValue::parse(whole(answer));
  REQUIRE(list);
  REQUIRE(list->array().size() == kMany);
  const auto earlier = [](const JsonValue& a, const JsonValue& b) {
    return a.text("fingerprint") < b.text("fingerprint");
  };
  CHECK(std::is_sorted(list->array().begin(), list->array().end(), earlier));
  // What a filter leaves may lie in any part of it, or in none.
  for (const std::size_t place : {std::size_t{0}, kMany / 2, kMany - 1}) {
    const std::string id = list->array()[place].find("labels").text("id");
    const std::string found = whole(ask(backend, "GET", "/api/v2/alerts?filter=id=" + id));
    REQUIRE(JsonValue::parse(found));
    CHECK(JsonValue::parse(found)->array().size() == 1);
  }
  CHECK(whole(ask(backend, "GET", "/api/v2/alerts?filter=id=none")) == "[]");
}

TEST_CASE("an alert is written as Alertmanager writes it") {
  FakeApiBackend backend;
  backend.alert_views = {alert({{"alertname", "Down"}})};
  backend.alert_views[0].alert.annotations = {{"summary", "<b>"}};
  backend.alert_views[0].alert.generator_url = "http://p/graph";
  CHECK(ask(backend, "GET", "/api/v2/alerts").body ==
        "[{\"annotations\":{\"summary\":\"\\u003cb\\u003e\"},\"endsAt\":\"2026-01-02T03:06:05.000Z\","
        "\"fingerprint\":\"" +
            Labels{{"alertname", "Down"}}.fingerprint_hex() +
            "\",\"receivers\":[{\"name\":\"team-db\"}],\"startsAt\":\"2026-01-02T02:54:05.000Z\","
            "\"status\":{\"inhibitedBy\":[],\"mutedBy\":[],\"silencedBy\":[],\"state\":\"active\"},"
            "\"updatedAt\":\"2026-01-02T03:03:05.000Z\",\"generatorURL\":\"http://p/graph\","
            "\"labels\":{\"alertname\":\"Down\"}}]");
}

TEST_CASE("an alert without a known end ends when resolve_timeout is over") {
  FakeApiBackend backend;
  backend.alert_views = {alert({{"alertname", "Down"}})};
  backend.alert_views[0].alert.ends_at = kNoTime;
  CHECK(json_of(ask(backend, "GET", "/api/v2/alerts")).array()[0].text("endsAt") ==
        "2026-01-02T03:09:05.000Z");
}

TEST_CASE("alerts are ordered by fingerprint and resolved ones are not listed") {
  FakeApiBackend backend;
  for (int i = 0; i < 20; ++i) backend.alert_views.push_back(alert({{"n", std::to_string(i)}}));
  backend.alert_views[3].status = AlertStatus::kResolved;
  backend.alert_views[4].alert.ends_at = kApiNow;
  const JsonValue json = json_of(ask(backend, "GET", "/api/v2/alerts"));
  REQUIRE(json.array().size() == 18);
  for (std::size_t i = 1; i < json.array().size(); ++i) {
    CHECK(json.array()[i - 1].text("fingerprint") < json.array()[i].text("fingerprint"));
  }
}

TEST_CASE("parameters choose alerts") {
  struct Row {
    std::string_view query;
    std::string_view names;
  };
  for (const Row& row : {
           Row{"", "Down Full Slow"},
           Row{"active=true", "Down Full Slow"},
           Row{"active=false", ""},
           Row{"active=", "Down Full Slow"},
           Row{"active=false&active=true", "Down Full Slow"},
           Row{"unprocessed=false", "Down Full Slow"},
           Row{"silenced=false&inhibited=false&muted=false", "Down Full Slow"},
           Row{"filter=team=db", "Down"},
           Row{"filter=team%3D%22db%22", "Down"},
           Row{"filter=team%21%3Ddb", "Full Slow"},
           Row{"filter=team%3D~%22d.%7Cweb%22", "Down Full"},
           Row{"filter=team%3D~%22d%22", ""},
           Row{"filter=team%3D%22%22", "Slow"},
           Row{"filter=team%21%3D%22%22", "Down Full"},
           Row{"filter=team%3D~%22%22", "Slow"},
           Row{"filter=team%21~%22%22", "Down Full"},
           Row{"filter=team=web&filter=alertname=Full", "Full"},
           Row{"filter=team=web&filter=alertname=Down", ""},
           Row{"receiver=team-db", "Down Full"},
           Row{"receiver=team", ""},
           Row{"receiver=team-.%2B", "Down Full Slow"},
           Row{"receiver_matchers=owner=x", "Down Full"},
           Row{"receiver_matchers=owner=y", ""},
           Row{"receiver=team-web&filter=team=web", "Full"},
       }) {
    CAPTURE(row.query);
    FakeApiBackend backend = three_alerts();
    const HttpAnswer answer = ask(backend, "GET", "/api/v2/alerts?" + std::string(row.query));
    CHECK(answer.status == 200);
    CHECK(names(json_of(answer)) == row.names);
  }
}

TEST_CASE("an empty filter value asks whether a label is there, even where its value is empty") {
  FakeApiBackend backend;
  backend.alert_views = {alert({{"alertname", "Empty"}, {"team", ""}}), alert({{"alertname", "None"}})};
  CHECK(names(json_of(ask(backend, "GET", "/api/v2/alerts?filter=team!%3D%22%22"))) == "Empty");
}

TEST_CASE("bad parameters are refused before anybody is asked") {
  struct Row {
    std::string_view query;
    int status;
    std::string_view body;  // how it begins
  };
  for (const char* path : {"/api/v2/alerts?", "/api/v2/alerts/groups?"}) {
    for (const Row& row : {
             Row{"active=flase", 422,
                 R"({"code":601,"message":"active in query must be true or false, not \"flase\""})"},
             Row{"muted=2", 422,
                 R"({"code":601,"message":"muted in query must be true or false, not \"2\""})"},
             Row{"unprocessed=x", 422, R"({"code":601,"message":"unprocessed in query)"},
             Row{"filter=nonsense", 400, R"("bad filter \"nonsense\": )"},
             Row{"filter=a%3D~%22(%22", 400, R"("bad filter \"a=~\"(\"\": )"},
             Row{"receiver=(", 400, R"("failed to parse receiver param: )"},
             Row{"receiver_matchers=x", 400, R"("bad receiver_matchers \"x\": )"},
         }) {
      CAPTURE(row.query);
      FakeApiBackend backend = three_alerts();
      const HttpAnswer answer = ask(backend, "GET", path + std::string(row.query));
      CHECK(answer.status == row.status);
      CHECK(answer.content_type == "application/json");
      std::string expected(row.body);
      for (std::size_t at = 0;
           row.status == 400 && (at = expected.find("\"a=~\"(\"\"")) != std::string::npos;) {
        expected.replace(at, 9, "\"a=~\\\"(\\\"\\\"");
      }
      CHECK_MESSAGE(answer.body.starts_with(expected), answer.body);
      CHECK_FALSE(json_of(answer).is_null());
    }
  }
}

TEST_CASE("what is muted is suppressed, and can be left out") {
  FakeApiBackend backend;
  backend.alert_views = {alert({{"alertname", "A"}}), alert({{"alertname", "B"}}),
                         alert({{"alertname", "C"}}), alert({{"alertname", "D"}})};
  for (std::size_t i = 0; i < 3; ++i) backend.alert_views[i].status = AlertStatus::kSuppressed;
  backend.alert_views[3].status = AlertStatus::kUnprocessed;
  backend.alert_views[0].silenced_by = {"id-1", "id-2"};
  backend.alert_views[1].inhibited_by = {"0123456789abcdef"};
  backend.alert_views[2].muted_by = {"night"};
  struct Row {
    std::string_view query;
    std::string_view names;
  };
  for (const Row& row : {
           Row{"", "A B C D"},
           Row{"silenced=false", "B C D"},
           Row{"inhibited=false", "A C D"},
           Row{"active=false", "A B C"},
           Row{"active=false&unprocessed=true", "A B C D"},
           Row{"active=true&unprocessed=false", "A B C D"},
           Row{"silenced=false&inhibited=false&active=false&unprocessed=true", "C D"},
       }) {
    CAPTURE(row.query);
    std::set<std::string> names;
    const JsonValue json = json_of(ask(backend, "GET", "/api/v2/alerts?" + std::string(row.query)));
    for (const JsonValue& one : json.array()) names.insert(one.find("labels").text("alertname"));
    CHECK(fmt::format("{}", fmt::join(names, " ")) == row.names);
  }
  const JsonValue json = json_of(ask(backend, "GET", "/api/v2/alerts?filter=alertname=A"));
  CHECK(json_text(json.array()[0].find("status")) ==
        R"({"inhibitedBy":[],"mutedBy":[],"silencedBy":["id-1","id-2"],"state":"suppressed"})");
}

TEST_CASE("groups that a time interval mutes can be left out") {
  FakeApiBackend backend;
  backend.group_views.resize(2);
  backend.group_views[0].labels = {{"team", "db"}};
  backend.group_views[0].alerts = {alert({{"alertname", "A"}})};
  backend.group_views[0].muted_by = {"night"};
  backend.group_views[1].alerts = {alert({{"alertname", "B"}})};
  CHECK(json_of(ask(backend, "GET", "/api/v2/alerts/groups")).array().size() == 2);
  CHECK(json_of(ask(backend, "GET", "/api/v2/alerts/groups?muted=false")).array().size() == 1);
}

TEST_CASE("groups come by labels and receiver, with the alerts that were asked for") {
  FakeApiBackend backend;
  GroupView web;
  web.route_id = "r/1";
  web.group_key = "{}:{}";
  web.labels = {{"team", "web"}};
  web.receiver = "team-web";
  web.alerts = {alert({{"alertname", "Full"}, {"team", "web"}})};
  GroupView db = web;
  db.labels = {{"team", "db"}};
  db.receiver = "team-db";
  db.alerts = {alert({{"alertname", "Slow"}}), alert({{"alertname", "Down"}})};
  GroupView also_db = db;
  also_db.receiver = "a-mail";
  GroupView retired = db;
  retired.retired = true;
  GroupView over = db;
  over.receiver = "over";
  for (AlertView& view : over.alerts) view.status = AlertStatus::kResolved;
  backend.group_views = {web, db, retired, over, also_db};

  const auto listed = [&](const std::string& query) {
    std::string text;
    const JsonValue groups = json_of(ask(backend, "GET", "/api/v2/alerts/groups" + query));
    for (const JsonValue& group : groups.array()) {
      text += group.labels("labels").to_string() + group.find("receiver").text("name") + ":" +
              names(group.find("alerts")) + ";";
    }
    return text;
  };
  CHECK(listed("") ==
        R"({team="db"}a-mail:Down Slow;{team="db"}team-db:Down Slow;{team="web"}team-web:Full;)");
  CHECK(listed("?receiver=team-.*") == R"({team="db"}team-db:Down Slow;{team="web"}team-web:Full;)");
  CHECK(listed("?filter=alertname=Full") == R"({team="web"}team-web:Full;)");
  CHECK(listed("?active=false").empty());
  // The order of a notification is kept within a group.
  const HttpAnswer answer = ask(backend, "GET", "/api/v2/alerts/groups?receiver=team-db");
  CHECK(json_of(answer).array()[0].find("alerts").array()[0].find("labels").text("alertname") == "Slow");
}
