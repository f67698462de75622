// HttpServer: the daemon's HTTP/1.1 server. It owns the listening socket, the connections and the threads
// that answer; it knows no routes: every request, whatever its method and path, goes to the one handler.
//
// All connections are non-blocking and wait in one epoll set; a thread is held only while the handler runs.
// Idle, slow and hostile clients therefore cost memory up to the limits below and nothing else. What is not
// here: what TLS is (app/tls_server), endless answers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "app/http_message.h"
#include "app/http_server_options.h"
#include "core/result.h"

namespace tocsin {

// A snapshot for the metrics.
struct HttpServerCounters {
  uint64_t connections_open = 0;
  uint64_t connections_parked = 0;  // open and idle between two requests
  uint64_t connections_accepted = 0;
  std::map<int, uint64_t> requests;              // answers of the handler by class: 2, 3, 4, 5
  std::map<std::string_view, uint64_t> refused;  // by reason (kHttpRefusalNames)

  // Adds up what several servers counted.
  HttpServerCounters& operator+=(const HttpServerCounters&);
};

class HttpServer {
 public:
  // Listens and answers at once. Fails with a sentence when the address is taken or makes no sense.
  static Result<std::unique_ptr<HttpServer>> listen(HttpServerOptions options, HttpHandler handler);
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Where it really listens: "127.0.0.1:41873".
  const std::string& address() const;
  HttpServerCounters counters() const;

  // Stops listening, closes idle connections, lets requests under way finish within the grace, then closes
  // the rest. Returns when no handler runs any more. Not to be called from a handler.
  void stop();

 private:
  class Loop;
  explicit HttpServer(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace tocsin
