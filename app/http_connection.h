// HttpConnection: one client's socket with what has arrived and what is still to be sent. It moves bytes and
// knows what to wait for next; it starts no thread, asks no handler and waits for nothing itself. Owned by
// the loop of HttpServer, which locks mutex() around every call.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/byte_stream.h"
#include "app/http_counters.h"
#include "app/http_listener.h"
#include "app/http_request_reader.h"
#include "app/http_responder.h"
#include "app/http_server_options.h"

namespace tocsin {

class HttpConnection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Next {
    kAnswer,  // a request is complete: take_request(), then reply()
    kRead,    // wait until the socket is readable
    kWrite,   // wait until it is writable
    kLater,   // there is more to do, but others have waited long enough
    kClose,   // it is over
  };

  // `stream` is that of the peer's socket. `options` and `counters` outlive the connection.
  HttpConnection(uint64_t id, HttpListener::Peer peer, std::unique_ptr<ByteStream> stream,
                 const HttpServerOptions& options, HttpCounters& counters);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Sends and receives as far as that goes without waiting.
  Next proceed();

  // From here to reply() the connection is busy, unless handler_timeout passes: it has then been refused, and
  // the reply is to be dropped.
  HttpRequestReader::Request take_request();
  void reply(HttpResponder::Reply reply);
  // The body of a reply that is sent while it is made; "" is its end. Sends as much as goes without waiting.
  // Until the end nobody else may go on with the connection.
  void add_chunk(std::string chunk);
  void refuse(const HttpRefusal& refusal);
  // The deadline has passed. False: nothing polite can be said any more, close it.
  bool refuse_as_too_slow();
  void close();

  std::mutex& mutex() { return mutex_; }
  uint64_t id() const { return id_; }
  int socket() const { return peer_.socket.number(); }
  bool closed() const { return !peer_.socket; }
  bool busy() const { return phase_ == Phase::kHandler; }
  // Closing it now loses nothing: no request has begun, or the answer is out.
  bool expendable() const;

  // The deadline, if nobody will look at the connection by then; the caller promises to.
  std::optional<TimePoint> new_wakeup();
  // The promised look: whether the deadline has passed. Afterwards the promise is kept, ask new_wakeup()
  // again.
  bool overdue(TimePoint wakeup, TimePoint now);

 private:
  enum class Phase { kFresh, kIdle, kHead, kBody, kHandler, kWriting, kClosing };
  enum class Moved { kSome, kBlocked, kOver, kRefused };

  Next proceed_unaccounted();
  Next drain();
  Moved send_output();
  Moved receive();
  Moved stopped_by(ByteStream::Outcome);
  Phase reading_phase() const;
  void enter(Phase phase);
  std::chrono::milliseconds time_for(Phase phase) const;
  void account();

  const uint64_t id_;
  HttpListener::Peer peer_;
  std::unique_ptr<ByteStream> stream_;
  const HttpServerOptions& options_;
  HttpCounters& counters_;
  std::mutex mutex_;

  HttpRequestReader reader_;
  std::string input_;
  std::string output_;
  std::deque<std::string> more_output_;  // after output_
  bool chunk_open_ = false;              // the line break behind the last chunk is missing
  size_t sent_ = 0;                      // of output_
  bool socket_drained_ = false;          // the last receive() took all there was
  Next awaited_ = Next::kRead;  // what the last send_output() or receive() that was blocked waits for
  bool close_after_output_ = false;
  bool has_served_ = false;
  size_t accounted_ = 0;  // this connection's part of counters_.buffered_bytes

  Phase phase_ = Phase::kFresh;
  TimePoint deadline_;
  TimePoint wakeup_ = TimePoint::max();
};

}  // namespace tocsin
