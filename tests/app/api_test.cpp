#include "app/api.h"

#include <doctest/doctest.h>

#include "tests/support/fake_api_backend.h"

using namespace tocsin;

TEST_CASE("every endpoint answers its methods, and only those") {
  struct Row {
    std::string method;
    std::string_view target;
    int status;
    std::string_view allow;
  };
  for (const Row& row : {
           Row{"GET", "/", 200, ""},
           Row{"POST", "/", 405, "GET, HEAD"},
           Row{"GET", "/-/healthy", 200, ""},
           Row{"HEAD", "/-/healthy", 200, ""},
           Row{"POST", "/-/healthy", 405, "GET, HEAD"},
           Row{"GET", "/-/ready", 200, ""},
           Row{"POST", "/-/reload", 200, ""},
           Row{"GET", "/-/reload", 405, "POST"},
           Row{"HEAD", "/-/reload", 405, "POST"},
           Row{"GET", "/metrics", 200, ""},
           Row{"OPTIONS", "/metrics", 405, "GET, HEAD"},
           Row{"GET", "/api/v2/alerts", 200, ""},
           Row{"HEAD", "/api/v2/alerts", 200, ""},
           Row{"DELETE", "/api/v2/alerts", 405, "GET, HEAD, POST, OPTIONS"},
           Row{"OPTIONS", "/api/v2/alerts", 204, "GET, HEAD, POST, OPTIONS"},
           Row{"GET", "/api/v2/alerts/groups", 200, ""},
           Row{"POST", "/api/v2/alerts/groups", 405, "GET, HEAD, OPTIONS"},
           Row{"GET", "/api/v2/receivers", 200, ""},
           Row{"GET", "/api/v2/status", 200, ""},
           Row{"GET", "/api/v1/rules", 200, ""},
           Row{"PUT", "/api/v1/rules", 405, "GET, HEAD, OPTIONS"},
           Row{"GET", "/api/v1/alerts", 200, ""},
           Row{"GET", "/api/tocsin/v1/explain", 200, ""},
           Row{"POST", "/api/tocsin/v1/explain", 405, "GET, HEAD, OPTIONS"},
           Row{"GET", "/api/tocsin/v1/groups", 200, ""},
           Row{"GET", "/api/v2/alerts/", 200, ""},
           Row{"GET", "/api/v2/alerts//", 404, ""},
           Row{"GET", "/api/v2/silences/x", 404, ""},
           Row{"GET", "/api/v3/alerts", 404, ""},
           Row{"OPTIONS", "/api/v2/nothing", 404, ""},
           Row{"GET", "/nothing", 404, ""},
       }) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    FakeApiBackend backend;
    const HttpAnswer answer = ask(backend, row.method, row.target);
    CHECK(answer.status == row.status);
    CHECK(header_of(answer, "Allow") == row.allow);
  }
}

TEST_CASE("errors come in the shape that the clients of each part read") {
  FakeApiBackend backend;
  CHECK(ask(backend, "GET", "/api/v2/x").body == R"({"code":404,"message":"path /api/v2/x was not found"})");
  CHECK(ask(backend, "GET", "/api/v1/x").body ==
        R"({"status":"error","errorType":"not_found","error":"path /api/v1/x was not found"})");
  CHECK(ask(backend, "GET", "/x").body == "path /x was not found\n");
  CHECK(ask(backend, "PUT", "/api/v2/alerts").body ==
        R"({"code":405,"message":"method PUT is not allowed here, only GET, HEAD, POST, OPTIONS"})");
}

TEST_CASE("answers of the API may be read by other origins and must not be kept") {
  FakeApiBackend backend;
  for (const char* target : {"/api/v2/alerts", "/api/v2/nothing", "/api/v1/rules?type=x"}) {
    const HttpAnswer answer = ask(backend, "GET", target);
    CAPTURE(target);
    CHECK(header_of(answer, "Access-Control-Allow-Origin") == "*");
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK(answer.content_type == "application/json");
  }
  CHECK(header_of(ask(backend, "POST", "/-/reload"), "Access-Control-Allow-Origin").empty());
}

TEST_CASE("readiness names what is awaited, health does not wait for it") {
  FakeApiBackend backend;
  CHECK(ask(backend, "GET", "/-/ready").body == "OK\n");
  backend.not_ready = "the configuration is being read";
  const HttpAnswer answer = ask(backend, "GET", "/-/ready");
  CHECK(answer.status == 503);
  CHECK(answer.body == "not ready: the configuration is being read\n");
  CHECK(ask(backend, "GET", "/-/healthy").status == 200);
  CHECK(ask(backend, "POST", "/-/reload").status == 503);
  CHECK(backend.reloads == 0);
}

TEST_CASE("a reload that fails tells every problem") {
  FakeApiBackend backend;
  backend.reload_errors = "a.yml:1:2: error: one\na.yml:3:4: error: two";
  const HttpAnswer answer = ask(backend, "POST", "/-/reload");
  CHECK(answer.status == 500);
  CHECK(answer.body ==
        "the configuration was not reloaded, the old one stays in force:\na.yml:1:2: error: one\n"
        "a.yml:3:4: error: two\n");
  backend.reload_errors.clear();
  CHECK(ask(backend, "POST", "/-/reload").status == 200);
  CHECK(backend.reloads == 2);
}

TEST_CASE("metrics come as Prometheus' text format") {
  FakeApiBackend backend;
  const HttpAnswer answer = ask(backend, "GET", "/metrics");
  CHECK(answer.body == "up 1\n");
  CHECK(answer.content_type == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("status has every field that clients of Alertmanager require") {
  FakeApiBackend backend;
  CHECK(
      ask(backend, "GET", "/api/v2/status").body ==
      R"({"cluster":{"name":"web-1","peers":[{"address":"127.0.0.1:9093","name":"web-1"}],"status":"disabled"},)"
      R"("config":{"original":"route:\n  receiver: team-db\n"},)"
      R"("uptime":"2026-01-02T02:04:05.000Z","versionInfo":{"branch":"","buildDate":"","buildUser":"",)"
      R"("goVersion":"","revision":"","version":"0.1.0"}})");
}

TEST_CASE("our own status shows the configuration with what only we know") {
  FakeApiBackend backend;
  const JsonValue json = JsonValue::parse(ask(backend, "GET", "/api/tocsin/v1/status").body).value();
  CHECK(json.text("config") == "prometheus: []\nroute:\n  receiver: team-db\n");
  CHECK(json.text("compatibleWith") == "Alertmanager 0.1.0");
}

TEST_CASE("receivers are listed in the order of the configuration") {
  struct Row {
    std::string_view target;
    std::string_view body;
  };
  for (
      const Row& row : {
          Row{"/api/v2/receivers",
              R"([{"labels":{"name":"team-db","owner":"x"},"name":"team-db"},)"
              R"({"labels":{"name":"team-web"},"name":"team-web"},{"labels":{"name":"null"},"name":"null"}])"},
          Row{"/api/v2/receivers?receiver=team-.*",
              R"([{"labels":{"name":"team-db","owner":"x"},"name":"team-db"},)"
              R"({"labels":{"name":"team-web"},"name":"team-web"}])"},
          Row{"/api/v2/receivers?receiver=team", "[]"},
          Row{"/api/v2/receivers?receiver_matchers=owner%3D%22db%22", "[]"},
          Row{"/api/v2/receivers?receiver_matchers=owner%3D%22x%22",
              R"([{"labels":{"name":"team-db","owner":"x"},"name":"team-db"}])"},
          Row{"/api/v2/receivers?receiver_matchers=owner!%3D%22db%22",
              R"([{"labels":{"name":"team-db","owner":"x"},"name":"team-db"},)"
              R"({"labels":{"name":"team-web"},"name":"team-web"},{"labels":{"name":"null"},"name":"null"}])"},
      }) {
    CAPTURE(row.target);
    FakeApiBackend backend;
    CHECK(ask(backend, "GET", row.target).body == row.body);
  }
}

TEST_CASE("a route prefix stands before every path") {
  FakeApiBackend backend;
  const auto get = [&](std::string_view target, std::string prefix) {
    return ask(backend, "GET", target, "", "", std::move(prefix));
  };
  for (const char* prefix : {"/tocsin", "/tocsin/", "tocsin"}) {
    CAPTURE(prefix);
    CHECK(get("/tocsin/-/healthy", prefix).status == 200);
    CHECK(get("/-/healthy", prefix).status == 404);
    CHECK(get("/tocsinx/-/healthy", prefix).status == 404);
    CHECK(get("/tocsin", prefix).status == 200);
    CHECK(get("/", prefix).status == 302);
    CHECK(header_of(get("/", prefix), "Location") == "/tocsin/");
    CHECK(header_of(get("/tocsin/api/v2/status", prefix), "Cache-Control") == "no-store");
  }
  CHECK(get("/-/healthy", "/").status == 200);
  CHECK(get("/a<b/", "/a<b").body.find("<a href=\"/a&lt;b/api/v2/alerts\">") != std::string::npos);
}

TEST_CASE("the metrics name endpoints, never what a client made up") {
  FakeApiBackend backend;
  const Api api(backend, "/p");
  const auto name = [&](std::string path) {
    HttpQuery query;
    query.path = std::move(path);
    return api.handler_name(query);
  };
  CHECK(name("/p/api/v2/alerts") == "/api/v2/alerts");
  CHECK(name("/p/") == "/");
  CHECK(name("/p/made-up") == "other");
  CHECK(name("/api/v2/alerts") == "other");
}
