#include "app/web_guard.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "app/http_server.h"
#include "app/web_settings.h"
#include "tests/app/shell_support.h"
#include "tests/support/raw_http_client.h"

using namespace tocsin;
using namespace std::chrono_literals;
using tocsin::test::Folder;
using tocsin::test::RawHttpClient;

namespace {

// "secret" and "other", at the lowest cost there is
const std::string kSecret = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const std::string kOther = "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu";
const std::string kAliceSecret = "Basic YWxpY2U6c2VjcmV0";  // alice:secret

std::string value_of(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return "";
}

HttpQuery query(const std::string& authorization = "", const std::string& path = "/") {
  HttpQuery query;
  query.method = "GET";
  query.path = path;
  if (!authorization.empty()) query.headers = {{"authorization", authorization}};
  return query;
}

HttpAnswer hello(const HttpQuery&) {
  return {200, "text/plain", "hello", {{"X-Frame-Options", "sameorigin"}}};
}

struct Guarded {
  WebConfig config;
  WebGuard guard;
  WebGuard::TimePoint now{};

  HttpAnswer ask(const HttpQuery& asked) { return guard.answer(asked, config, now, hello); }
  int status(const std::string& authorization) { return ask(query(authorization)).status; }
};

}  // namespace

TEST_CASE("without logins everybody gets an answer, with the additional headers") {
  Guarded server;
  CHECK(server.ask(query()).body == "hello");
  server.config.headers = {{"X-Frame-Options", "deny"}, {"Strict-Transport-Security", "max-age=1"}};
  const HttpAnswer answer = server.ask(query());
  CHECK(answer.headers.size() == 2);
  CHECK(value_of(answer, "X-Frame-Options") == "deny");
  CHECK(value_of(answer, "Strict-Transport-Security") == "max-age=1");
}

TEST_CASE("with logins every path asks for one, that of the probes too") {
  Guarded server;
  server.config.users = {{"alice", kSecret}};
  server.config.headers = {{"X-Frame-Options", "deny"}};
  for (const char* path : {"/", "/-/healthy", "/-/ready", "/metrics", "/api/v2/alerts", "/nowhere"}) {
    const HttpAnswer answer = server.ask(query("", path));
    CHECK(answer.status == 401);
    CHECK(answer.body == "Unauthorized\n");
    CHECK(value_of(answer, "WWW-Authenticate") == "Basic");
    CHECK(value_of(answer, "X-Frame-Options") == "deny");
    CHECK(server.ask(query(kAliceSecret, path)).status == 200);
  }
}

TEST_CASE("a login is name and password of one user, and nothing else") {
  Guarded server;
  server.config.users = {{"alice", kSecret}, {"bob", kOther}};
  const std::pair<const char*, int> kTable[] = {
      {"Basic YWxpY2U6c2VjcmV0", 200},      // alice:secret
      {"basic YWxpY2U6c2VjcmV0", 200},      // whatever the case
      {"Basic Ym9iOm90aGVy", 200},          // bob:other
      {"Basic YWxpY2U6b3RoZXI=", 401},      // alice:other
      {"Basic bWFsbG9yeTpzZWNyZXQ=", 401},  // mallory:secret, who would fit alice's hash
      {"Basic YWxpY2U6", 401},              // alice:
      {"Basic YWxpY2U=", 401},              // alice
      {"Basic OnNlY3JldA==", 401},          // :secret
      {"Basic YWxpY2U6c2VjcmV0OngK", 401},  // alice:secret:x\n
      {"Basic !!!", 401},
      {"Basic", 401},
      {"Bearer YWxpY2U6c2VjcmV0", 401},
      {"", 401},
  };
  for (int round = 0; round < 2; ++round) {  // the second time from memory
    for (const auto& [authorization, status] : kTable) {
      CAPTURE(authorization);
      CHECK(server.status(authorization) == status);
    }
  }
}

TEST_CASE("a password is hashed once, and again when the user's hash has changed") {
  Guarded server;
  server.config.users = {{"alice", kSecret}};
  CHECK(server.guard.takes_long(query(kAliceSecret), server.config));
  CHECK_FALSE(server.guard.takes_long(query(), server.config));
  CHECK(server.status(kAliceSecret) == 200);
  CHECK_FALSE(server.guard.takes_long(query(kAliceSecret), server.config));
  // Who tries many wrong ones does not push the right one out.
  for (int i = 0; i < 150; ++i) {
    const std::string digits = {static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26)};
    CHECK(server.status("Basic YWxpY2U6c2Vj" + digits + "xx") == 401);
  }
  CHECK_FALSE(server.guard.takes_long(query(kAliceSecret), server.config));
  server.config.users["alice"] = kOther;
  CHECK(server.guard.takes_long(query(kAliceSecret), server.config));
  CHECK(server.status(kAliceSecret) == 401);
  server.config.users = {{"bob", kSecret}};
  CHECK(server.status(kAliceSecret) == 401);
}

TEST_CASE("an unknown user costs as much as a known one") {
  Guarded server;
  server.config.users = {{"alice", kSecret}};
  CHECK(server.guard.takes_long(query("Basic bWFsbG9yeTpzZWNyZXQ="), server.config));
  CHECK(server.guard.takes_long(query("Basic YWxpY2U6b3RoZXI="), server.config));
}

TEST_CASE("the rate limit lets a burst through and then one request each interval") {
  Guarded server;
  server.config.rate_interval = 1s;
  server.config.rate_burst = 3;
  for (int i = 0; i < 3; ++i) CHECK(server.status("") == 200);
  const HttpAnswer refused = server.ask(query());
  CHECK(refused.status == 429);
  CHECK(refused.body == "Too Many Requests\n");
  server.now += 999ms;
  CHECK(server.status("") == 429);
  server.now += 1ms;
  CHECK(server.status("") == 200);
  CHECK(server.status("") == 429);
  server.now += 1h;
  for (int i = 0; i < 3; ++i) CHECK(server.status("") == 200);
  CHECK(server.status("") == 429);
}

TEST_CASE("logins that are changed in the file hold for the next request") {
  const Folder folder;
  folder.put("web.yml", "basic_auth_users: {alice: " + kSecret + "}\n");
  auto settings = WebSettings::open(folder.path("web.yml"));
  REQUIRE(settings);
  CHECK_FALSE((*settings)->uses_tls());
  Guarded server;
  const auto status = [&] {
    server.config = *(*settings)->config();
    return server.status(kAliceSecret);
  };
  CHECK(status() == 200);
  folder.write("web.yml", "basic_auth_users: {alice: " + kOther + "}\n");  // of the same size, at once
  CHECK(status() == 401);
  folder.put("web.yml", "basic_auth_users: {alice: " + kSecret);  // half-written
  CHECK(status() == 401);
  folder.put("web.yml", "basic_auth_users: {alice: " + kSecret + "}\n");
  CHECK(status() == 200);
}

TEST_CASE("logins under way occupy no thread that others need, and too many of them are refused") {
  WebGuard guard;
  WebConfig config;
  config.users = {{"alice", kSecret}};
  HttpServerOptions options;
  options.address = "127.0.0.1:0";
  options.threads = 1;
  options.max_long_requests = 1;
  std::atomic<int> hashing{0};
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  // Each hashing waits here until the test lets it go on.
  options.takes_long = [&](const HttpQuery& asked) { return guard.takes_long(asked, config); };
  auto server = HttpServer::listen(options, [&](const HttpQuery& asked) {
    if (guard.takes_long(asked, config)) {
      ++hashing;
      hashing.notify_all();
      released.wait();
    }
    return guard.answer(asked, config, {}, hello);
  });
  REQUIRE(server);
  const auto request = [](const std::string& authorization) {
    return "GET / HTTP/1.1\r\nHost: t\r\n" +
           (authorization.empty() ? "" : "Authorization: " + authorization + "\r\n") + "\r\n";
  };
  RawHttpClient first((*server)->address());
  first.send(request(kAliceSecret));
  hashing.wait(0);
  RawHttpClient second((*server)->address());
  second.send(request("Basic YWxpY2U6b3RoZXI="));  // waits its turn
  RawHttpClient other((*server)->address());
  CHECK(other.ask(request("")).status == 401);
  RawHttpClient third((*server)->address());
  const auto refused = third.ask(request("Basic YWxpY2U6c2VjYWF4"));
  CHECK(refused.status == 503);
  CHECK((*server)->counters().refused["too_many_waiting"] == 1);
  release.set_value();
  CHECK(first.read_answer().status == 200);
  CHECK(first.ask(request(kAliceSecret)).status == 200);
  CHECK(second.read_answer().status == 401);
}
