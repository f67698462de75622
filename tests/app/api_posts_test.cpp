#include "app/api_posts.h"

#include <doctest/doctest.h>

#include "app/posted_alerts_reader.h"
#include "tests/support/fake_api_backend.h"

using namespace tocsin;

namespace {

HttpAnswer post(FakeApiBackend& backend, std::string body, std::string content_type = "application/json") {
  return ask(backend, "POST", "/api/v2/alerts", std::move(body), std::move(content_type));
}

}  // namespace

TEST_CASE("posted alerts are taken with their times in any zone") {
  FakeApiBackend backend;
  const HttpAnswer answer = post(backend, R"([
      {"labels": {"alertname": "Down", "job": "ü", "alertname": "Up"}, "annotations": {"a": "1\n"},
       "startsAt": "2026-01-02T04:00:00.5+01:00", "endsAt": "2026-01-02T03:30:00Z", "generatorURL": "http://p/",
       "unknown": {"deep": [1, 2]}},
      {"labels": {"alertname": "Old", "empty": ""}, "annotations": null, "startsAt": "", "generatorURL": null,
       "endsAt": "2026-01-02T03:00:00Z"},
      {"labels": {"alertname": "Open"}, "startsAt": "0001-01-01T00:00:00Z"}])");
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
  REQUIRE(backend.offered.size() == 3);
  const Alert& first = backend.offered[0];
  CHECK(first.labels == Labels{{"alertname", "Up"}, {"job", "ü"}});
  CHECK(first.annotations == Labels{{"a", "1\n"}});
  CHECK(format_rfc3339(first.starts_at) == "2026-01-02T03:00:00.5Z");
  CHECK(format_rfc3339(first.ends_at) == "2026-01-02T03:30:00Z");
  CHECK(first.generator_url == "http://p/");
  CHECK(first.origin == AlertOrigin::kExternal);
  CHECK(backend.offered[1].labels == Labels{{"alertname", "Old"}});
  CHECK(backend.offered[1].starts_at == backend.offered[1].ends_at);
  CHECK(backend.offered[2].ends_at == kApiNow + std::chrono::minutes(5));
  CHECK(backend.offered[2].ends_at_assumed);
  CHECK(backend.counts.firing == 2);
  CHECK(backend.counts.resolved == 1);
  CHECK(backend.counts.invalid == 0);
}

TEST_CASE("an empty array is a request like any other") {
  FakeApiBackend backend;
  CHECK(post(backend, "[]").status == 200);
  CHECK(post(backend, " [ ] ", "application/json; charset=utf-8").status == 200);
  CHECK(backend.offered.empty());
}

TEST_CASE("only JSON is taken") {
  FakeApiBackend backend;
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"}) {
    CAPTURE(type);
    const HttpAnswer answer = post(backend, "[]", type);
    CHECK(answer.status == 415);
    CHECK(json_of(answer).integer("code") == 415);
  }
  CHECK(post(backend, "[]", "Application/JSON ;x=y").status == 200);
}

TEST_CASE("bodies that are no array of JSON are refused with the place of the mistake") {
  struct Row {
    std::string_view body;
    std::string_view message;
  };
  const std::string deep(2000, '[');
  for (const Row& row : {
           Row{"  ", "at byte 0: there is nothing"},
           Row{"{}", "the body must be an array of alerts, not an object"},
           Row{"null", "the body must be an array of alerts, not null"},
           Row{"\"x\"", "the body must be an array of alerts, not a string"},
           Row{"1", "the body must be an array of alerts, not a number"},
           Row{"true", "the body must be an array of alerts, not a boolean"},
           Row{"[", "at byte 1: expected a value, but the text ends"},
           Row{"[{}", "at byte 3: expected \",\" or \"]\", but the text ends"},
           Row{"[{},]", "at byte 4: expected a value, found \"]\""},
           Row{"[{}}", "at byte 3: expected \",\" or \"]\", found \"}\""},
           Row{"[{]", "at byte 2: expected a name in double quotes, found \"]\""},
           Row{"[{'a':1}]", "at byte 2: expected a name in double quotes, found \"'\""},
           Row{"[{a:1}]", "at byte 2: expected a name in double quotes, found \"a\""},
           Row{"[{\"a\" 1}]", "at byte 6: expected \":\" after a name, found \"1\""},
           Row{"[{\"a\":1 \"b\":2}]", "at byte 8: expected \",\" or \"}\", found \"\\\"\""},
           Row{"[] x", "at byte 3: expected the end of the document, found \"x\""},
           Row{"[][]", "at byte 2: expected the end of the document"},
           Row{"[\"a", "at byte 3: expected the closing quote of a string, but the text ends"},
           Row{"[\"a\nb\"]", "at byte 3: expected control characters to be escaped, found \"\\n\""},
           Row{"[\"\\x\"]", "at byte 3: expected an escape of JSON, found \"x\""},
           Row{"[\"\\u12g4\"]", "at byte 6: expected four hexadecimal digits, found \"g\""},
           Row{"[\"\xff\"]", "at byte 2: expected UTF-8"},
           Row{"[tru]", "at byte 4: expected true, found \"]\""},
           Row{"[nul", "at byte 4: expected null, but the text ends"},
           Row{"[01]", "at byte 2: expected no digit after a leading 0"},
           Row{"[-]", "at byte 2: expected a digit, found \"]\""},
           Row{"[1.]", "at byte 3: expected a digit after the point"},
           Row{"[1e+]", "at byte 4: expected a digit in the exponent"},
           Row{"[+1]", "at byte 1: expected a value, found \"+\""},
           Row{"[NaN]", "at byte 1: expected a value, found \"N\""},
           Row{"\xef\xbb\xbf[]", "at byte 0: expected a value"},
           Row{"[1e999]", "the body is not valid JSON: "},
           Row{"[\"\\ud800\"]", "the body is not valid JSON: "},
           Row{deep, "levels"},
       }) {
    CAPTURE(row.body);
    FakeApiBackend backend;
    const HttpAnswer answer = post(backend, std::string(row.body));
    CHECK(answer.status == 400);
    CHECK(json_of(answer).integer("code") == 400);
    const std::string message = json_of(answer).text("message");
    CHECK_MESSAGE(message.find(row.message) != std::string::npos, message);
    CHECK(backend.offered.empty());
  }
}

TEST_CASE("alerts that cannot be taken are named by index, labels and field") {
  struct Row {
    std::string_view item;
    std::string_view message;
  };
  for (const Row& row : {
           Row{"1", "must be an object, not a number"},
           Row{"null", "must be an object, not null"},
           Row{"[]", "must be an object, not an array"},
           Row{"{}", "labels are missing"},
           Row{R"({"labels":null})", "labels are missing"},
           Row{R"({"Labels":{"a":"b"}})", "labels are missing"},
           Row{R"({"labels":[]})", "labels must be an object, not an array"},
           Row{R"({"labels":"a"})", "labels must be an object, not a string"},
           Row{R"({"labels":{"n":1}})", R"(labels: the value of "n" must be a string, not a number)"},
           Row{R"({"labels":{"n":null}})", R"(labels: the value of "n" must be a string, not null)"},
           Row{R"({"labels":{"a":"b"},"annotations":[]})",
               R"({a="b"}: annotations must be an object, not an array)"},
           Row{R"({"labels":{"a":"b"},"annotations":{"x":true}})",
               R"({a="b"}: annotations: the value of "x" must be a string, not a boolean)"},
           Row{R"({"annotations":7,"labels":{"a":"b"}})",
               R"({a="b"}: annotations must be an object, not a number)"},
           Row{R"({"labels":{"a":"b"},"startsAt":5})", R"({a="b"}: startsAt must be a string, not a number)"},
           Row{R"({"labels":{"a":"b"},"startsAt":"yesterday"})", R"({a="b"}: startsAt: )"},
           Row{R"({"labels":{"a":"b"},"endsAt":"2026-13-01T00:00:00Z"})", R"({a="b"}: endsAt: )"},
           Row{R"({"labels":{"a":"b"},"endsAt":{}})", R"({a="b"}: endsAt must be a string, not an object)"},
           Row{R"({"labels":{"a":"b"},"generatorURL":[]})",
               R"({a="b"}: generatorURL must be a string, not an array)"},
           Row{R"({"labels":{}})", "at least one label"},
           Row{R"({"labels":{"a":""}})", "at least one label"},
           Row{R"({"labels":{"":"x"}})", "invalid label name"},
           Row{R"({"labels":{"a":"b"},"annotations":{"":"x"}})", "invalid annotation name"},
           Row{R"({"labels":{"a":"b"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"})",
               R"({a="b"}: endsAt 2026-01-01T00:00:00Z is before startsAt 2026-01-02T00:00:00Z)"},
       }) {
    CAPTURE(row.item);
    FakeApiBackend backend;
    const HttpAnswer answer = post(
        backend, R"([{"labels":{"good":"1"}},)" + std::string(row.item) + R"(,{"labels":{"good":"2"}}])");
    const auto json = JsonValue::parse(answer.body);
    REQUIRE(json);
    // Labels that are not there at all break Alertmanager's schema, which has a status and a shape of its own.
    const bool schema = row.message == kLabelsMissing;
    CHECK(answer.status == (schema ? 422 : 400));
    const std::string message = schema ? json->text("message") : json->string();
    CHECK_MESSAGE(message.starts_with("alert 1"), message);
    CHECK_MESSAGE(message.find(row.message) != std::string::npos, message);
    REQUIRE(backend.offered.size() == 2);
    CHECK(backend.offered[0].labels.value("good") == "1");
    CHECK(backend.offered[1].labels.value("good") == "2");
    CHECK(backend.counts.invalid == 1);
    CHECK(backend.counts.firing == 2);
  }
}

TEST_CASE("a request without a body breaks the schema") {
  FakeApiBackend backend;
  const HttpAnswer answer = post(backend, "");
  CHECK(answer.status == 422);
  CHECK(answer.body == R"({"code":602,"message":"alerts in body is required"})");
}

TEST_CASE("mistakes of types and of content are told together, in the order of the request") {
  FakeApiBackend backend;
  CHECK(
      post(backend, R"([{"labels":{}},7,{"labels":{"a":"b"},"annotations":{"":"x"}}])").body ==
      R"("alert 0 {}: at least one label with a value is required; alert 1: must be an object, not a number; )"
      R"(alert 2 {a=\"b\"}: invalid annotation name \"\"")");
}

TEST_CASE("of very many bad alerts the first are named and the rest is counted") {
  FakeApiBackend backend;
  std::string body = "[1";
  for (int i = 0; i < 99; ++i) body += ",1";
  const std::string text = json_of(post(backend, body + "]")).string();
  CHECK(text.find("alert 19: ") != std::string::npos);
  CHECK(text.find("alert 20: ") == std::string::npos);
  CHECK(text.ends_with("; and 80 more"));
}

TEST_CASE("a program that is too busy says so and takes nothing") {
  FakeApiBackend backend;
  backend.busy = true;
  const HttpAnswer answer = post(backend, R"([{"labels":{"a":"b"}}])");
  CHECK(answer.status == 429);
  CHECK(header_of(answer, "Retry-After") == "1");
  CHECK(answer.body == R"("too many alerts wait to be taken: send them again later")");
  CHECK(backend.counts.firing == 0);
}
