#include "app/http_connection.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace tocsin {
namespace {

constexpr size_t kReceiveBytes = 64 << 10;
// One upload must not keep a thread from the other connections for longer than these bytes take.
constexpr size_t kFairBytes = 1 << 20;
// What an idle connection may keep allocated; ten thousand of them are normal.
constexpr size_t kIdleBytes = 1 << 10;

void release_if_large(std::string& buffer) {
  if (buffer.empty() && buffer.capacity() > kIdleBytes) std::string().swap(buffer);
}

}  // namespace

HttpConnection::HttpConnection(uint64_t id, HttpListener::Peer peer, const HttpServerOptions& options,
                               HttpCounters& counters)
    : id_(id),
      peer_(std::move(peer)),
      options_(options),
      counters_(counters),
      reader_(options.max_header_bytes, options.max_body_bytes),
      deadline_(std::chrono::steady_clock::now() + time_for(Phase::kFresh)) {}

HttpConnection::~HttpConnection() {
  close();
}

void HttpConnection::close() {
  if (closed()) return;
  enter(Phase::kClosing);
  peer_.socket.close();
  counters_.buffered_bytes -= std::exchange(accounted_, 0);
}

HttpConnection::Next HttpConnection::proceed() {
  const Next next = proceed_unaccounted();
  account();
  return next;
}

HttpConnection::Next HttpConnection::proceed_unaccounted() {
  size_t received = 0;
  while (true) {
    switch (send_output()) {
      case Moved::kBlocked:
        return Next::kWrite;
      case Moved::kOver:
        return Next::kClose;
      case Moved::kSome:
        break;
    }
    if (close_after_output_) return drain();
    const HttpRequestReader::Progress progress = reader_.advance(input_);
    account();
    if (progress == HttpRequestReader::Progress::kRefused) {
      refuse(reader_.refusal());
      continue;
    }
    if ((progress == HttpRequestReader::Progress::kComplete || reader_.in_body()) &&
        counters_.buffered_bytes > options_.max_buffered_bytes) {
      refuse({503, HttpRefusalReason::kTooMuchBuffered, "too many large requests at once, try again"});
      continue;
    }
    if (progress == HttpRequestReader::Progress::kComplete) return Next::kAnswer;
    enter(reading_phase());
    if (reader_.take_continue()) {
      output_ = "HTTP/1.1 100 Continue\r\n\r\n";
      continue;
    }
    // Waiting reports at once what has come meanwhile, so asking an empty socket again would only cost a
    // call.
    if (received >= kFairBytes || std::exchange(socket_drained_, false)) return Next::kRead;
    const size_t before = input_.size();
    switch (receive()) {
      case Moved::kBlocked:
        return Next::kRead;
      case Moved::kOver:
        return Next::kClose;
      case Moved::kSome:
        received += input_.size() - before;
        break;
    }
  }
}

// After the last answer, what the client still sends is read and dropped until it closes: closing first would
// reset the connection, and a client that is still sending (a body too large) would lose the answer that says
// why.
HttpConnection::Next HttpConnection::drain() {
  if (phase_ != Phase::kClosing) {
    enter(Phase::kClosing);
    shutdown(socket(), SHUT_WR);
  }
  for (size_t received = 0; received < kFairBytes; received += input_.size()) {
    input_.clear();
    const Moved moved = receive();
    if (moved == Moved::kOver) return Next::kClose;
    if (moved == Moved::kBlocked) break;
  }
  input_.clear();
  return Next::kRead;
}

HttpConnection::Moved HttpConnection::send_output() {
  while (sent_ < output_.size()) {
    const ssize_t sent = send(socket(), output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
    if (sent >= 0) {
      sent_ += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Moved::kBlocked;
    } else if (errno != EINTR) {
      return Moved::kOver;
    }
  }
  output_.clear();
  sent_ = 0;
  return Moved::kSome;
}

HttpConnection::Moved HttpConnection::receive() {
  std::array<char, kReceiveBytes> bytes;
  while (true) {
    const ssize_t received = recv(socket(), bytes.data(), bytes.size(), 0);
    if (received > 0) {
      input_.append(bytes.data(), static_cast<size_t>(received));
      socket_drained_ = static_cast<size_t>(received) < bytes.size();
      return Moved::kSome;
    }
    if (received == 0) return Moved::kOver;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Moved::kBlocked;
    if (errno != EINTR) return Moved::kOver;
  }
}

HttpRequestReader::Request HttpConnection::take_request() {
  enter(Phase::kHandler);
  HttpRequestReader::Request request = reader_.take();
  request.query.remote_address = peer_.address;
  return request;
}

void HttpConnection::reply(HttpResponder::Reply reply) {
  output_ = std::move(reply.bytes);
  close_after_output_ = reply.close;
  has_served_ = true;
  ++counters_.requests[static_cast<size_t>(reply.status / 100)];
  enter(Phase::kWriting);
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
  counters_.count(refusal.reason);
  input_.clear();
  output_ = render(refusal);
  close_after_output_ = true;
  enter(Phase::kWriting);
}

bool HttpConnection::refuse_as_too_slow() {
  if (phase_ != Phase::kHead && phase_ != Phase::kBody) {
    if (phase_ == Phase::kWriting) counters_.count(HttpRefusalReason::kTooSlow);
    return false;
  }
  // A part of "100 Continue" may be stuck; an answer after it would be garbage.
  if (!output_.empty()) return false;
  refuse({408, HttpRefusalReason::kTooSlow, "the request was not complete in time"});
  return true;
}

bool HttpConnection::expendable() const {
  return phase_ == Phase::kFresh || phase_ == Phase::kIdle || phase_ == Phase::kClosing;
}

std::optional<HttpConnection::TimePoint> HttpConnection::new_wakeup() {
  if (deadline_ >= wakeup_) return std::nullopt;
  wakeup_ = deadline_;
  return wakeup_;
}

bool HttpConnection::overdue(TimePoint wakeup, TimePoint now) {
  if (wakeup != wakeup_) return false;  // a later promise that an earlier one replaced
  wakeup_ = TimePoint::max();
  return deadline_ <= now;
}

HttpConnection::Phase HttpConnection::reading_phase() const {
  if (reader_.in_body()) return Phase::kBody;
  if (!input_.empty()) return Phase::kHead;
  return has_served_ ? Phase::kIdle : Phase::kFresh;
}

// A deadline runs from the moment a phase begins; bytes that trickle in do not move it.
void HttpConnection::enter(Phase phase) {
  if (phase == phase_) return;
  if (phase_ == Phase::kIdle) --counters_.parked;
  if (phase == Phase::kIdle) {
    ++counters_.parked;
    release_if_large(input_);
    release_if_large(output_);
  }
  phase_ = phase;
  deadline_ =
      phase == Phase::kHandler ? TimePoint::max() : std::chrono::steady_clock::now() + time_for(phase);
}

std::chrono::milliseconds HttpConnection::time_for(Phase phase) const {
  switch (phase) {
    case Phase::kFresh:
    case Phase::kHead:
      return options_.header_deadline;
    case Phase::kBody:
      return options_.body_deadline;
    case Phase::kWriting:
      return options_.write_deadline;
    case Phase::kClosing:
      return options_.linger;
    case Phase::kIdle:
    case Phase::kHandler:
      break;
  }
  return options_.idle_timeout;
}

void HttpConnection::account() {
  const size_t held = input_.size() + reader_.bytes_held() + (output_.size() - sent_);
  counters_.buffered_bytes += held - accounted_;  // wraps around on purpose when it shrinks
  accounted_ = held;
}

}  // namespace tocsin
