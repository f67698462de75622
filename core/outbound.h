// What leaves the program towards a service, and what came back: values, built and read by pure code
// (receivers, the Prometheus client) and carried by the shell's transport. Ownership: the config is shared
// and immutable.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/http_config.h"
#include "core/time.h"

namespace tocsin {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const HttpConfig> config;  // null: defaults
  Duration timeout = std::chrono::seconds(30);
  std::size_t max_answer_bytes = std::size_t{64} << 20;
};

// One mail session: the envelope, and the complete message (headers and MIME body, CRLF line ends).
struct MailRequest {
  std::string smarthost;  // host:port
  std::string hello;
  std::string from;
  std::vector<std::string> recipients;
  std::string message;
  std::string auth_username, auth_identity;
  Secret auth_password;  // PLAIN, LOGIN
  Secret auth_secret;    // CRAM-MD5
  Secret auth_token;     // XOAUTH2
  // Where the token comes from instead; null: nowhere.
  std::shared_ptr<const HttpConfig::OAuth2> auth_oauth2;
  TlsConfig tls;
  enum class Security { kPlain, kStartTls, kImplicitTls } security = Security::kStartTls;
  Duration timeout = std::chrono::seconds(60);
};

using OutboundRequest = std::variant<HttpRequest, MailRequest>;

// How a transport ended. kAnswered means that a complete answer arrived, whatever its status says.
enum class TransportResult {
  kAnswered,
  kUnreachable,
  kTimedOut,
  kClosedEarly,
  kTlsFailed,
  kTooLarge,
  kMisconfigured
};

struct OutboundAnswer {
  TransportResult result = TransportResult::kAnswered;
  int status = 0;  // HTTP status, or the last SMTP reply code
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string error;  // in words where result is not kAnswered, or what SMTP said; no secrets, no full URLs
  Duration took{};
  std::string header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) return value;
    }
    return "";
  }
};

}  // namespace tocsin
