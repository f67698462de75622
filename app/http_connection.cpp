#include "app/http_connection.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/duration.h"

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

HttpConnection::HttpConnection(uint64_t id, HttpListener::Peer peer, std::unique_ptr<ByteStream> stream,
                               const HttpServerOptions& options, HttpCounters& counters)
    : id_(id),
      peer_(std::move(peer)),
      stream_(std::move(stream)),
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
  stream_.reset();  // it may say goodbye
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
        return awaited_;
      case Moved::kOver:
        return Next::kClose;
      case Moved::kRefused:
        continue;
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
    if (std::exchange(socket_drained_, false)) return Next::kRead;
    if (received >= kFairBytes) return stream_->holds_bytes() ? Next::kLater : Next::kRead;
    const size_t before = input_.size();
    switch (receive()) {
      case Moved::kBlocked:
        return awaited_;
      case Moved::kOver:
        return Next::kClose;
      case Moved::kRefused:
        break;
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
    stream_->finish_sending();
  }
  for (size_t received = 0; received < kFairBytes; received += input_.size()) {
    input_.clear();
    const Moved moved = receive();
    if (moved == Moved::kOver) return Next::kClose;
    if (moved == Moved::kBlocked) return awaited_;
  }
  input_.clear();
  return stream_->holds_bytes() ? Next::kLater : Next::kRead;
}

HttpConnection::Moved HttpConnection::send_output() {
  while (true) {
    while (sent_ < output_.size()) {
      const ByteStream::Moved moved = stream_->send(std::string_view(output_).substr(sent_));
      if (moved.outcome != ByteStream::Outcome::kMoved) return stopped_by(moved.outcome);
      sent_ += moved.bytes;
    }
    output_.clear();
    sent_ = 0;
    if (more_output_.empty()) return Moved::kSome;
    output_ = std::move(more_output_.front());
    more_output_.pop_front();
  }
}

HttpConnection::Moved HttpConnection::receive() {
  std::array<char, kReceiveBytes> bytes;
  const ByteStream::Moved moved = stream_->receive(bytes.data(), bytes.size());
  if (moved.outcome != ByteStream::Outcome::kMoved) return stopped_by(moved.outcome);
  input_.append(bytes.data(), moved.bytes);
  socket_drained_ = moved.drained;
  return Moved::kSome;
}

HttpConnection::Moved HttpConnection::stopped_by(ByteStream::Outcome outcome) {
  switch (outcome) {
    case ByteStream::Outcome::kWantsRead:
      awaited_ = Next::kRead;
      return Moved::kBlocked;
    case ByteStream::Outcome::kWantsWrite:
      awaited_ = Next::kWrite;
      return Moved::kBlocked;
    case ByteStream::Outcome::kPlainHttp:
      sent_ = 0;
      refuse({400, HttpRefusalReason::kMalformed, "Client sent an HTTP request to an HTTPS server."});
      return Moved::kRefused;
    case ByteStream::Outcome::kMoved:
    case ByteStream::Outcome::kOver:
      break;
  }
  return Moved::kOver;
}

HttpRequestReader::Request HttpConnection::take_request() {
  enter(Phase::kHandler);
  HttpRequestReader::Request request = reader_.take();
  request.query.remote_address = peer_.address;
  return request;
}

void HttpConnection::reply(HttpResponder::Reply reply) {
  output_ = std::move(reply.bytes);
  more_output_.clear();
  if (!reply.rest.empty()) more_output_.push_back(std::move(reply.rest));
  close_after_output_ = reply.close;
  has_served_ = true;
  ++counters_.requests[static_cast<size_t>(reply.status / 100)];
  enter(Phase::kWriting);
}

void HttpConnection::add_chunk(std::string chunk) {
  const char* before = std::exchange(chunk_open_, !chunk.empty()) ? "\r\n" : "";
  more_output_.push_back(fmt::format("{}{:x}\r\n{}", before, chunk.size(), chunk.empty() ? "\r\n" : ""));
  if (!chunk.empty()) more_output_.push_back(std::move(chunk));
  send_output();  // whether that works is seen when the connection goes on
  account();
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
  counters_.count(refusal.reason);
  input_.clear();
  output_ = render(refusal);
  more_output_.clear();
  close_after_output_ = true;
  enter(Phase::kWriting);
}

bool HttpConnection::refuse_as_too_slow() {
  if (phase_ == Phase::kHandler) {
    const std::string limit = format_go_duration(options_.handler_timeout);
    refuse({503, HttpRefusalReason::kTooSlow, "Exceeded configured timeout of " + limit + "."});
    return true;
  }
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
  const bool endless = phase == Phase::kHandler && options_.handler_timeout.count() <= 0;
  deadline_ = endless ? TimePoint::max() : std::chrono::steady_clock::now() + time_for(phase);
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
    case Phase::kHandler:
      return options_.handler_timeout;
    case Phase::kIdle:
      break;
  }
  return options_.idle_timeout;
}

void HttpConnection::account() {
  size_t held = input_.size() + reader_.bytes_held() + (output_.size() - sent_);
  for (const std::string& piece : more_output_) held += piece.size();
  counters_.buffered_bytes += held - accounted_;  // wraps around on purpose when it shrinks
  accounted_ = held;
}

}  // namespace tocsin
