// The Transport that reaches the world: libcurl, one thread for HTTP and one for mail. Two, because libcurl
// ends a mail session with a QUIT that it waits for (at most a second here): no HTTP request may wait behind
// that. It decides nothing: see app/transport.h.
#pragma once

#include <memory>
#include <string>

#include "app/transport.h"

namespace tocsin {

struct TransportOptions {
  std::string user_agent = "Tocsin";  // "Tocsin/VERSION"
  std::size_t transfers = 512;        // at the same time, of each kind
  std::size_t transfers_per_place = 32;
  std::size_t waiting = 20000;                        // for a slot; more are refused with kUnreachable
  Duration stall_timeout = std::chrono::seconds(30);  // of an answer that has begun
};

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(TransportOptions = {});
  ~CurlTransport() override;
  // After stop() `done` is called at once, on the caller's thread.
  void send(OutboundRequest, Done) override;
  // Not from within a `done`.
  void stop() override;

 private:
  class Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace tocsin
