// HttpRefusal: a request (or a connection) that the server turns away before any handler sees it, with the
// reason that the metrics count. Not an error of a handler: those are ordinary answers.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

enum class HttpRefusalReason {
  kMalformed,           // not HTTP, or HTTP written so loosely that a proxy could read it differently
  kAmbiguousLength,     // two lengths, or a length and chunks: request smuggling
  kHeaderTooLarge,      // over max_header_bytes, too many header lines, a path over 8 KB
  kBodyTooLarge,        // over max_body_bytes
  kUnsupported,         // Content-Encoding, a transfer coding, an expectation or a version we do not speak
  kTooSlow,             // the head, the body or the handler's answer was not there by its deadline
  kTooManyConnections,  // over max_connections
  kTooMuchBuffered,     // over max_buffered_bytes, all connections together
  kTooManyWaiting,      // over max_long_requests
};

// In the order of the enumeration, as metric labels.
inline constexpr std::array<std::string_view, 9> kHttpRefusalNames = {
    "malformed", "ambiguous_length",     "header_too_large",  "body_too_large",  "unsupported",
    "too_slow",  "too_many_connections", "too_much_buffered", "too_many_waiting"};

struct HttpRefusal {
  int status = 400;
  HttpRefusalReason reason = HttpRefusalReason::kMalformed;
  std::string message;  // for the client, in words; ends without a newline
};

// The bytes to send: a plain text answer that closes the connection.
std::string render(const HttpRefusal& refusal);

}  // namespace tocsin
