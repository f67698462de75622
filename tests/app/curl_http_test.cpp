#include <doctest/doctest.h>
#include <zlib.h>

#include <atomic>
#include <future>

#include "app/curl_transport.h"
#include "tests/app/loopback_server.h"
#include "tests/app/shell_support.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

namespace {

HttpRequest request_to(const std::string& url, const HttpConfig& config = {}) {
  HttpRequest request;
  request.url = url;
  request.config = std::make_shared<const HttpConfig>(config);
  request.timeout = 20s;
  return request;
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a request arrives as it was given and its answer comes back") {
  HttpFake server([](const std::string&) { return http_answer(201, "created", "X-Answer: Yes \r\n"); });
  CurlTransport transport({.user_agent = "Tocsin/1.2.3"});
  auto request = request_to(server.url("/a/b?c=d"));
  request.method = "POST";
  request.body = "{\"x\":1}";
  request.headers = {{"Content-Type", "application/json"}, {"X-Mine", "1"}};
  const auto answer = transport.perform(request);
  CHECK(answer.result == TransportResult::kAnswered);
  CHECK(answer.status == 201);
  CHECK(answer.body == "created");
  CHECK(answer.header("x-answer") == "Yes");
  CHECK(answer.took > 0ns);
  const std::string seen = server.requests().at(0);
  CHECK(seen.starts_with("POST /a/b?c=d HTTP/1.1\r\n"));
  CHECK(seen.ends_with("\r\n\r\n{\"x\":1}"));
  CHECK(header_of(seen, "content-type") == "application/json");
  CHECK(header_of(seen, "x-mine") == "1");
  CHECK(header_of(seen, "user-agent") == "Tocsin/1.2.3");
  CHECK(header_of(seen, "accept-encoding") == "gzip");
  CHECK(header_of(seen, "authorization") == "");
}

TEST_CASE("every method keeps its name and an untyped body gets no type") {
  HttpFake server(
      [](const std::string& request) { return http_answer(200, request.starts_with("HEAD") ? "" : "x"); });
  CurlTransport transport;
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}) {
    auto request = request_to(server.url());
    request.method = method;
    if (method == "PUT") request.body = "data";
    CHECK(transport.perform(request).status == 200);
    const std::string seen = server.requests().back();
    CHECK(seen.starts_with(method + " / "));
    CHECK(header_of(seen, "content-type") == "");
  }
}

TEST_CASE("what cannot be sent is called misconfigured, without the URL's secrets") {
  CurlTransport transport;
  std::vector<std::pair<HttpRequest, std::string>> rows;
  rows.emplace_back(request_to("no url"), "URL cannot be understood");
  rows.emplace_back(request_to("ftp://host/secret"), "only http and https");
  rows.emplace_back(request_to("file:///etc/secret"), "only http and https");
  rows.emplace_back(request_to("http://host/secret"), "header X-A holds a control character");
  rows.back().first.headers = {{"X-A", "a\r\nEvil: 1"}};
  rows.emplace_back(request_to("http://host/secret"), "method");
  rows.back().first.method = "GET / HTTP/1.1\r\nX:";
  HttpConfig config;
  config.authorization.emplace();
  config.authorization->credentials.file = "/nowhere/token";
  rows.emplace_back(request_to("http://host/secret", config), "/nowhere/token");
  config = {};
  config.tls.ca_file = "/nowhere/ca.pem";
  rows.emplace_back(request_to("https://host/secret", config), "/nowhere/ca.pem");
  config = {};
  config.headers["X-Key"].files = {"/nowhere/key"};
  rows.emplace_back(request_to("https://host/secret", config), "/nowhere/key");
  for (const char* proxy :
       {"gopher://me:secret@proxy:1", "http://me:secret@pro xy:1", "http://me:secret@proxy:99999"}) {
    config = {};
    config.proxy_url = proxy;
    rows.emplace_back(request_to("http://host/", config), "the proxy's URL cannot be understood");
  }
  for (const auto& [request, words] : rows) {
    const auto answer = transport.perform(request);
    CHECK(answer.result == TransportResult::kMisconfigured);
    CHECK_MESSAGE(holds(answer.error, words), answer.error);
    CHECK(!holds(answer.error, "secret"));
  }
}

TEST_CASE("nobody listening is unreachable, and the error shows the host but not the path") {
  int port = 0;
  {
    LoopbackServer gone([](Connection&) {});
    port = gone.port();
  }
  CurlTransport transport;
  const auto answer =
      transport.perform(request_to("http://user:pw@127.0.0.1:" + std::to_string(port) + "/secret"));
  CHECK(answer.result == TransportResult::kUnreachable);
  CHECK(answer.error == "http://127.0.0.1:" + std::to_string(port) + ": connection refused");
  CHECK(!holds(answer.error, "secret"));
  CHECK(!holds(answer.error, "pw"));
}

TEST_CASE("a service that hangs times out, wherever it hangs") {
  for (const std::string part :
       {"", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}) {
    LoopbackServer server([&](Connection& connection) {
      connection.http_request();
      connection.write(part);
      connection.wait_for_peer_to_go();
    });
    CurlTransport transport;
    auto request = request_to(server.url("/secret"));
    request.timeout = 100ms;
    const auto answer = transport.perform(request);
    CHECK(answer.result == TransportResult::kTimedOut);
    CHECK(answer.took >= 100ms);
    CHECK(answer.took < 10s);
    CHECK(answer.body == "");
    CHECK(!holds(answer.error, "secret"));
  }
}

TEST_CASE("a service that hangs in its TLS handshake, or reads nothing of a request, times out as well") {
  LoopbackServer server([](Connection& connection) { connection.wait_for_peer_to_go(); });
  CurlTransport transport;
  auto request = request_to(server.url("/secret"));
  request.timeout = 100ms;
  request.url.replace(0, 4, "https");
  const auto handshake = transport.perform(request);
  CHECK(handshake.result == TransportResult::kTimedOut);
  CHECK(handshake.took < 10s);

  std::promise<void> given_up;
  LoopbackServer deaf([over = given_up.get_future().share()](Connection&) { over.wait(); });
  auto large = request_to(deaf.url("/secret"));
  large.timeout = 100ms;
  large.method = "POST";
  large.body.assign(64'000'000, 'x');
  const auto sending = transport.perform(large);
  given_up.set_value();
  CHECK(sending.result == TransportResult::kTimedOut);
  CHECK(sending.took < 10s);
}

TEST_CASE("an answer that stalls in its middle is given up before the timeout") {
  LoopbackServer server([&](Connection& connection) {
    connection.http_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    connection.wait_for_peer_to_go();
  });
  CurlTransport transport({.stall_timeout = 50ms});
  const auto answer = transport.perform(request_to(server.url()));
  CHECK(answer.result == TransportResult::kTimedOut);
  CHECK(answer.took < 15s);
}

TEST_CASE("a connection that closes in the middle is told apart") {
  for (const std::string part : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "nonsense\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    LoopbackServer server([&](Connection& connection) {
      connection.http_request();
      connection.write(part);
    });
    CurlTransport transport;
    const auto answer = transport.perform(request_to(server.url()));
    CHECK(answer.result == TransportResult::kClosedEarly);
    CHECK(answer.error != "");
  }
}

TEST_CASE("a kept connection that closes before any byte of the second answer is no failure") {
  LoopbackServer server([&](Connection& connection) {
    connection.http_request();
    connection.write(http_answer(200, "one"));
    connection.http_request();  // the second request on this connection is read, and nobody answers
  });
  CurlTransport transport;
  auto request = request_to(server.url());
  request.method = "POST";
  request.body = "body";
  CHECK(transport.perform(request).status == 200);
  const auto second = transport.perform(request);
  CHECK(second.result == TransportResult::kAnswered);
  CHECK(second.body == "one");
  CHECK(server.connections() == 2);
}

TEST_CASE("an answer over its bound is refused, compressed or not, and one at its bound is taken") {
  const std::string big(1 << 20, 'x');
  const std::string bomb = gzipped(std::string(std::size_t{64} << 20, 'x'));
  HttpFake server([&](const std::string& request) {
    if (request.starts_with("GET /gzip "))
      return http_answer(200, gzipped(big), "Content-Encoding: gzip\r\n");
    if (request.starts_with("GET /bomb ")) return http_answer(200, bomb, "Content-Encoding: gzip\r\n");
    if (request.starts_with("GET /header ")) return http_answer(200, "", "X-Long: " + big + big + "\r\n");
    return http_answer(200, big);
  });
  CurlTransport transport;
  auto request = request_to(server.url());
  request.max_answer_bytes = big.size();
  CHECK(transport.perform(request).body == big);
  request.url = server.url("/gzip");
  CHECK(transport.perform(request).body == big);
  request.url = server.url("/bomb");
  CHECK(transport.perform(request).result == TransportResult::kTooLarge);
  request.url = server.url();
  request.max_answer_bytes = big.size() - 1;
  const auto answer = transport.perform(request);
  CHECK(answer.result == TransportResult::kTooLarge);
  CHECK(answer.body == "");
  request.url = server.url("/header");
  CHECK(transport.perform(request).result != TransportResult::kAnswered);
}

TEST_CASE("credentials of each kind reach the service, and files are read at each use") {
  HttpFake server([](const std::string&) { return http_answer(200, ""); });
  CurlTransport transport;
  const Folder folder;
  const auto seen_with = [&](const HttpConfig& config) {
    CHECK(transport.perform(request_to(server.url(), config)).status == 200);
    return server.requests().back();
  };
  SUBCASE("basic") {
    HttpConfig config;
    config.basic.emplace();
    config.basic->username = "user";
    config.basic->password.file = folder.write("password", " pass\n");
    CHECK(header_of(seen_with(config), "authorization") == "Basic dXNlcjpwYXNz");
    folder.write("password", "other");
    CHECK(header_of(seen_with(config), "authorization") == "Basic dXNlcjpvdGhlcg==");
    config.basic->username_file = folder.write("username", "me\n");
    CHECK(header_of(seen_with(config), "authorization") == "Basic bWU6b3RoZXI=");
  }
  SUBCASE("authorization") {
    HttpConfig config;
    config.authorization.emplace();
    config.authorization->type = "GenieKey";
    config.authorization->credentials.text = "abc";
    CHECK(header_of(seen_with(config), "authorization") == "GenieKey abc");
    auto request = request_to(server.url(), config);
    request.headers = {{"Authorization", "Mine"}};
    transport.perform(request);
    CHECK(header_of(server.requests().back(), "authorization") == "Mine");
  }
  SUBCASE("headers") {
    HttpConfig config;
    config.headers["X-Key"].values = {"v"};
    config.headers["X-Secret"].secrets = {"s"};
    config.headers["X-File"].files = {folder.write("header", "f\n")};
    config.headers["X-Empty"].values = {""};
    const auto seen = seen_with(config);
    CHECK(header_of(seen, "x-key") == "v");
    CHECK(header_of(seen, "x-secret") == "s");
    CHECK(header_of(seen, "x-file") == "f");
    CHECK(holds(seen, "X-Empty:"));
  }
}

TEST_CASE("redirects are followed, and another host sees no credentials") {
  HttpFake other([](const std::string& request) { return http_answer(200, request); });
  HttpFake server([&](const std::string& request) {
    if (request.starts_with("POST /away "))
      return http_answer(307, "", "Location: " + other.url("/there") + "\r\n");
    if (request.starts_with("POST /see ")) return http_answer(303, "", "Location: there?x=1\r\n");
    if (request.starts_with("POST /loop ")) return http_answer(308, "", "Location: /loop\r\n");
    if (request.starts_with("POST /file ")) return http_answer(302, "", "Location: file:///etc/passwd\r\n");
    return http_answer(200, request);
  });
  CurlTransport transport;
  HttpConfig config;
  config.authorization.emplace();
  config.authorization->credentials.text = "token";
  config.headers["X-Key"].values = {"key"};
  auto request = request_to("", config);
  request.method = "POST";
  request.body = "body";
  request.headers = {{"Content-Type", "text/plain"}, {"X-Api-Key", "key"}};

  request.url = server.url("/away");
  auto answer = transport.perform(request);
  CHECK(answer.status == 200);
  CHECK(answer.body.starts_with("POST /there "));
  CHECK(answer.body.ends_with("body"));
  CHECK(header_of(answer.body, "content-type") == "text/plain");
  for (const char* secret : {"authorization", "x-key", "x-api-key"})
    CHECK(header_of(answer.body, secret) == "");

  request.url = server.url("/see");
  answer = transport.perform(request);
  CHECK(answer.body.starts_with("GET /there?x=1 "));
  CHECK(header_of(answer.body, "authorization") == "Bearer token");
  CHECK(header_of(answer.body, "content-type") == "");
  CHECK(answer.body.ends_with("\r\n\r\n"));

  request.url = server.url("/loop");
  const auto before = server.requests().size();
  answer = transport.perform(request);
  CHECK(answer.status == 308);
  CHECK(holds(answer.error, "more than 10 redirects"));
  CHECK(server.requests().size() - before == 11);

  request.url = server.url("/file");
  answer = transport.perform(request);
  CHECK(answer.status == 302);
  CHECK(holds(answer.error, "cannot be used"));

  config.follow_redirects = false;
  request.config = std::make_shared<const HttpConfig>(config);
  request.url = server.url("/see");
  CHECK(transport.perform(request).status == 303);
}

TEST_CASE("a proxy carries what no_proxy does not exempt") {
  HttpFake proxy([](const std::string&) { return http_answer(200, "by proxy"); });
  HttpFake server([](const std::string&) { return http_answer(200, "direct"); });
  CurlTransport transport;
  HttpConfig config;
  config.proxy_url = "http://me:pw@" + proxy.address();
  CHECK(transport.perform(request_to("http://prometheus.example/x", config)).body == "by proxy");
  CHECK(proxy.requests().at(0).starts_with("GET http://prometheus.example/x HTTP/1.1"));
  CHECK(header_of(proxy.requests().at(0), "proxy-authorization") == "Basic bWU6cHc=");
  config.no_proxy = "127.0.0.0/8";
  CHECK(transport.perform(request_to(server.url(), config)).body == "direct");
  CHECK(header_of(server.requests().at(0), "proxy-authorization") == "");
}

TEST_CASE("an oauth2 token is fetched once, kept, and fetched again when the service refuses it") {
  std::atomic<int> tokens = 0;
  std::atomic<bool> refuse = false;
  HttpFake issuer([&](const std::string&) {
    return http_answer(200, R"({"access_token":"t)" + std::to_string(++tokens) +
                                R"(","token_type":"bearer","expires_in":3600})");
  });
  HttpFake server([&](const std::string& request) {
    const bool bad = refuse && header_of(request, "authorization") == "Bearer t1";
    return http_answer(bad ? 401 : 200, header_of(request, "authorization"));
  });
  CurlTransport transport;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->client_secret.text = "s&cret";
  config.oauth2->token_url = issuer.url("/token");
  config.oauth2->scopes = {"a", "b"};
  config.oauth2->endpoint_params = {{"audience", "x y"}};
  Counter arrived;
  for (int i = 0; i < 5; ++i) {
    transport.send(request_to(server.url(), config), [&](OutboundAnswer answer) {
      if (answer.body == "Bearer t1") arrived.add();
    });
  }
  arrived.wait_for(5);
  CHECK(transport.perform(request_to(server.url(), config)).body == "Bearer t1");
  CHECK(tokens == 1);
  const auto asked = issuer.requests().at(0);
  CHECK(header_of(asked, "authorization") == "Basic aWQ6cyUyNmNyZXQ=");
  CHECK(asked.ends_with("\r\n\r\naudience=x%20y&grant_type=client_credentials&scope=a%20b"));
  refuse = true;
  const auto renewed = transport.perform(request_to(server.url(), config));
  CHECK(renewed.status == 200);
  CHECK(renewed.body == "Bearer t2");
  CHECK(tokens == 2);
}

TEST_CASE("an issuer that wants the secret in the body gets it there, and its refusal is told") {
  HttpFake issuer([&](const std::string& request) {
    if (request.starts_with("POST /never ")) return http_answer(401, "{}");
    if (!header_of(request, "authorization").empty()) return http_answer(400, "{}");
    return http_answer(200, R"({"access_token":"t"})");
  });
  HttpFake server(
      [&](const std::string& request) { return http_answer(200, header_of(request, "authorization")); });
  CurlTransport transport;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->client_secret.text = "secret";
  config.oauth2->token_url = issuer.url("/token");
  CHECK(transport.perform(request_to(server.url(), config)).body == "Bearer t");
  CHECK(
      issuer.requests().back().ends_with("client_id=id&client_secret=secret&grant_type=client_credentials"));
  config.oauth2->token_url = issuer.url("/never");
  const auto refused = transport.perform(request_to(server.url(), config));
  CHECK(refused.result == TransportResult::kMisconfigured);
  CHECK(holds(refused.error, "oauth2 token from http://" + issuer.address() + ": HTTP status 401"));
}

TEST_CASE("an issuer that hangs delays only those who need its token") {
  LoopbackServer issuer([](Connection& connection) { connection.wait_for_peer_to_go(); });
  HttpFake server([](const std::string&) { return http_answer(200, ""); });
  CurlTransport transport;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->token_url = issuer.url();
  auto needy = request_to(server.url(), config);
  needy.timeout = 1s;
  Counter timed_out;
  transport.send(needy, [&](OutboundAnswer answer) {
    if (answer.result == TransportResult::kTimedOut && holds(answer.error, "oauth2")) timed_out.add();
  });
  CHECK(transport.perform(request_to(server.url())).took < 1s);
  timed_out.wait_for(1);
}

TEST_CASE("one service that hangs takes only its share, and those who wait for it keep their deadlines") {
  LoopbackServer hanging([](Connection& connection) { connection.wait_for_peer_to_go(); });
  HttpFake server([](const std::string&) { return http_answer(200, ""); });
  CurlTransport transport({.transfers = 6, .transfers_per_place = 3});
  Counter timed_out, answered;
  for (int i = 0; i < 40; ++i) {
    auto request = request_to(hanging.url());
    request.timeout = i < 10 ? Duration(60s) : Duration(150ms);
    transport.send(request, [&](OutboundAnswer answer) {
      if (answer.result == TransportResult::kTimedOut) timed_out.add();
    });
  }
  for (int i = 0; i < 200; ++i) {
    transport.send(request_to(server.url()), [&](OutboundAnswer answer) {
      if (answer.status == 200) answered.add();
    });
  }
  answered.wait_for(200);
  timed_out.wait_for(30);
  CHECK(hanging.connections() <= 3);
}

TEST_CASE("too many waiting requests are refused at once") {
  LoopbackServer hanging([](Connection& connection) { connection.wait_for_peer_to_go(); });
  Counter refused;
  CurlTransport transport({.transfers = 1, .transfers_per_place = 1, .waiting = 2});
  for (int i = 0; i < 10; ++i) {
    transport.send(request_to(hanging.url()), [&](OutboundAnswer answer) {
      if (answer.result == TransportResult::kUnreachable) refused.add();
    });
  }
  refused.wait_for(7);
}

TEST_CASE("stop ends what is under way and what comes later") {
  LoopbackServer hanging([](Connection& connection) { connection.wait_for_peer_to_go(); });
  CurlTransport transport({.transfers = 2, .transfers_per_place = 2});
  Counter closed;
  const auto count = [&](OutboundAnswer answer) {
    if (answer.result == TransportResult::kClosedEarly) closed.add();
  };
  for (int i = 0; i < 5; ++i) transport.send(request_to(hanging.url()), count);
  transport.stop();
  CHECK(closed.count() == 5);
  transport.send(request_to(hanging.url()), count);
  CHECK(closed.count() == 6);
  transport.stop();
}

TEST_CASE("a certificate is believed only from a known authority and for the right name") {
  const auto mine = make_certificate("127.0.0.1");
  const auto named = make_certificate("prometheus.example");
  std::string seen_name, seen_host;
  std::mutex mutex;
  const auto story = [&](const Certificate& certificate) {
    return [&](Connection& connection) {
      if (!connection.start_tls(certificate)) return;
      const auto request = connection.http_request();
      {
        const std::lock_guard lock(mutex);
        seen_name = connection.tls_name();
        seen_host = header_of(request, "host");
      }
      connection.write(http_answer(200, "safe", "Connection: close\r\n"));
    };
  };
  LoopbackServer server(story(mine)), other(story(named));
  const std::string url = "https://" + server.address() + "/secret", other_url = "https://" + other.address();
  CurlTransport transport;
  const Folder folder;
  HttpConfig config;
  auto answer = transport.perform(request_to(url, config));
  CHECK(answer.result == TransportResult::kTlsFailed);
  CHECK(holds(answer.error, "certificate"));
  CHECK(!holds(answer.error, "secret"));
  config.tls.insecure_skip_verify = true;
  CHECK(transport.perform(request_to(url, config)).body == "safe");
  config.tls.insecure_skip_verify = false;
  config.tls.ca = mine.certificate;
  CHECK(transport.perform(request_to(url, config)).body == "safe");
  config.tls.ca = "";
  config.tls.ca_file = folder.write("ca.pem", named.certificate);
  CHECK(transport.perform(request_to(url, config)).result == TransportResult::kTlsFailed);
  folder.write("ca.pem", mine.certificate);
  CHECK(transport.perform(request_to(url, config)).body == "safe");
  config.tls.max_version = "TLS12";
  CHECK(transport.perform(request_to(url, config)).body == "safe");
  config.tls.min_version = "TLS13";
  CHECK(transport.perform(request_to(url, config)).result == TransportResult::kMisconfigured);

  HttpConfig detour;
  detour.tls.ca = named.certificate;
  CHECK(transport.perform(request_to(other_url, detour)).result == TransportResult::kTlsFailed);
  detour.tls.server_name = "prometheus.example";
  CHECK(transport.perform(request_to(other_url, detour)).body == "safe");
  const std::lock_guard lock(mutex);
  CHECK(seen_name == "prometheus.example");
  CHECK(seen_host == other.address());
}

TEST_CASE("a broken authority or client certificate is a mistake of the configuration") {
  const auto mine = make_certificate("127.0.0.1");
  LoopbackServer server([&](Connection& connection) { connection.start_tls(mine); });
  CurlTransport transport;
  HttpConfig config;
  config.tls.ca = "no certificate";
  auto request = request_to("https://" + server.address(), config);
  CHECK(transport.perform(request).result == TransportResult::kMisconfigured);
  config.tls.ca = mine.certificate;
  config.tls.cert = "no certificate";
  config.tls.key.text = "no key";
  request.config = std::make_shared<const HttpConfig>(config);
  CHECK(transport.perform(request).result == TransportResult::kMisconfigured);
}

TEST_CASE("each request is answered exactly once, whoever sends while it is stopped") {
  HttpFake server([](const std::string&) { return http_answer(200, ""); });
  constexpr int kSenders = 4, kEach = 100;
  Counter sent, done;
  CurlTransport transport;
  std::vector<std::thread> senders;
  for (int i = 0; i < kSenders; ++i) {
    senders.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) {
        transport.send(request_to(server.url()), [&](OutboundAnswer) { done.add(); });
        sent.add();
      }
    });
  }
  sent.wait_for(kSenders * kEach / 2);
  transport.stop();
  for (auto& sender : senders) sender.join();
  CHECK(done.count() == kSenders * kEach);
}
