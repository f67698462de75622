// The client of our own API: what it sends, and what it says when things go wrong.
#include "app/api_client.h"

#include <doctest/doctest.h>

#include "app/curl_transport.h"
#include "core/percent_encoding.h"
#include "tests/app/loopback_server.h"
#include "tests/app/shell_support.h"

using namespace tocsin;
using namespace tocsin::test;

namespace {

ApiClient client_of(const std::string& url, const std::string& http_config_file = "") {
  auto client = ApiClient::open({url, http_config_file, std::chrono::seconds(20)});
  REQUIRE(client);
  return std::move(*client);
}

OutboundAnswer refusal(int status, std::string body) {
  OutboundAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

}  // namespace

TEST_CASE("a question goes to the server's path, and its answer comes back") {
  HttpFake server([](const std::string&) { return http_answer(200, "[]"); });
  ApiClient client = client_of(server.url("/prefix/"));
  CHECK(client.ask("GET", "/api/v2/silences?filter=" + percent_encoded("a=\"b c\"")) == "[]");
  CHECK(client.ask("POST", "/api/v2/silences", "{}") == "[]");
  CHECK(
      server.requests().at(0).starts_with("GET /prefix/api/v2/silences?filter=a%3D%22b%20c%22 HTTP/1.1\r\n"));
  CHECK(header_of(server.requests().at(0), "content-type").empty());
  CHECK(header_of(server.requests().at(1), "content-type") == "application/json");
  CHECK(server.requests().at(1).ends_with("\r\n\r\n{}"));
}

TEST_CASE("an address without a scheme is HTTP, and a login in it is used and never shown") {
  HttpFake server([](const std::string&) { return http_answer(401, "\"who are you?\""); });
  ApiClient client = client_of("me:secret@" + server.address());
  const auto answer = client.ask("GET", "/api/v2/status");
  REQUIRE(!answer);
  CHECK(answer.error().message == "http://" + server.address() +
                                      " answered 401: who are you? (--http.config.file names a file with "
                                      "credentials)");
  CHECK(header_of(server.requests().at(0), "authorization") == "Basic bWU6c2VjcmV0");
}

TEST_CASE("nobody at the address is said in words, with the way out") {
  int port = 0;
  {
    port = LoopbackServer([](Connection&) {}).port();
  }
  const std::string address = "http://127.0.0.1:" + std::to_string(port);
  const auto answer = client_of(address).ask("GET", "/api/v2/status");
  REQUIRE(!answer);
  CHECK(answer.error().message ==
        "cannot reach " + address + ": connection refused (is tocsin running? --url names another server)");
}

TEST_CASE("a server's refusal is told with its own words") {
  struct Case {
    int status;
    const char* body;
    const char* said;
  };
  const Case cases[] = {
      {400, R"("silence has no matchers")", "S answered 400: silence has no matchers"},
      {422, R"({"code":602,"message":"comment in body is required"})",
       "S answered 422: comment in body is required"},
      {400, R"({"status":"error","errorType":"bad_data","error":"no such file"})",
       "S answered 400: no such file"},
      {500, "", "S answered 500: no reason given"},
      {404, "", "S answered 404: not found"},
      {404, "404 page not found\n",
       "S answered 404: 404 page not found (is the path in --url right? a server with a route prefix needs "
       "it "
       "there)"},
      {503, " too much to do \n", "S answered 503: too much to do"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body);
    const auto read = read_api_answer(refusal(one.status, one.body), "S");
    REQUIRE(!read);
    CHECK(read.error().message == one.said);
    CHECK(read.error().status == one.status);
  }
  CHECK(api_error_message(std::string(2000, 'x')) == std::string(500, 'x') + "…");
}

TEST_CASE("a file of http_config gives credentials, and its mistakes are told with their places") {
  Folder folder;
  HttpFake server([](const std::string&) { return http_answer(200, "{}"); });
  const std::string good = folder.write("good.yml", "authorization: {credentials_file: token}\n");
  folder.write("token", "abc\n");
  CHECK(client_of(server.url(), good).ask("GET", "/api/v2/status") == "{}");
  CHECK(header_of(server.requests().at(0), "authorization") == "Bearer abc");

  const std::string bad = folder.write("bad.yml", "basic_auht: {}\nfollow_redirects: maybe\n");
  const auto refused = ApiClient::open({server.url(), bad, {}});
  REQUIRE(!refused);
  CAPTURE(refused.error().message);
  CHECK(refused.error().message.find("bad.yml:1:1: error: field \"basic_auht\" not found") !=
        std::string::npos);
  CHECK(refused.error().message.find("bad.yml:2:19: error:") != std::string::npos);
  CHECK(!ApiClient::open({server.url(), folder.path("missing.yml"), {}}));
}

TEST_CASE("an address that no client can use is refused with how to write it") {
  for (const char* url : {"", "http://", "ftp://localhost", "http://a b"}) {
    CAPTURE(url);
    CHECK(!ApiClient::open({url, "", {}}));
  }
}
