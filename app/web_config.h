// WebConfig: the file of --web.config.file: TLS, response headers, logins and a rate limit of our own HTTP
// server, with the keys and rules of Prometheus' exporter toolkit (web/tls_config.go, web/handler.go). This
// is its text as values; the files that it names are read by WebSettings, and what it says is done by
// TlsServer and WebGuard.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.h"
#include "core/time.h"

namespace tocsin {

// What a client must show of itself, as Go's tls.ClientAuthType.
enum class ClientAuth { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };

struct TlsServerConfig {
  std::string cert, cert_file;            // a file goes before a text
  std::string key, key_file;              // likewise
  std::string client_ca, client_ca_file;  // likewise; neither: the system's authorities
  ClientAuth client_auth = ClientAuth::kNone;
  std::optional<std::vector<std::string>> client_allowed_sans;  // an empty list allows nobody
  std::vector<std::string> cipher_suites;      // Go's names, of any version; empty: the library's choice
  std::vector<std::string> curve_preferences;  // CurveP256, CurveP384, CurveP521, X25519; empty: likewise
  std::string min_version = "TLS12";           // TLS10 … TLS13
  std::string max_version = "TLS13";
  bool prefer_server_cipher_suites = true;
  friend bool operator==(const TlsServerConfig&, const TlsServerConfig&) = default;
};

struct WebConfig {
  std::optional<TlsServerConfig> tls;
  std::map<std::string, std::string> headers;  // added to every answer
  std::map<std::string, std::string> users;    // name → bcrypt hash; empty: everybody may
  Duration rate_interval{};                    // a token each; zero: no limit
  std::int64_t rate_burst = 0;
};

// An empty file is a valid one: plain HTTP for everybody. nullopt where there are errors. Paths are relative
// to the folder of `file`.
std::optional<WebConfig> read_web_config(std::string_view text, const std::string& file, Problems&);

// Go's names of the cipher suites that can be chosen, and what OpenSSL calls them; nullptr for another name.
// Those of TLS 1.3 are in the list too: they are always on and have no OpenSSL name here ("").
const char* openssl_cipher_name(std::string_view go_name);

}  // namespace tocsin
