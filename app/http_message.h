// HttpQuery and HttpAnswer: what a handler of the daemon sees of HTTP, and what it gives back.
// They are values without sockets: the API, the web page and their tests use them without a server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

// Capacity that a body has beyond its end where its length was said: a JSON reader then needs no copy with
// room behind the text (simdjson reads that far).
inline constexpr std::size_t kSpareBodyCapacity = 64;

// One request, whole: the body has arrived, is no longer chunked and is within the limits.
struct HttpQuery {
  std::string method;      // as sent: "GET", "POST", "PROPFIND"…
  std::string path;        // percent-decoded, without the query: "/api/v2/alerts"
  std::string raw_target;  // as sent, for logs: "/api/v2/alerts?filter=a%3Db"
  HttpFields params;       // decoded query parameters in the order sent; a name may come more than once
  HttpFields headers;      // as sent, values trimmed and never percent-decoded
  std::string body;
  std::string remote_address;  // of the socket's peer ("10.1.2.3", "::1", "unix"); no header can change it

  // The first header of this name, whatever its case.
  std::optional<std::string_view> header(std::string_view name) const;
  // The first parameter of this name (case matters), and all of them.
  std::optional<std::string_view> param(std::string_view name) const;
  std::vector<std::string_view> all_params(std::string_view name) const;
};

// Content-Length, Connection and compression are the server's business; a handler leaves them alone unless it
// gives a body that is compressed already and says so in Content-Encoding.
struct HttpAnswer {
  int status = 200;
  std::string content_type;
  std::string body;
  HttpFields headers;
  // The rest of a long body that is sent while it is made: called on the handler's thread after it has
  // returned, until it gives "". What it throws cuts the answer short, so that the client sees that it is not
  // complete.
  std::function<std::string()> next_piece = {};
};

// Called on a thread of the server's pool, several at a time. An exception becomes a plain 500.
using HttpHandler = std::function<HttpAnswer(const HttpQuery&)>;

// ASCII comparison without case, as header names need.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Whether one of the comma separated values of a header is `word`, whatever its case.
bool header_list_has(std::string_view list, std::string_view word);

// "a=1&b=x+y%21" → {a: "1"}, {b: "x y!"}. Only the first '=' divides, so an unquoted matcher (filter=a=b)
// survives.
HttpFields parse_query_string(std::string_view text);

}  // namespace tocsin
