#include "receivers/generic_http.h"

#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {

HttpRequest request_for(const std::string& block, const Notification& what) {
  return http(build(read("http_configs", block).only(), what, templates()));
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

}  // namespace

TEST_CASE("the http receiver sends the method, URL, headers and text that the user wrote") {
  const HttpRequest request = request_for(
      "{method: PUT, url: 'http://h/{{ .GroupLabels.alertname | urlquery }}', timeout: 5s, headers: "
      "{X-State: "
      "'{{ .Status }}', X-Key: {file: key}, X-Id: {secret: s3cret}}, body: '{{ len .Alerts }} of {{ "
      ".GroupKey "
      "}}'}",
      many_alerts(2));
  CHECK(request.method == "PUT");
  CHECK(request.url == "http://h/Down");
  CHECK(request.timeout == std::chrono::seconds(5));
  CHECK(request.body == "2 of {}:{alertname=\"Down\"}");
  CHECK(header(request, "Content-Type") == "text/plain; charset=utf-8");
  CHECK(header(request, "X-State") == "firing");
  CHECK(header(request, "X-Key") == "key-from-file");
  CHECK(header(request, "X-Id") == "s3cret");
}

TEST_CASE("json is a structure whose texts are templates, read again as data") {
  const HttpRequest request = request_for(
      "{url: 'http://h/', headers: {content-type: application/vnd.x+json}, json: {count: '{{ len .Alerts }}', "
      "ref: '{{ .NotificationID }}', list: ['{{ .Status }}', 1]}}",
      many_alerts(3));
  CHECK(request.body == R"({"count":3,"list":["firing",1],"ref":"n-1"})");
  CHECK(header(request, "content-type") == "application/vnd.x+json");
  CHECK(header(request, "Content-Type") == "(none)");
}

TEST_CASE("without body and json the webhook's message is sent, and a bare GET has none") {
  const HttpRequest post = request_for("{url: 'http://h/', max_alerts: 1}", many_alerts(3));
  CHECK(json(post.body).text("version") == "4");
  CHECK(json(post.body).integer("truncatedAlerts") == 2);
  const HttpRequest get = request_for("{method: GET, url: 'http://h/?state={{ .Status }}'}", many_alerts(1));
  CHECK(get.body.empty());
  CHECK(get.headers.empty());
  CHECK(get.url == "http://h/?state=firing");
}

TEST_CASE("what is resolved may be said by another request, which can name the message of before") {
  const std::string block =
      "{url: 'http://h/new', json: {a: '{{ .Status }}'}, headers: {X: y}, message_ref: .id, message_gone: "
      "404, resolved: {method: DELETE, url: 'http://h/{{ .MessageRef }}', body: ''}}";
  CHECK(request_for(block, many_alerts(1)).url == "http://h/new");
  Notification over = all_resolved();
  over.message_ref = "m-7";
  const HttpRequest request = request_for(block, over);
  CHECK(request.method == "DELETE");
  CHECK(request.url == "http://h/m-7");
  CHECK(header(request, "X") == "y");

  const ReadReceiver team = read("http_configs", block);
  CHECK(team.only().read(over, answer(201, R"({"id":12})")).message_ref == "12");
  const DeliveryResult gone = team.only().read(over, answer(404));
  CHECK(gone.outcome == Outcome::kFailed);
  CHECK(gone.message_ref_is_gone);
  CHECK(team.only().read(many_alerts(1), answer(404)).outcome == Outcome::kRejected);
}

TEST_CASE(
    "a failing template costs the http receiver its wording; one that says where to send, the delivery") {
  const auto text = build(read("http_configs", "{url: 'http://h/', body: '{{ .Nope }}'}").only(),
                          many_alerts(1), templates());
  CHECK(http(text).body.find("[FIRING:1] Down") == 0);
  CHECK(text->warning.find("the template of body failed") != std::string::npos);
  const auto structure =
      build(read("http_configs", "{url: 'http://h/', json: {a: '{{ template \"gone\" }}'}}").only(),
            many_alerts(1), templates());
  CHECK(json(http(structure).body).text("version") == "4");
  const auto place = build(read("http_configs", "{url: 'http://h/', headers: {A: '{{ .Nope }}'}}").only(),
                           many_alerts(1), templates());
  CHECK_FALSE(place.has_value());
}

TEST_CASE("answers of the http receiver mean what the user says they mean") {
  const ReadReceiver plain = read("http_configs", "{url: 'http://h/'}");
  check_common_answers(plain.only(), answer(204));

  const ReadReceiver strict =
      read("http_configs",
           "{url: 'http://h/', success: {status: [200, 202], json: {path: .ok, equals: true}, body_matches: "
           "'\"ok\"'}, retry: {status: [409, 5xx], body_matches: 'busy', after: .wait}, error: .why}");
  check_answers(
      strict.only(),
      {{answer(200, R"({"ok":true})"), Outcome::kDelivered, ""},
       {answer(202, R"({"ok":true})"), Outcome::kDelivered, ""},
       {answer(201, R"({"ok":true})"), Outcome::kRejected, "other"},
       {answer(200, R"({"ok":false})"), Outcome::kRejected, "other"},
       {answer(200, R"({"ok":1})"), Outcome::kRejected, "other"},
       {answer(200, "<html>"), Outcome::kFailed, "other"},
       {answer(200, R"({"ok":false,"why":"busy","wait":2.5})"), Outcome::kFailed, "other",
        std::chrono::milliseconds(2500)},
       {answer(409, R"({"wait":3})"), Outcome::kFailed, "clientError", std::chrono::seconds(3)},
       {answer(409, "", {{"retry-after", "9"}}), Outcome::kFailed, "clientError", std::chrono::seconds(9)},
       {answer(429), Outcome::kRejected, "rateLimited"},
       {answer(502, R"({"wait":1e99})"), Outcome::kFailed, "serverError", std::chrono::hours(24)},
       {answer(400, "busy"), Outcome::kFailed, "clientError"}});
  CHECK(strict.only().read(many_alerts(1), answer(400, R"({"why":"no such room"})")).message ==
        "HTTP 400: no such room");
  CHECK(strict.only().read(many_alerts(1), answer(200, R"({"ok":false})")).message ==
        "HTTP 200: .ok of the answer is false: {\"ok\":false}");

  const ReadReceiver there =
      read("http_configs", "{url: 'http://h/', success: {json: {path: '.items[1].id'}}}");
  check_answers(there.only(), {{answer(200, R"({"items":[{},{"id":0}]})"), Outcome::kDelivered, ""},
                               {answer(200, R"({"items":[{"id":0}]})"), Outcome::kRejected, "other"},
                               {answer(200, R"({"items":[{},{"id":null}]})"), Outcome::kRejected, "other"}});
}

TEST_CASE("mistakes in an http block are refused at their place") {
  check_loading(
      "http_configs",
      {{"{}", "{}", "one of url and url_file must be set in an http config"},
       {"{url: 'ftp://h'}", "{}", "url must begin with http"},
       {"{url: 'http://h', url_file: f}", "{}", "url"},
       {"{url: 'http://h', method: FETCH}", "{}", "method must be GET, POST, PUT, PATCH or DELETE"},
       {"{url: 'http://h', body: a, json: {b: c}}", "{}", "at most one of body and json"},
       {"{url: 'http://h', json: {a: [{n: 1}]}}", "{}", "the key \"n\" is not a text"},
       {"{url: 'http://h', headers: {A: [b]}}", "{}", "a header has one value"},
       {"{url: 'http://h', headers: {A: {}}}", "{}", "either secret or file"},
       {"{url: 'http://h', headers: {A: {secret: a, file: b}}}", "{}", "either secret or file"},
       {"{url: 'http://h', success: {status: [600]}}", "{}", "\"600\" is not an HTTP status"},
       {"{url: 'http://h', success: {status: []}}", "{}", "names no HTTP status"},
       {"{url: 'http://h', success: {body_matches: '('}}", "{}", "body_matches"},
       {"{url: 'http://h', success: {json: {path: ok}}}", "{}", "it begins with a dot"},
       {"{url: 'http://h', success: {json: {path: '.a[x]'}}}", "{}", "a place in a list is a number"},
       {"{url: 'http://h', success: {json: {equals: true}}}", "{}", "a json test needs a path"},
       {"{url: 'http://h', retry: {after: .a, after_ms: .b}}", "{}", "at most one of after and after_ms"},
       {"{url: 'http://h', retry: {stats: [500]}}", "{}", "stats"},
       {"{url: 'http://h', send_resolved: false, resolved: {method: PUT}}", "{}", "send_resolved is false"},
       {"{url: 'http://h', resolved: {success: {}}}", "{}", "success"},
       {"{url: 'http://h', max_alerts: -1}", "{}", "max_alerts cannot be negative"},
       {"{url: '<secret>', headers: <secret>}", "{}", ""},
       {"{url_file: f, success: {status: 2xx}, retry: {status: [408, 500-599]}}", "{}", ""}});
}

}  // namespace tocsin
