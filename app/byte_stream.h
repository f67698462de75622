// ByteStream: how the bytes of one connection go over its socket: as they are, or within TLS
// (app/tls_server). It never waits: it says what to wait for. It does not own the socket, and knows nothing
// of HTTP.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace tocsin {

class ByteStream {
 public:
  enum class Outcome {
    kMoved,       // some bytes went through
    kWantsRead,   // nothing before the socket is readable
    kWantsWrite,  // nothing before it is writable
    kOver,        // the peer has closed or broken the connection
    kPlainHttp,   // the peer speaks HTTP without TLS; from now on the stream is a plain one
  };
  struct Moved {
    Outcome outcome = Outcome::kOver;
    size_t bytes = 0;      // with kMoved
    bool drained = false;  // received all there was: the next receive() would only say kWantsRead
  };

  virtual ~ByteStream() = default;
  // TLS needs both directions for either: receiving may want to write, and sending to read.
  virtual Moved receive(char* bytes, size_t size) = 0;
  virtual Moved send(std::string_view bytes) = 0;
  // Says that nothing more will be sent, as far as that goes without waiting.
  virtual void finish_sending() = 0;
  // Whether bytes have left the socket that receive() has not handed out: waiting for the socket would miss
  // them.
  virtual bool holds_bytes() const = 0;
};

// The socket's bytes as they are.
std::unique_ptr<ByteStream> make_plain_stream(int socket);

}  // namespace tocsin
