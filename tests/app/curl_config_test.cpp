// Keys of http_config that need a special server to show that they act: proxies that tunnel, services that
// look at certificates and versions, issuers of tokens.
#include <doctest/doctest.h>

#include <atomic>

#include "app/curl_transport.h"
#include "app/http_server.h"
#include "app/tls_server.h"
#include "tests/app/loopback_server.h"
#include "tests/app/shell_support.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

namespace {

HttpRequest request_to(const std::string& url, const HttpConfig& config) {
  HttpRequest request;
  request.url = url;
  request.config = std::make_shared<const HttpConfig>(config);
  request.timeout = 20s;
  return request;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Of a form: "a=1&b=2".
std::string field_of(const std::string& request, const std::string& name) {
  const std::string body = "&" + request.substr(request.find("\r\n\r\n") + 4);
  const std::size_t at = body.find("&" + name + "=");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 2;
  return body.substr(begin, body.find('&', begin) - begin);
}

// A proxy that takes every CONNECT and then plays the server behind it, with that server's certificate.
class TunnelProxy {
 public:
  explicit TunnelProxy(Certificate behind, std::string answer)
      : server_([this, behind = std::move(behind), answer = std::move(answer)](Connection& connection) {
          const std::string connect = connection.http_request();
          {
            const std::lock_guard lock(mutex_);
            connects_.push_back(connect);
          }
          connection.write("HTTP/1.1 200 Connection established\r\n\r\n");
          if (!connection.start_tls(behind)) return;
          while (true) {
            const std::string request = connection.http_request();
            if (request.empty()) return;
            {
              const std::lock_guard lock(mutex_);
              requests_.push_back(request);
            }
            connection.write(http_answer(200, answer));
          }
        }) {}
  std::string url() const { return server_.url(""); }
  std::vector<std::string> connects() {
    const std::lock_guard lock(mutex_);
    return connects_;
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> connects_, requests_;
  LoopbackServer server_;  // last: its threads use the others
};

std::unique_ptr<HttpServer> tls_service(const TlsServerConfig& config, const Certificate& identity,
                                        const std::string& client_ca) {
  const auto tls = TlsServer::make(config, {identity.certificate, identity.key, client_ca});
  REQUIRE(tls);
  HttpServerOptions options;
  options.address = "127.0.0.1:0";
  options.make_stream = [tls = *tls](int socket) { return tls->accept(socket); };
  auto server = HttpServer::listen(options, [](const HttpQuery&) { return HttpAnswer{200, "", "safe", {}}; });
  REQUIRE(server);
  return std::move(*server);
}

}  // namespace

TEST_CASE("credentials and headers from files are read at each use") {
  HttpFake server([](const std::string&) { return http_answer(200, ""); });
  CurlTransport transport;
  const Folder folder;
  HttpConfig config;
  config.authorization.emplace();
  config.authorization->credentials.file = folder.write("token", " one\n");
  config.headers["X-File"].files = {folder.write("header", "a\n")};
  CHECK(transport.perform(request_to(server.url(), config)).status == 200);
  CHECK(header_of(server.requests().back(), "authorization") == "Bearer one");
  CHECK(header_of(server.requests().back(), "x-file") == "a");
  folder.write("token", "two");
  folder.write("header", "b");
  CHECK(transport.perform(request_to(server.url(), config)).status == 200);
  CHECK(header_of(server.requests().back(), "authorization") == "Bearer two");
  CHECK(header_of(server.requests().back(), "x-file") == "b");
  config.headers["X-File"].files = {folder.path("missing")};
  const auto answer = transport.perform(request_to(server.url(), config));
  CHECK(answer.result == TransportResult::kMisconfigured);
  CHECK(holds(answer.error, folder.path("missing")));
}

TEST_CASE("a client certificate is shown, and its files are read again when they change") {
  const Certificate service = make_certificate("127.0.0.1");
  const Certificate known = make_certificate("tocsin.example");
  const Certificate stranger = make_certificate("stranger.example");
  TlsServerConfig wants;
  wants.client_auth = ClientAuth::kRequireAndVerify;
  auto server = tls_service(wants, service, known.certificate);
  const std::string url = "https://" + server->address() + "/";
  CurlTransport transport;
  const Folder folder;
  HttpConfig config;
  config.tls.ca = service.certificate;
  CHECK(transport.perform(request_to(url, config)).result != TransportResult::kAnswered);
  config.tls.cert_file = folder.write("cert.pem", stranger.certificate);
  config.tls.key.file = folder.write("key.pem", stranger.key);
  CHECK(transport.perform(request_to(url, config)).result != TransportResult::kAnswered);
  folder.write("cert.pem", known.certificate);
  folder.write("key.pem", known.key);
  CHECK(transport.perform(request_to(url, config)).body == "safe");
  // A connection that is kept open must not outlive the certificate that opened it.
  folder.write("cert.pem", stranger.certificate);
  folder.write("key.pem", stranger.key);
  CHECK(transport.perform(request_to(url, config)).result != TransportResult::kAnswered);
}

TEST_CASE("min_version and max_version bound what is spoken") {
  const Certificate service = make_certificate("127.0.0.1");
  TlsServerConfig old;
  old.min_version = "TLS10";
  old.max_version = "TLS11";
  TlsServerConfig newest;
  newest.min_version = "TLS13";
  auto old_server = tls_service(old, service, "");
  auto newest_server = tls_service(newest, service, "");
  CurlTransport transport;
  const auto body = [&](const std::unique_ptr<HttpServer>& server, const char* least, const char* most) {
    HttpConfig config;
    config.tls.ca = service.certificate;
    config.tls.min_version = least;
    config.tls.max_version = most;
    return transport.perform(request_to("https://" + server->address() + "/", config)).body;
  };
  CHECK(body(old_server, "", "") == "");
  CHECK(body(old_server, "TLS10", "") == "safe");
  CHECK(body(newest_server, "", "") == "safe");
  CHECK(body(newest_server, "", "TLS12") == "");
  CHECK(body(newest_server, "TLS13", "TLS13") == "safe");
}

TEST_CASE("proxy_connect_header goes to the proxy and to nobody behind it") {
  const Certificate service = make_certificate("service.example");
  TunnelProxy proxy(service, "behind");
  CurlTransport transport;
  HttpConfig config;
  config.tls.ca = service.certificate;
  config.proxy_url = proxy.url();
  config.proxy_connect_header = {{"X-Tunnel", {"one", "two"}}};
  config.authorization.emplace();
  config.authorization->credentials.text = "token";
  CHECK(transport.perform(request_to("https://service.example/x", config)).body == "behind");
  CHECK(proxy.connects().at(0).starts_with("CONNECT service.example:443 HTTP/1.1"));
  CHECK(holds(proxy.connects().at(0), "X-Tunnel: one\r\nX-Tunnel: two\r\n"));
  CHECK(header_of(proxy.connects().at(0), "authorization") == "");
  CHECK(header_of(proxy.requests().at(0), "x-tunnel") == "");
  CHECK(header_of(proxy.requests().at(0), "authorization") == "Bearer token");
}

TEST_CASE("tokens are fetched with the TLS, the proxy and the proxy's headers of oauth2") {
  const Certificate issuer = make_certificate("login.example");
  TunnelProxy proxy(issuer, R"({"access_token":"t"})");
  HttpFake server(
      [](const std::string& request) { return http_answer(200, header_of(request, "authorization")); });
  CurlTransport transport;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->token_url = "https://login.example/token";
  config.oauth2->proxy_url = proxy.url();
  config.oauth2->proxy_connect_header = {{"X-Tunnel", {"yes"}}};
  CHECK(transport.perform(request_to(server.url(), config)).result == TransportResult::kTlsFailed);
  config.oauth2->tls.ca = issuer.certificate;
  CHECK(transport.perform(request_to(server.url(), config)).body == "Bearer t");
  CHECK(header_of(proxy.connects().back(), "x-tunnel") == "yes");
  CHECK(header_of(server.requests().back(), "x-tunnel") == "");
}

TEST_CASE("a changed secret file fetches another token, and a missing one spoils none") {
  std::atomic<int> tokens = 0;
  HttpFake issuer([&](const std::string&) {
    return http_answer(200, R"({"access_token":"t)" + std::to_string(++tokens) + R"("})");
  });
  HttpFake server(
      [](const std::string& request) { return http_answer(200, header_of(request, "authorization")); });
  CurlTransport transport;
  const Folder folder;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->client_secret.file = folder.write("secret", "one");
  config.oauth2->token_url = issuer.url();
  const auto seen = [&] { return transport.perform(request_to(server.url(), config)).body; };
  CHECK(seen() == "Bearer t1");
  CHECK(seen() == "Bearer t1");
  folder.rename("secret", "away");
  CHECK(seen() == "Bearer t1");
  folder.write("secret", "two");
  CHECK(seen() == "Bearer t2");
  CHECK(header_of(issuer.requests().back(), "authorization") == "Basic aWQ6dHdv");
}

TEST_CASE("endpoint_params add to the form, and may replace only the grant type") {
  HttpFake issuer([](const std::string&) { return http_answer(200, R"({"access_token":"t"})"); });
  HttpFake server([](const std::string&) { return http_answer(200, ""); });
  CurlTransport transport;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->scopes = {"a"};
  config.oauth2->token_url = issuer.url();
  config.oauth2->endpoint_params = {{"grant_type", "password"}, {"resource", "r"}};
  CHECK(transport.perform(request_to(server.url(), config)).status == 200);
  CHECK(issuer.requests().back().ends_with("grant_type=password&resource=r&scope=a"));
  config.oauth2->endpoint_params = {{"scope", "b"}};
  const auto refused = transport.perform(request_to(server.url(), config));
  CHECK(refused.result == TransportResult::kMisconfigured);
  CHECK(holds(refused.error, "cannot overwrite parameter \"scope\""));
}

TEST_CASE("a signed assertion fetches a token, and no secret is sent beside it") {
  const RsaKey key = make_rsa_key();
  std::atomic<bool> refuse = false;
  HttpFake issuer([&](const std::string&) {
    return refuse ? http_answer(400, "{}")
                  : http_answer(200, R"({"access_token":"t","token_type":"Bearer"})");
  });
  HttpFake server(
      [](const std::string& request) { return http_answer(200, header_of(request, "authorization")); });
  CurlTransport transport;
  const Folder folder;
  HttpConfig config;
  config.oauth2.emplace();
  config.oauth2->client_id = "id";
  config.oauth2->scopes = {"a", "b"};
  config.oauth2->token_url = issuer.url();
  config.oauth2->jwt.emplace();
  config.oauth2->jwt->key.file = folder.write("key.pem", key.pem);
  CHECK(transport.perform(request_to(server.url(), config)).body == "Bearer t");
  const std::string asked = issuer.requests().at(0);
  CHECK(header_of(asked, "authorization") == "");
  CHECK(field_of(asked, "grant_type") == "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer");
  CHECK(field_of(asked, "scope") == "a%20b");
  CHECK(std::count(asked.begin(), asked.end(), '.') >= 2);
  CHECK(field_of(asked, "assertion").starts_with("eyJ"));

  refuse = true;
  config.oauth2->client_id = "other";
  const auto refused = transport.perform(request_to(server.url(), config));
  CHECK(refused.result == TransportResult::kMisconfigured);
  CHECK(holds(refused.error, "HTTP status 400"));
  CHECK(issuer.requests().size() == 2);  // there is no other way to try

  config.oauth2->jwt->key.file = folder.write("broken.pem", "no key");
  const auto broken = transport.perform(request_to(server.url(), config));
  CHECK(broken.result == TransportResult::kMisconfigured);
  CHECK(holds(broken.error, "the client certificate key cannot be read"));
}
