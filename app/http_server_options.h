// HttpServerOptions: where the server listens and what one client, and all of them together, may cost it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "app/byte_stream.h"
#include "app/http_responder.h"

namespace tocsin {

struct HttpServerOptions {
  // "127.0.0.1:9093", "[::1]:9093", "localhost:9093", ":9093" (every address, IPv6 and IPv4),
  // "unix:/run/tocsin.sock"; port 0 takes a free one.
  std::string address;
  int descriptor = -1;  // a listening socket that is taken over, instead of an address
  // How the bytes of a new connection travel; null: as they are. Called on a pool thread.
  std::function<std::unique_ptr<ByteStream>(int socket)> make_stream;
  size_t threads = 8;  // handlers that run at the same time
  // Requests that it holds for are answered one after the other on a thread apart, so that they never occupy
  // the others (to check a password takes long on purpose); null: none. Called on a pool thread.
  std::function<bool(const HttpQuery&)> takes_long;
  size_t max_long_requests = 64;                  // that wait for that thread; more are refused
  size_t max_header_bytes = 64 << 10;             // of one request's head
  size_t max_body_bytes = 32 << 20;               // of one request
  size_t max_buffered_bytes = size_t{512} << 20;  // requests and answers of all connections together
  size_t max_connections = 10000;
  std::chrono::milliseconds header_deadline{
      10'000};  // from the first byte (or the connection) to the end of the head
  std::chrono::milliseconds body_deadline{60'000};   // from the end of the head to the end of the body
  std::chrono::milliseconds handler_timeout{0};      // for the handler, then 503; 0: none
  std::chrono::milliseconds write_deadline{60'000};  // for the client to take one answer
  std::chrono::milliseconds idle_timeout{120'000};   // between two requests
  std::chrono::milliseconds linger{1'000};           // after the last answer, for the client to close first
  std::chrono::milliseconds stop_grace{5'000};       // for requests under way when stop() is called
  HttpFailureReport report_failure;                  // called on a pool thread
};

}  // namespace tocsin
