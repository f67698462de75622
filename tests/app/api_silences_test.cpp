#include "app/api_silences.h"

#include <doctest/doctest.h>

#include "tests/support/fake_api_backend.h"

using namespace tocsin;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kOne = "/api/v2/silence/00000000-0000-4000-8000-000000000001";

// A body with the fields given in place of the usual ones; "" leaves a field out.
std::string body(std::vector<std::pair<std::string, std::string>> changes = {}) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"matchers", R"([{"name":"alertname","value":"Down","isRegex":false}])"},
      {"startsAt", R"("2026-01-02T03:00:00Z")"},
      {"endsAt", R"("2026-01-02T05:00:00Z")"},
      {"createdBy", R"("ann")"},
      {"comment", R"("deploy")"},
  };
  for (auto& [name, value] : changes) {
    auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
    if (found == fields.end()) {
      fields.emplace_back(name, value);
    } else {
      found->second = value;
    }
  }
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
  }
  return text + "}";
}

std::string with_matchers(std::string matchers) {
  return body({{"matchers", std::move(matchers)}});
}

HttpAnswer post(FakeApiBackend& backend, std::string text) {
  return ask(backend, "POST", "/api/v2/silences", std::move(text));
}

Silence silence(std::string_view matchers, TimePoint start, TimePoint end) {
  Silence silence;
  silence.matcher_sets = {parse_matchers(matchers)->matchers};
  silence.starts_at = start;
  silence.ends_at = end;
  silence.created_by = "ann";
  silence.comment = "deploy";
  return silence;
}

// The last digits of the ids that a list holds, in its order.
std::string ids(const HttpAnswer& answer) {
  std::string text;
  const JsonValue list = json_of(answer);
  for (const JsonValue& item : list.array()) {
    if (!text.empty()) text += " ";
    text += std::to_string(std::stoi(item.text("id").substr(24)));
  }
  return text;
}

AlertView firing(Labels labels, AlertStatus status = AlertStatus::kActive) {
  AlertView view;
  view.alert.labels = std::move(labels);
  view.alert.starts_at = kApiNow - minutes(10);
  view.status = status;
  return view;
}

}  // namespace

TEST_CASE("a silence is set, and shown as Alertmanager shows it") {
  FakeApiBackend backend;
  const HttpAnswer answer =
      post(backend, body({{"annotations", R"({"ticket":"7"})"},
                          {"matchers", R"([{"name":"alertname","value":"Down","isRegex":false},
                                           {"name":"a","value":"b|c","isRegex":true,"isEqual":true},
                                           {"name":"d","value":"","isRegex":false,"isEqual":false},
                                           {"name":"e","value":"f.*","isRegex":true,"isEqual":false}])"}}));
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"silenceID":"00000000-0000-4000-8000-000000000001"})");
  CHECK(header_of(answer, "Warning").empty());
  const std::string shown =
      R"({"id":"00000000-0000-4000-8000-000000000001","status":{"state":"active"},)"
      R"("updatedAt":"2026-01-02T03:04:05.000Z","annotations":{"ticket":"7"},"comment":"deploy",)"
      R"("createdBy":"ann","endsAt":"2026-01-02T05:00:00.000Z","matchers":[)"
      R"({"isEqual":true,"isRegex":false,"name":"alertname","value":"Down"},)"
      R"({"isEqual":true,"isRegex":true,"name":"a","value":"b|c"},)"
      R"({"isEqual":false,"isRegex":false,"name":"d","value":""},)"
      R"({"isEqual":false,"isRegex":true,"name":"e","value":"f.*"}],)"
      R"("startsAt":"2026-01-02T03:04:05.000Z"})";
  CHECK(ask(backend, "GET", kOne).body == shown);
  CHECK(ask(backend, "GET", "/api/v2/silences").body == "[" + shown + "]");
}

TEST_CASE("a silence may be posted again as it was listed") {
  FakeApiBackend backend;
  post(backend, body());
  const std::string listed = ask(backend, "GET", kOne).body;
  CHECK(post(backend, listed).body == R"({"silenceID":"00000000-0000-4000-8000-000000000001"})");
  CHECK(ask(backend, "GET", kOne).body == listed);
}

TEST_CASE("what goes beyond Alertmanager is taken, and written only where it is set") {
  FakeApiBackend backend;
  const std::string set = R"([{"name":"a","value":"b","isRegex":false}])";
  CHECK(post(backend, body({{"matchers", ""},
                            {"matcherSets", "[" + set + R"(,[{"name":"c","value":"d","isRegex":true}]])"},
                            {"untilResolved", "true"},
                            {"expireWhenIdle", R"("2h")"}}))
            .status == 200);
  const JsonValue shown = json_of(ask(backend, "GET", kOne));
  CHECK(json_text(shown.find("matchers")) == R"([{"isEqual":true,"isRegex":false,"name":"a","value":"b"}])");
  CHECK(json_text(shown.find("matcherSets")) ==
        R"([[{"isEqual":true,"isRegex":false,"name":"a","value":"b"}],)"
        R"([{"isEqual":true,"isRegex":true,"name":"c","value":"d"}]])");
  CHECK(shown.boolean("untilResolved"));
  CHECK(shown.text("expireWhenIdle") == "2h");
  CHECK(backend.kept_silences.all()[0].expire_when_idle == hours(2));
  CHECK(post(backend, json_text(shown)).status == 200);
}

TEST_CASE("every mistake in a silence is named at once") {
  struct Row {
    std::string body;
    int status;
    int code;  // 0: a bare text
    std::string message;
  };
  const auto matcher = [](std::string_view text) { return with_matchers("[" + std::string(text) + "]"); };
  for (
      const Row& row : {
          Row{"", 422, 602, "silence in body is required"},
          Row{"null", 422, 602, "comment in body is required"},
          Row{"{]", 400, 400, "the body is not valid JSON: at byte 1: expected a name in double quotes"},
          Row{"[]", 400, 400, "the body must be a silence, an object, not an array"},
          Row{"{}", 422, 602,
              "matchers in body is required; startsAt in body is required; endsAt in body is required; "
              "createdBy in body is required; comment in body is required"},
          Row{body({{"comment", "null"}}), 422, 602, "comment in body is required"},
          Row{body({{"comment", "7"}, {"createdBy", ""}}), 400, 400,
              "createdBy in body is required; comment must be a string, not a number"},
          Row{with_matchers("[]"), 422, 612, "matchers in body should have at least 1 items"},
          Row{with_matchers("{}"), 400, 400, "matchers must be an array, not an object"},
          Row{matcher("1"), 400, 400, "matchers.0 must be an object, not a number"},
          Row{matcher("{}"), 422, 602,
              "matchers.0.name in body is required; matchers.0.value in body is required; "
              "matchers.0.isRegex in body is required"},
          Row{matcher(R"({"name":"a","value":1,"isRegex":"no","isEqual":0})"), 400, 400,
              "matchers.0.value must be a string, not a number; matchers.0.isRegex must be true or false, "
              "not a "
              "string; matchers.0.isEqual must be true or false, not a number"},
          Row{matcher(R"({"name":"a","value":"(","isRegex":true})"), 400, 0,
              R"(matchers.0: label "a": invalid)"},
          Row{matcher(R"({"name":"","value":"b","isRegex":false})"), 400, 0,
              "a matcher without a label name"},
          Row{matcher(R"({"name":"a","value":"","isRegex":false})"), 400, 0,
              R"({a=""} matches every alert that)"},
          Row{body({{"startsAt", R"("tomorrow")"}, {"endsAt", "5"}}), 400, 400, "startsAt: "},
          Row{body({{"startsAt", R"("tomorrow")"}, {"endsAt", "5"}}), 400, 400,
              "endsAt must be a string, not a number"},
          Row{body({{"endsAt", R"("")"}}), 400, 0, "no end: say until when it shall hold"},
          Row{body({{"endsAt", R"("2026-01-02T03:04:04Z")"}}), 400, 0,
              "the silence would end at 2026-01-02T03:04:04Z, which is in the past: now is "
              "2026-01-02T03:04:05Z"},
          Row{body({{"startsAt", R"("2026-01-02T05:00:00Z")"}}), 400, 0,
              "the silence would end at 2026-01-02T05:00:00Z, which is not after its start at "
              "2026-01-02T05:00:00Z"},
          Row{body({{"annotations", R"({"a":1,"b":[]})"}}), 400, 400,
              R"(annotations: the value of "a" must be a string, not a number; annotations: the value of "b" )"
              R"(must be a string, not an array)"},
          Row{body({{"id", "1"}}), 400, 400, "id must be a string, not a number"},
          Row{body({{"untilResolved", "1"}}), 400, 400, "untilResolved must be true or false, not a number"},
          Row{body({{"expireWhenIdle", R"("soon")"}}), 400, 0, "expireWhenIdle: "},
          Row{body({{"matcherSets", "[1]"}}), 400, 400, "matcherSets.0 must be an array, not a number"},
          Row{body({{"matcherSets", "[[]]"}, {"matchers", ""}}), 422, 612,
              "matcherSets.0 in body should have at least 1 items"},
          Row{body({{"matcherSets", "[]"}, {"matchers", ""}}), 422, 612,
              "matcherSets in body should have at least 1 items"},
          Row{body({{"matcherSets", R"([[{"name":"x","value":"y","isRegex":false}]])"}}), 400, 0,
              R"(matchers is {alertname="Down"}, but the first of matcherSets is {x="y"}: leave one of the two out)"},
      }) {
    CAPTURE(row.body);
    FakeApiBackend backend;
    const HttpAnswer answer = post(backend, row.body);
    CHECK(answer.status == row.status);
    CHECK(json_of(answer).integer("code") == row.code);
    const std::string message =
        row.code == 0 ? JsonValue::parse(answer.body)->string() : json_of(answer).text("message");
    CHECK_MESSAGE(message.find(row.message) != std::string::npos, message);
    CHECK(backend.kept_silences.all().empty());
  }
}

TEST_CASE("silences are taken as JSON only, and an empty start is now") {
  FakeApiBackend backend;
  CHECK(ask(backend, "POST", "/api/v2/silences", body(), "text/plain").status == 415);
  CHECK(post(backend, body({{"startsAt", R"("")"}})).status == 200);
  CHECK(backend.kept_silences.all()[0].starts_at == kApiNow);
}

TEST_CASE("a change of an unknown silence is not found, a full house is told") {
  FakeApiBackend backend;
  HttpAnswer answer = post(backend, body({{"id", R"("x")"}}));
  CHECK(answer.status == 404);
  CHECK(JsonValue::parse(answer.body)->string().starts_with("silence \"x\" was not found"));
  backend.kept_silences.limit({1, 0});
  CHECK(post(backend, body()).status == 200);
  answer = post(backend, body());
  CHECK(answer.status == 400);
  CHECK(JsonValue::parse(answer.body)->string().find("--silences.max-silences allows 1") !=
        std::string::npos);
}

TEST_CASE("a silence is expired by DELETE, as often as one likes") {
  FakeApiBackend backend;
  post(backend, body());
  for (int i = 0; i < 2; ++i) {
    const HttpAnswer answer = ask(backend, "DELETE", kOne);
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
  }
  CHECK(json_of(ask(backend, "GET", kOne)).find("status").text("state") == "expired");
}

TEST_CASE("a silence is asked for by a UUID") {
  struct Row {
    std::string_view id;
    int status;
    std::string_view body;
  };
  for (const Row& row : {
           Row{"ffffffff-ffff-4fff-8fff-ffffffffffff", 404, ""},
           Row{"FFFFFFFFFFFF4FFF8FFFFFFFFFFFFFFF", 404, ""},
           Row{"x", 422, R"({"code":601,"message":"silenceID in path must be of type uuid: \"x\""})"},
           Row{"ffffffff-ffff-4fff-8fff-fffffffffff", 422, R"({"code":601,)"},
           Row{"ffffffff-ffff-4fff-8fff-ffffffffffff0", 422, R"({"code":601,)"},
           Row{"ffffffff-ffff-4fff-8fff-fffffffffffg", 422, R"({"code":601,)"},
           Row{"ffff-ffffffff-4fff-8fff-ffffffffffff", 422, R"({"code":601,)"},
           Row{"ffffffff--fff-4fff-8fff-ffffffffffff", 422, R"({"code":601,)"},
           Row{"", 404, R"({"code":404,)"},
           Row{"a/b", 404, R"({"code":404,)"},
       }) {
    CAPTURE(row.id);
    for (const char* method : {"GET", "DELETE"}) {
      FakeApiBackend backend;
      const HttpAnswer answer = ask(backend, method, "/api/v2/silence/" + std::string(row.id));
      CHECK(answer.status == row.status);
      CHECK(answer.body.starts_with(row.body));
      if (row.body.empty()) CHECK(answer.body.empty());
    }
  }
}

TEST_CASE("the list begins with what ends next, then what starts next, then what ended last") {
  FakeApiBackend backend;
  RouterOutput out;
  const auto add = [&](std::string_view matchers, TimePoint now, TimePoint start, TimePoint end) {
    backend.kept_silences.set(silence(matchers, start, end),
                              FakeApiBackend::silence_id(++backend.silence_ids), now, {}, out);
  };
  const TimePoint before = kApiNow - hours(9);
  add("a=b", before, before, kApiNow - hours(2));              // 1 expired
  add("a=b", before, before, kApiNow - hours(1));              // 2 expired later
  add("a=b", before, kApiNow + hours(2), kApiNow + hours(3));  // 3 pending
  add("a=b", before, kApiNow + hours(1), kApiNow + hours(4));  // 4 pending, starts earlier
  add("a=b", before, before, kApiNow + hours(2));              // 5 active
  add("a=b", before, before, kApiNow + hours(1));              // 6 active, ends earlier
  add("a=c", before, before, kApiNow + hours(1));              // 7 the same
  struct Row {
    std::string_view params;
    std::string_view listed;
  };
  for (const Row& row : {
           Row{"", "6 7 5 4 3 2 1"},
           Row{"?active=false", "4 3 2 1"},
           Row{"?expired=false&pending=0", "6 7 5"},
           Row{"?active=false&expired=false&pending=false", ""},
           Row{"?filter=a%3Dc", "7"},
           Row{"?filter=a%3Dc&filter=b%3D%22%22", ""},
       }) {
    CAPTURE(row.params);
    CHECK(ids(ask(backend, "GET", "/api/v2/silences" + std::string(row.params))) == row.listed);
  }
  CHECK(ask(backend, "GET", "/api/v2/silences?active=x").status == 422);
  const HttpAnswer bad = ask(backend, "GET", "/api/v2/silences?filter=%7Ba");
  CHECK(bad.status == 400);
  CHECK(JsonValue::parse(bad.body)->string().starts_with("bad filter"));
}

TEST_CASE("a filter finds the matcher that it is, and those that mean the value it names") {
  struct Row {
    std::string_view matchers;
    std::string_view filter;
    bool found;
  };
  for (const Row& row : {
           Row{R"(team="x")", R"(team="x")", true},
           Row{R"(team="y")", R"(team="x")", false},
           Row{R"(team=~"x|y")", R"(team=~"x|y")", true},
           Row{R"(team=~"x|y")", R"(team="x")", true},
           Row{R"(team=~"x|y")", R"(team="z")", false},
           Row{R"(team="x")", R"(team=~"x|y")", true},
           Row{R"(team="x")", R"(team=~"y|z")", false},
           Row{R"(team="x")", R"(team!="y")", true},
           Row{R"(team="x")", R"(team!="x")", false},
           Row{R"(team="x")", R"(team!~"y.*")", true},
           Row{R"(team!="y")", R"(team!="y")", true},
           Row{R"(team!="y")", R"(team="x")", false},
           Row{R"(team=~"x.*")", R"(team=~"x")", false},
           Row{R"(team="x")", R"(job="x")", false},
           Row{R"(team="x")", R"(job!="x")", false},
           Row{R"(team="x",job="db")", R"(job="db")", true},
       }) {
    CAPTURE(row.matchers);
    CAPTURE(row.filter);
    FakeApiBackend backend;
    backend.set_silence(silence(row.matchers, kApiNow, kApiNow + hours(1)));
    HttpQuery query;
    query.method = "GET";
    query.path = "/api/v2/silences";
    query.params = {{"filter", std::string(row.filter)}};
    CHECK((ids(Api(backend, "").answer(query)) == "1") == row.found);
  }
}

TEST_CASE("a filter has to find all of its matchers in one set") {
  FakeApiBackend backend;
  Silence two = silence(R"(a="1",b="1")", kApiNow, kApiNow + hours(1));
  two.matcher_sets.push_back(parse_matchers(R"(a="2",b="2")")->matchers);
  backend.set_silence(two);
  CHECK(ids(ask(backend, "GET", "/api/v2/silences?filter=a%3D2&filter=b%3D2")) == "1");
  CHECK(ids(ask(backend, "GET", "/api/v2/silences?filter=a%3D1&filter=b%3D2")).empty());
}

TEST_CASE("a silence that mutes nearly everything comes with a warning, or is refused where that is wanted") {
  FakeApiBackend backend;
  const std::string broad =
      with_matchers(R"([{"name":"team","value":"db","isRegex":false,"isEqual":false}])");
  HttpAnswer answer = post(backend, broad);
  CHECK(answer.status == 200);
  CHECK(header_of(answer, "Warning").starts_with("299 - \"this silence mutes nearly every alert"));
  backend.refuse_broad = true;
  answer = post(backend, broad);
  CHECK(answer.status == 400);
  CHECK(JsonValue::parse(answer.body)->string().starts_with("this silence mutes nearly every alert"));
  CHECK(backend.kept_silences.all().size() == 1);
  CHECK(post(backend, body()).status == 200);
}

TEST_CASE("a preview tells what a silence would mute, and sets nothing") {
  FakeApiBackend backend;
  backend.alert_views = {
      firing({{"alertname", "Down"}, {"job", "b"}}),
      firing({{"alertname", "Down"}, {"job", "a"}}),
      firing({{"alertname", "Up"}}, AlertStatus::kUnprocessed),
      firing({{"alertname", "Down"}, {"job", "c"}}, AlertStatus::kResolved),
  };
  const auto preview = [&](std::string text) {
    return ask(backend, "POST", "/api/tocsin/v1/silences/preview", std::move(text));
  };
  CHECK(preview(body()).body ==
        R"({"matched":2,"total":3,"alerts":[{"alertname":"Down","job":"a"},{"alertname":"Down","job":"b"}],)"
        R"("broad":false})");
  const HttpAnswer broad = preview(R"({"matchers":[{"name":"job","value":".*x|.*","isRegex":true},)"
                                   R"({"name":"a","value":"","isRegex":false,"isEqual":false}]})");
  CHECK(json_of(broad).integer("matched") == 0);
  CHECK(json_of(broad).boolean("broad"));
  CHECK(json_of(broad).text("warning").starts_with("this silence mutes nearly every alert"));
  CHECK(preview("{}").status == 422);
  CHECK(backend.kept_silences.all().empty());

  for (int i = 0; i < 150; ++i) {
    backend.alert_views.push_back(firing({{"alertname", "Down"}, {"job", std::to_string(i)}}));
  }
  const JsonValue many = json_of(preview(body()));
  CHECK(many.integer("matched") == 152);
  CHECK(many.find("alerts").array().size() == 100);
}

TEST_CASE("methods and names of the endpoints for silences") {
  FakeApiBackend backend;
  CHECK(header_of(ask(backend, "PUT", kOne), "Allow") == "GET, HEAD, DELETE, OPTIONS");
  CHECK(header_of(ask(backend, "DELETE", "/api/v2/silences"), "Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(ask(backend, "GET", "/api/tocsin/v1/silences/preview").status == 405);
  CHECK(header_of(ask(backend, "OPTIONS", kOne), "Access-Control-Allow-Methods") ==
        "GET, POST, DELETE, OPTIONS");
  const Api api(backend, "/p");
  HttpQuery query;
  query.path = "/p" + std::string(kOne);
  CHECK(api.handler_name(query) == "/api/v2/silence");
  query.path = "/p/api/v2/silence";
  CHECK(api.handler_name(query) == "other");
  CHECK(ask(backend, "GET", "/").body.find("/api/v2/silence/{id}: ") != std::string::npos);
}
