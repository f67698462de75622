// The Transport that reaches the world: libcurl, one thread for HTTP and one for each mail session that is
// under way. It decides nothing: see app/transport.h.
#pragma once

#include <memory>
#include <string>

#include "app/transport.h"

namespace tocsin {

struct TransportOptions {
  std::string user_agent = "Tocsin";  // "Tocsin/VERSION"
  std::size_t transfers = 512;        // of HTTP at the same time
  std::size_t transfers_per_place = 32;
  std::size_t mail_sessions = 128;  // at the same time
  std::size_t mail_sessions_per_place = 32;
  std::size_t waiting = 20000;  // for a slot, of each kind; more are refused with kUnreachable
  Duration stall_timeout = std::chrono::seconds(30);  // of an answer that has begun
  // How often it is looked for lines at a mail server that need one more session.
  Duration mail_look_interval = std::chrono::seconds(1);
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
