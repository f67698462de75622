#include "app/web_config.h"

#include <doctest/doctest.h>

#include "app/password_hash.h"

using namespace tocsin;

namespace {

std::optional<WebConfig> read(const std::string& text, Problems& problems) {
  return read_web_config(text, "etc/web.yml", problems);
}

// What is wrong with it, a line each; "" where nothing is.
std::string complaints(const std::string& text) {
  Problems problems;
  const auto config = read(text, problems);
  CHECK(config.has_value() == !problems.has_errors());
  return problems.to_string();
}

const std::string kHash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";

}  // namespace

TEST_CASE("an empty web configuration means plain HTTP for everybody") {
  for (const char* text : {"", "# nothing\n", "{}", "tls_server_config:\nbasic_auth_users:\n"}) {
    Problems problems;
    const auto config = read(text, problems);
    REQUIRE(config);
    CHECK_FALSE(config->tls);
    CHECK(config->users.empty());
    CHECK(config->headers.empty());
    CHECK(problems.empty());
  }
}

TEST_CASE("every key of the exporter toolkit's web configuration is read") {
  Problems problems;
  const auto config = read(R"(tls_server_config:
  cert_file: server.crt
  key_file: /keys/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  client_allowed_sans: [prometheus.example, 10.0.0.1]
  min_version: TLS11
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP384]
  prefer_server_cipher_suites: false
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=3600
    Content-Security-Policy: ""
basic_auth_users:
  alice: )" + kHash + R"(
rate_limit:
  interval: 1.5s
  burst: 20
)",
                           problems);
  CHECK(problems.to_string() == "");
  REQUIRE(config);
  REQUIRE(config->tls);
  CHECK(config->tls->cert_file == "etc/server.crt");
  CHECK(config->tls->key_file == "/keys/server.key");
  CHECK(config->tls->client_auth == ClientAuth::kRequireAndVerify);
  CHECK(config->tls->client_ca_file == "etc/ca.pem");
  CHECK(config->tls->client_allowed_sans == std::vector<std::string>{"prometheus.example", "10.0.0.1"});
  CHECK(config->tls->min_version == "TLS11");
  CHECK(config->tls->max_version == "TLS12");
  CHECK(config->tls->cipher_suites.size() == 2);
  CHECK(config->tls->curve_preferences == std::vector<std::string>{"X25519", "CurveP384"});
  CHECK_FALSE(config->tls->prefer_server_cipher_suites);
  CHECK(config->headers == std::map<std::string, std::string>{{"X-Frame-Options", "deny"},
                                                              {"Strict-Transport-Security", "max-age=3600"}});
  CHECK(config->users.at("alice") == kHash);
  CHECK(config->rate_interval == std::chrono::milliseconds(1500));
  CHECK(config->rate_burst == 20);
}

TEST_CASE("all values of client_auth_type are known, the old name too") {
  const std::pair<const char*, ClientAuth> kTable[] = {
      {"NoClientCert", ClientAuth::kNone},
      {"RequestClientCert", ClientAuth::kRequest},
      {"RequireAnyClientCert", ClientAuth::kRequireAny},
      {"RequireClientCert", ClientAuth::kRequireAny},
      {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
      {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify},
  };
  for (const auto& [name, auth] : kTable) {
    Problems problems;
    const auto config =
        read(std::string("tls_server_config: {cert: c, key: k, client_auth_type: ") + name + "}", problems);
    REQUIRE(config);
    CHECK(config->tls->client_auth == auth);
  }
}

TEST_CASE("mistakes in a web configuration are named with their place and a way out") {
  struct Row {
    const char* text;
    const char* complaint;  // a part of it
  };
  const Row kTable[] = {
      {"tls_config: {}", "web.yml:1:1: error: field \"tls_config\" not found in the web configuration"},
      {"tls_server_config: {cert_file: c}", "error: missing one of key or key_file"},
      {"tls_server_config: {key: k}", "error: missing one of cert or cert_file"},
      {"tls_server_config: {client_auth_type: NoClientCert}", "error: missing one of cert or cert_file"},
      {"tls_server_config: {min_version: TLS12}", "warning: tls_server_config has no certificate"},
      {"tls_server_config: {cert: c, key: k, client_ca: x}",
       "1:49: error: an authority for clients is given, but no client is asked for a certificate"},
      {"tls_server_config: {cert: c, key: k, client_auth_type: Always}",
       "error: unknown client_auth_type: \"Always\""},
      {"tls_server_config: {cert: c, key: k, client_allowed_sans: [a]}",
       "warning: client_allowed_sans has no effect"},
      {"tls_server_config: {cert: c, key: k, cert_file: f}",
       "warning: cert is ignored, because there is cert_file"},
      {"tls_server_config: {cert: c, key: k, min_version: SSL3}", "error: unknown TLS version: \"SSL3\""},
      {"tls_server_config: {cert: c, key: k, min_version: TLS13, max_version: TLS12}",
       "error: max_version TLS12 is below min_version TLS13"},
      {"tls_server_config: {cert: c, key: k, cipher_suites: [TLS_AES_128_GCM_SHA256, "
       "TLS_RSA_WITH_RC4_128_SHA]}",
       "1:78: error: unknown cipher: \"TLS_RSA_WITH_RC4_128_SHA\""},
      {"tls_server_config: {cert: c, key: k, curve_preferences: [P256]}", "error: unknown curve: \"P256\""},
      {"http_server_config: {headers: {X-Frame-Options: never}}",
       "error: invalid value for X-Frame-Options: \"never\" (write deny or sameorigin)"},
      {"http_server_config: {headers: {X-Content-Type-Options: ''}}",
       "error: invalid value for X-Content-Type-Options"},
      {"http_server_config: {headers: {Server: x}}", "error: HTTP header \"Server\" can not be configured"},
      {"http_server_config: {headers: {X-XSS-Protection: \"a\\nb\"}}", "must be one line"},
      {"http_server_config: {http3: true}", "error: field \"http3\" not found in http_server_config"},
      {"basic_auth_users: {bob: secret}", "1:25: error: the password of user \"bob\" is not a bcrypt hash"},
      {"basic_auth_users: {bob: $2y$99$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}",
       "impossible cost"},
      {"basic_auth_users: {bob: $2y$10$short}", "must have 60 characters"},
      {"rate_limit: {interval: 5}", "warning: interval: 5 without a unit is read as nanoseconds"},
      {"rate_limit: {interval: 1s}", "warning: every request is refused: burst is below 1"},
      {"rate_limit: {interval: -1s, burst: 1}", "error: interval must not be negative"},
      {"- a", "error: the web configuration must be a mapping"},
      {"tls_server_config: [", "error: "},
  };
  for (const Row& row : kTable) {
    CAPTURE(row.text);
    const std::string found = complaints(row.text);
    CAPTURE(found);
    CHECK(found.find(row.complaint) != std::string::npos);
  }
  CHECK(complaints("basic_auth_users: {bob: hunter2}").find("hunter2") == std::string::npos);
}

TEST_CASE("all mistakes of a web configuration come at once") {
  Problems problems;
  CHECK_FALSE(
      read("tls_server_config: {cert: c, min_version: 5}\nbasic_auth_users: {a: b}\nx: 1\n", problems));
  CHECK(problems.all().size() == 4);
}

TEST_CASE("a password fits its bcrypt hash, whichever name the format goes by") {
  // "secret" at cost 4
  const std::string rest = "04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
  for (const char* version : {"$2a$", "$2b$", "$2y$", "$2$"}) {
    CHECK(check_bcrypt_hash(version + rest));
    CHECK(password_matches(version + rest, "secret"));
    CHECK_FALSE(password_matches(version + rest, "Secret"));
    CHECK_FALSE(password_matches(version + rest, std::string("secret\0", 7)));
    CHECK_FALSE(password_matches(version + rest, ""));
  }
  for (const char* broken : {"", "$", "$2", "$2y$", "secret", "$1$abc$def", "*0", "$2y$04$"}) {
    CHECK_FALSE(check_bcrypt_hash(broken));
    CHECK_FALSE(password_matches(broken, ""));
    CHECK_FALSE(password_matches(broken, "secret"));
  }
}
