#include "core/http_config.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace tocsin {
namespace {

struct Outcome {
  HttpConfig config;
  std::string problems;
};

Outcome read(std::string_view text) {
  Problems problems;
  const YamlDocument document = YamlDocument::parse(text, "f.yml", problems);
  YamlObject object(document.root(), "http_config", problems);
  Outcome outcome;
  outcome.config = read_http_config(object, "/etc/tocsin");
  object.refuse_unknown_keys();
  outcome.problems = problems.to_string();
  return outcome;
}

HttpConfig fine(std::string_view text) {
  const Outcome outcome = read(text);
  CHECK(outcome.problems == "");
  return outcome.config;
}

}  // namespace

TEST_CASE("nothing said is the default") {
  CHECK(fine("") == HttpConfig{});
  CHECK(fine("{}") == HttpConfig{});
  CHECK(fine("basic_auth:\nauthorization: ~\noauth2:\ntls_config:\nhttp_headers:\nproxy_url:\n") ==
        HttpConfig{});
  CHECK(HttpConfig{}.follow_redirects);
  CHECK(HttpConfig{}.enable_http2);
}

TEST_CASE("every key is read, and relative files are found next to the configuration") {
  HttpConfig expected;
  expected.oauth2 = HttpConfig::OAuth2{};
  expected.oauth2->client_id = "id";
  expected.oauth2->token_url = "https://login/token";
  expected.oauth2->client_secret.file = "/etc/tocsin/secret";
  expected.oauth2->scopes = {"a", "b"};
  expected.oauth2->endpoint_params = {{"audience", "x"}};
  expected.oauth2->tls.insecure_skip_verify = true;
  expected.oauth2->proxy_url = "http://proxy:1";
  expected.oauth2->no_proxy = "localhost";
  expected.tls.ca_file = "/etc/tocsin/tls/ca.pem";
  expected.tls.cert_file = "/abs/cert.pem";
  expected.tls.key.file = "/etc/tocsin/key.pem";
  expected.tls.server_name = "srv";
  expected.tls.min_version = "TLS12";
  expected.tls.max_version = "TLS13";
  expected.follow_redirects = false;
  expected.enable_http2 = false;
  expected.proxy_from_environment = true;
  expected.proxy_connect_header = {{"X-One", {"a", "b"}}, {"X-Two", {"c"}}};
  expected.headers["X-Tenant"] = {{"v"}, {"s"}, {"/etc/tocsin/h"}};
  CHECK(fine(R"(
oauth2:
  client_id: id
  client_secret_file: secret
  token_url: https://login/token
  scopes: [a, b]
  endpoint_params: {audience: x}
  grant_type: client_credentials
  tls_config: {insecure_skip_verify: true}
  proxy_url: http://proxy:1
  no_proxy: localhost
tls_config: {ca_file: tls/ca.pem, cert_file: /abs/cert.pem, key_file: key.pem, server_name: srv,
             min_version: TLS12, max_version: TLS13}
follow_redirects: false
enable_http2: no
proxy_from_environment: true
proxy_connect_header: {X-One: [a, b], X-Two: c}
http_headers: {X-Tenant: {values: [v], secrets: [s], files: [h]}}
)") == expected);
}

TEST_CASE("the keys of signed assertions are read, their claims as JSON") {
  const HttpConfig config = fine(R"(
oauth2:
  client_id: id
  token_url: https://login/token
  grant_type: urn:ietf:params:oauth:grant-type:jwt-bearer
  client_certificate_key_file: key.pem
  client_certificate_key_id: k1
  signature_algorithm: RS512
  iss: me
  audience: you
  claims: {roles: [a, 1, 1.5, true, null, "5"], nested: {d: x, c: z}}
)");
  HttpConfig::JwtBearer expected;
  expected.key.file = "/etc/tocsin/key.pem";
  expected.key_id = "k1";
  expected.algorithm = "RS512";
  expected.iss = "me";
  expected.audience = "you";
  expected.claims = R"({"nested":{"c":"z","d":"x"},"roles":["a",1,1.5,true,null,"5"]})";
  REQUIRE(config.oauth2->jwt);
  CHECK(config.oauth2->jwt->claims == expected.claims);
  CHECK(config.oauth2->jwt == expected);
  CHECK_FALSE(fine("oauth2: {client_id: a, token_url: b}\n").oauth2->jwt);
}

TEST_CASE("basic_auth takes name and password inline or from files") {
  const HttpConfig config = fine("basic_auth: {username: u, password_file: p}\n");
  CHECK(config.basic->username == "u");
  CHECK(config.basic->password == Secret{"", "/etc/tocsin/p"});
  CHECK(fine("basic_auth: {username_file: u, password: p}\n").basic->username_file == "/etc/tocsin/u");
}

TEST_CASE("authorization is a bearer unless it says otherwise, and the old bearer keys become one") {
  CHECK(fine("authorization: {credentials: x}\n").authorization ==
        HttpConfig::Authorization{"Bearer", {"x", ""}});
  CHECK(fine("authorization: {type: ' GenieKey ', credentials_file: k}\n").authorization ==
        HttpConfig::Authorization{"GenieKey", {"", "/etc/tocsin/k"}});
  CHECK(fine("bearer_token: x\n").authorization == HttpConfig::Authorization{"Bearer", {"x", ""}});
  CHECK(fine("bearer_token_file: t\n").authorization ==
        HttpConfig::Authorization{"Bearer", {"", "/etc/tocsin/t"}});
}

TEST_CASE("whatever Prometheus and Alertmanager reject is a problem at its place") {
  const struct {
    std::string text;
    std::string problem;
  } table[] = {
      {"bearer_token: a\nbearer_token_file: b\n",
       "2:20: error: at most one of bearer_token & bearer_token_file must be configured (remove one of "
       "them)"},
      {"basic_auth: {username: u}\nauthorization: {credentials: x}\n",
       "2:16: error: at most one of basic_auth & authorization must be configured (remove one of them)"},
      {"bearer_token: x\nbasic_auth: {username: u}\n",
       "2:13: error: at most one of bearer_token & basic_auth must be configured (remove one of them)"},
      {"oauth2: {client_id: a, token_url: b}\nbearer_token_file: x\n",
       "2:20: error: at most one of oauth2 & bearer_token_file must be configured (remove one of them)"},
      {"basic_auth: {username: u, username_file: v}\n",
       "1:42: error: at most one of username & username_file must be configured (remove one of them)"},
      {"basic_auth: {password: u, password_file: v}\n",
       "1:42: error: at most one of password & password_file must be configured (remove one of them)"},
      {"authorization: {credentials: u, credentials_file: v}\n",
       "1:51: error: at most one of credentials & credentials_file must be configured (remove one of them)"},
      {"authorization: {type: bAsIc}\n",
       "1:23: error: authorization type cannot be set to \"basic\" (use basic_auth with username and "
       "password instead)"},
      {"oauth2: {token_url: b}\n", "1:9: error: oauth2 client_id must be configured"},
      {"oauth2: {client_id: b}\n", "1:9: error: oauth2 token_url must be configured"},
      {"oauth2: {client_id: a, token_url: b, client_secret: c, client_secret_file: d}\n",
       "1:76: error: at most one of client_secret & client_secret_file must be configured (remove one of "
       "them)"},
      {"oauth2: {client_id: a, token_url: b, grant_type: password}\n",
       "1:50: error: unknown grant_type: \"password\" (write client_credentials or "
       "urn:ietf:params:oauth:grant-type:jwt-bearer)"},
      {"oauth2: {client_id: a, token_url: b, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', iss: "
       "x}\n",
       "1:50: error: grant_type jwt-bearer needs a key to sign with (add client_certificate_key or "
       "client_certificate_key_file)"},
      {"oauth2: {client_id: a, token_url: b, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', "
       "client_certificate_key: k, signature_algorithm: HS256}\n",
       "1:145: error: unknown signature algorithm: \"HS256\" (valid signature algorithms are RS256, RS384 "
       "and "
       "RS512)"},
      {"oauth2: {client_id: a, token_url: b, iss: x}\n",
       "1:43: warning: iss has no effect with grant_type client_credentials (add grant_type: "
       "urn:ietf:params:oauth:grant-type:jwt-bearer)"},
      {"oauth2: {client_id: a, token_url: b, no_proxy: c}\n",
       "1:48: error: if no_proxy is configured, proxy_url must also be configured"},
      {"tls_config: {ca: a, ca_file: b}\n",
       "1:30: error: at most one of ca & ca_file must be configured (remove one of them)"},
      {"tls_config: {cert: a, cert_file: b, key: c}\n",
       "1:34: error: at most one of cert & cert_file must be configured (remove one of them)"},
      {"tls_config: {cert: a, key: b, key_file: c}\n",
       "1:41: error: at most one of key & key_file must be configured (remove one of them)"},
      {"tls_config: {cert_file: a}\n",
       "1:25: error: exactly one of key or key_file must be configured when a client certificate is "
       "configured"},
      {"tls_config: {key: a}\n",
       "1:19: error: exactly one of cert or cert_file must be configured when a client key is configured"},
      {"tls_config: {min_version: TLS14}\n",
       "1:27: error: unknown TLS version: \"TLS14\" (write TLS10, TLS11, TLS12 or TLS13)"},
      {"tls_config: {min_version: TLS13, max_version: TLS12}\n",
       "1:47: error: max_version is below min_version, so that no connection can be made"},
      {"tls_config: {ca_fil: a}\n",
       "1:14: error: field \"ca_fil\" not found in tls_config (did you mean \"ca_file\"?)"},
      {"proxy_connect_header: {A: [b]}\n",
       "1:23: error: if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be "
       "configured"},
      {"proxy_from_environment: true\nproxy_url: http://p\n",
       "2:12: error: if proxy_from_environment is configured, proxy_url must not be configured (remove one "
       "of them)"},
      {"proxy_from_environment: true\nno_proxy: p\n",
       "2:11: error: if proxy_from_environment is configured, no_proxy must not be configured (set NO_PROXY "
       "in the "
       "environment instead)"},
      {"no_proxy: p\n", "1:11: error: if no_proxy is configured, proxy_url must also be configured"},
      {"http_headers: {'X Y': {values: [a]}}\n", "1:16: error: invalid header name: \"X Y\""},
      {"http_headers: {X: [a]}\n", "1:19: error: http_headers must be a mapping, not a list"},
      {"http_headers: [X]\n", "1:15: error: http_headers must be a mapping, not a list"},
      {"follow_redirect: true\n",
       "1:1: error: field \"follow_redirect\" not found in http_config (did you mean \"follow_redirects\"?)"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(read(row.text).problems == "f.yml:" + row.problem + "\n");
  }
}

TEST_CASE("headers that the client sets itself are refused in any case") {
  for (const std::string name :
       {"Authorization", "host", "Content-Encoding", "Content-Length", "Content-Type", "USER-AGENT",
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "WWW-Authenticate",
        "Accept-Encoding", "X-Prometheus-Remote-Write-Version", "X-Prometheus-Remote-Read-Version",
        "X-Prometheus-Scrape-Timeout-Seconds", "X-Amz-Date", "X-Amz-Security-Token",
        "X-Amz-Content-Sha256"}) {
    CAPTURE(name);
    const std::string problems = read("http_headers: {" + name + ": {values: [a]}}\n").problems;
    CHECK(problems.find("f.yml:1:16: error: setting header \"" + name + "\" is not allowed") == 0);
  }
}

TEST_CASE("all mistakes are told at once") {
  const std::string problems =
      read("tls_config: {cert: a, min_version: x}\nno_proxy: p\nenable_http2: maybe\nfoo: 1\n").problems;
  CHECK(std::count(problems.begin(), problems.end(), '\n') == 5);
}

TEST_CASE("problems never show a secret") {
  const std::string problems =
      read(
          "basic_auth: {username: u, password: hunter2, password_file: p}\nbearer_token: hunter2\n"
          "authorization: {credentials: hunter2, type: basic}\nproxy_connect_header: {A: [hunter2]}\n")
          .problems;
  CHECK(problems != "");
  CHECK(problems.find("hunter2") == std::string::npos);
}

TEST_CASE("paths join with their folder unless they are absolute or empty") {
  CHECK(resolve_path("/etc", "a") == "/etc/a");
  CHECK(resolve_path("/etc/", "a/b") == "/etc/a/b");
  CHECK(resolve_path("/etc", "/a") == "/a");
  CHECK(resolve_path("/etc", "") == "");
  CHECK(resolve_path("", "a") == "a");
}

}  // namespace tocsin
