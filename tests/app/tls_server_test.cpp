#include "app/tls_server.h"

#include <doctest/doctest.h>

#include "app/http_server.h"
#include "app/web_settings.h"
#include "tests/app/loopback_server.h"
#include "tests/app/shell_support.h"
#include "tests/app/tls_client.h"
#include "tests/support/raw_http_client.h"

using namespace tocsin;
using namespace std::chrono_literals;
using tocsin::test::Certificate;
using tocsin::test::Folder;
using tocsin::test::make_certificate;
using tocsin::test::RawHttpClient;
using tocsin::test::TlsClient;
using tocsin::test::TlsClientOptions;

namespace {

const std::string kHello = "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";

// One for all tests: making them takes time.
const Certificate& server_identity() {
  static const Certificate identity = make_certificate("localhost");
  return identity;
}
const Certificate& client_identity() {
  static const Certificate identity = make_certificate("prometheus.example");
  return identity;
}
const Certificate& stranger() {
  static const Certificate identity = make_certificate("10.1.2.3");
  return identity;
}

TlsServerFiles files(std::string client_ca = "") {
  return {server_identity().certificate, server_identity().key, std::move(client_ca)};
}

std::unique_ptr<HttpServer> serve(std::function<std::unique_ptr<ByteStream>(int)> make_stream,
                                  HttpServerOptions options = {}, HttpHandler handler = nullptr) {
  options.address = "127.0.0.1:0";
  options.threads = 2;
  options.make_stream = std::move(make_stream);
  if (!handler) {
    handler = [](const HttpQuery& query) {
      return HttpAnswer{200, "text/plain", query.path + " " + std::to_string(query.body.size()), {}};
    };
  }
  auto server = HttpServer::listen(std::move(options), std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

std::unique_ptr<HttpServer> serve(const TlsServerConfig& config, const TlsServerFiles& with = files(),
                                  HttpServerOptions options = {}) {
  auto tls = TlsServer::make(config, with);
  if (!tls) FAIL(tls.error().message);
  return serve([tls = *tls](int socket) { return tls->accept(socket); }, std::move(options));
}

}  // namespace

TEST_CASE("requests and answers of any size travel through TLS, one after the other on a connection") {
  std::string large(5 << 20, 'x');
  auto tls = TlsServer::make({}, files());
  REQUIRE(tls);
  auto server =
      serve([&](int socket) { return (*tls)->accept(socket); }, {},
            [&](const HttpQuery& query) {
              return HttpAnswer{200, "application/octet-stream", query.body.empty() ? large : query.body, {}};
            });
  TlsClient client(server->address());
  REQUIRE(client.connected());
  CHECK(client.version() == "TLSv1.3");
  for (int i = 0; i < 3; ++i) {
    CHECK(client.ask(kHello) == 200);
    CHECK(client.input().size() > large.size());
  }
  const std::string body(3 << 20, 'y');
  CHECK(client.ask("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body) == 200);
  CHECK(client.input().ends_with(body));
  CHECK(server->counters().connections_accepted == 1);
}

TEST_CASE("pipelined requests in one TLS record are all answered") {
  auto server = serve(TlsServerConfig{});
  TlsClient client(server->address());
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\n\r\n";
  requests += "GET /last HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
  client.send(requests);
  const std::string answers = client.read_to_end();
  CHECK(answers.find("/99 0") != std::string::npos);
  CHECK(answers.ends_with("/last 0"));
  CHECK(client.said_goodbye());
}

TEST_CASE("only HTTP/1.1 is spoken, and who wants nothing else hears so in the handshake") {
  auto server = serve(TlsServerConfig{});
  TlsClientOptions both;
  both.protocols = {"h2", "http/1.1"};
  TlsClient client(server->address(), both);
  CHECK(client.protocol() == "http/1.1");
  CHECK(client.ask(kHello) == 200);
  TlsClientOptions newer;
  newer.protocols = {"h2"};
  CHECK_FALSE(TlsClient(server->address(), newer).connected());
}

TEST_CASE("plain HTTP on the TLS port gets an answer that says what is wrong") {
  auto server = serve(TlsServerConfig{});
  for (const std::string method : {"GET", "POST", "HEAD", "PUT"}) {
    RawHttpClient client(server->address());
    client.send(method + " /api/v2/alerts HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n" +
                std::string(1000, 'x'));
    client.finish_sending();
    const std::string answer = client.read_to_end();
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(answer.ends_with("Client sent an HTTP request to an HTTPS server.\n"));
  }
  RawHttpClient noise(server->address());
  noise.send(std::string("\x01\x02\x03garbage that is neither"));
  CHECK(noise.read_to_end().find("HTTP") == std::string::npos);
}

TEST_CASE("who never finishes the handshake is cut off at the deadline and disturbs nobody") {
  HttpServerOptions options;
  options.header_deadline = 100ms;
  auto server = serve(TlsServerConfig{}, files(), options);
  std::vector<RawHttpClient> silent;
  for (int i = 0; i < 5; ++i) silent.emplace_back(server->address());
  // The beginning of a client's hello, and nothing more.
  silent.front().send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  CHECK(TlsClient(server->address()).ask(kHello) == 200);
  for (RawHttpClient& client : silent) CHECK(client.read_to_end() == "");
}

TEST_CASE("a client that goes away without a word, half or whole, leaves the server well") {
  auto server = serve(TlsServerConfig{});
  { const TlsClient gone(server->address()); }
  RawHttpClient half(server->address());
  half.finish_sending();
  CHECK(half.read_to_end() == "");
  CHECK(TlsClient(server->address()).ask(kHello) == 200);
}

TEST_CASE("a slow head is refused within TLS too") {
  HttpServerOptions options;
  options.header_deadline = 100ms;
  auto server = serve(TlsServerConfig{}, files(), options);
  TlsClient client(server->address());
  client.send("GET /slow HTTP/1.1\r\n");
  CHECK(client.read_to_end().starts_with("HTTP/1.1 408"));
  CHECK(client.said_goodbye());
}

TEST_CASE("nobody may renegotiate or take up a session again") {
  auto server = serve(TlsServerConfig{});
  TlsClientOptions old;
  old.max_version = "TLSv1.2";
  TlsClient client(server->address(), old);
  REQUIRE(client.connected());
  CHECK_FALSE(client.renegotiate());
}

TEST_CASE("versions, suites and curves are those of the configuration") {
  TlsServerConfig config;
  config.max_version = "TLS12";
  config.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  config.curve_preferences = {"CurveP384"};
  auto server = serve(config);
  TlsClientOptions options;
  options.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  TlsClient client(server->address(), options);
  CHECK(client.version() == "TLSv1.2");
  CHECK(client.cipher() == "ECDHE-ECDSA-AES256-GCM-SHA384");  // the server's order
  CHECK(client.ask(kHello) == 200);

  config.prefer_server_cipher_suites = false;
  CHECK(TlsClient(serve(config)->address(), options).cipher() == "ECDHE-ECDSA-AES128-GCM-SHA256");
  options.groups = "X25519";
  CHECK_FALSE(TlsClient(server->address(), options).connected());
  TlsClientOptions newest;
  newest.min_version = "TLSv1.3";
  CHECK_FALSE(TlsClient(server->address(), newest).connected());
}

TEST_CASE("suites of TLS 1.3 alone leave only TLS 1.3") {
  TlsServerConfig config;
  config.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
  auto server = serve(config);
  CHECK(TlsClient(server->address()).version() == "TLSv1.3");
  TlsClientOptions old;
  old.max_version = "TLSv1.2";
  CHECK_FALSE(TlsClient(server->address(), old).connected());
  config.max_version = "TLS12";
  CHECK_FALSE(TlsServer::make(config, files()));
}

TEST_CASE("old versions work where the configuration asks for them, and only there") {
  TlsClientOptions old;
  old.max_version = "TLSv1.1";
  old.min_version = "TLSv1.1";
  old.ciphers = "ALL:@SECLEVEL=0";
  TlsServerConfig config;
  CHECK_FALSE(TlsClient(serve(config)->address(), old).connected());
  config.min_version = "TLS10";
  auto server = serve(config);
  CHECK(TlsClient(server->address(), old).ask(kHello) == 200);
}

TEST_CASE("each client_auth_type admits whom Go's would") {
  struct Row {
    ClientAuth auth;
    bool nobody, known, unknown;  // who gets an answer: no certificate, a trusted one, another one
  };
  const Row kTable[] = {
      {ClientAuth::kNone, true, true, true},
      {ClientAuth::kRequest, true, true, true},
      {ClientAuth::kRequireAny, false, true, true},
      {ClientAuth::kVerifyIfGiven, true, true, false},
      {ClientAuth::kRequireAndVerify, false, true, false},
  };
  for (const Row& row : kTable) {
    CAPTURE(static_cast<int>(row.auth));
    TlsServerConfig config;
    config.client_auth = row.auth;
    auto server = serve(config, files(client_identity().certificate));
    const auto admitted = [&](const Certificate* identity, const char* version) {
      TlsClientOptions options;
      options.identity = identity;
      options.max_version = version;
      return TlsClient(server->address(), options).ask(kHello) == 200;
    };
    for (const char* version : {"TLSv1.2", "TLSv1.3"}) {
      CHECK(admitted(nullptr, version) == row.nobody);
      CHECK(admitted(&client_identity(), version) == row.known);
      CHECK(admitted(&stranger(), version) == row.unknown);
    }
  }
}

TEST_CASE("client_allowed_sans admits only the named ones, whether they are verified or not") {
  const auto admitted = [](ClientAuth auth, std::vector<std::string> names, const Certificate* identity) {
    TlsServerConfig config;
    config.client_auth = auth;
    config.client_allowed_sans = std::move(names);
    auto server = serve(config, files(client_identity().certificate + stranger().certificate));
    TlsClientOptions options;
    options.identity = identity;
    return TlsClient(server->address(), options).ask(kHello) == 200;
  };
  const ClientAuth verify = ClientAuth::kRequireAndVerify;
  CHECK(admitted(verify, {"other", "prometheus.example"}, &client_identity()));
  CHECK(admitted(verify, {"10.1.2.3"}, &stranger()));
  CHECK_FALSE(admitted(verify, {"10.1.2.3"}, &client_identity()));
  CHECK_FALSE(admitted(verify, {}, &client_identity()));
  CHECK(admitted(ClientAuth::kRequireAny, {"10.1.2.3"}, &stranger()));
  CHECK_FALSE(admitted(ClientAuth::kRequireAny, {"10.1.2.3"}, &client_identity()));
  CHECK_FALSE(admitted(ClientAuth::kVerifyIfGiven, {"10.1.2.3"}, nullptr));
}

TEST_CASE("a certificate and a key that cannot serve are refused in words") {
  const auto complaint = [](const TlsServerFiles& with) {
    const auto made = TlsServer::make({}, with);
    return made ? "" : made.error().message;
  };
  const std::string cert = server_identity().certificate;
  const std::string key = server_identity().key;
  CHECK(complaint({cert, key, ""}) == "");
  CHECK(complaint({"", key, ""}).find("no PEM block CERTIFICATE") != std::string::npos);
  CHECK(complaint({cert, "", ""}).find("the key cannot be read") != std::string::npos);
  CHECK(complaint({cert, cert, ""}).find("the key cannot be read") != std::string::npos);
  CHECK(complaint({cert, stranger().key, ""}).find("do not belong together") != std::string::npos);
  TlsServerConfig verify;
  verify.client_auth = ClientAuth::kRequireAndVerify;
  CHECK_FALSE(TlsServer::make(verify, {cert, key, "no certificate"}));
}

TEST_CASE("a renewed certificate serves the next connection, and half a renewal changes nothing") {
  const Folder folder;
  folder.put("web.yml", "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n");
  folder.put("cert.pem", server_identity().certificate);
  folder.put("key.pem", server_identity().key);
  auto settings = WebSettings::open(folder.path("web.yml"));
  REQUIRE(settings);
  REQUIRE((*settings)->uses_tls());
  auto server = serve([&](int socket) { return (*settings)->tls()->accept(socket); });
  TlsClient first(server->address());
  CHECK(first.certificate() == server_identity().certificate);

  const Certificate renewed = make_certificate("localhost");
  folder.put("cert.pem", renewed.certificate);  // the key is still the old one
  CHECK(TlsClient(server->address()).certificate() == server_identity().certificate);
  folder.put("key.pem", renewed.key);
  CHECK(TlsClient(server->address()).certificate() == renewed.certificate);
  CHECK(first.ask(kHello) == 200);

  folder.put("web.yml", "tls_server_config: {cert_file: [}\n");
  CHECK(TlsClient(server->address()).ask(kHello) == 200);
  folder.put("web.yml", "");  // TLS must not go off under way
  CHECK(TlsClient(server->address()).ask(kHello) == 200);
}

TEST_CASE("a web configuration whose files are missing does not start") {
  const Folder folder;
  CHECK_FALSE(WebSettings::open(folder.path("web.yml")));
  folder.put("web.yml", "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n");
  const auto settings = WebSettings::open(folder.path("web.yml"));
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message.find("cert_file: cannot read " + folder.path("cert.pem")) !=
        std::string::npos);
  CHECK(settings.error().message.find("key_file: cannot read " + folder.path("key.pem")) !=
        std::string::npos);
}
