// HttpRequestReader: recognises one request at a time in the bytes of a connection, strictly, and refuses
// what two readers could understand differently. It does no I/O and holds no thread: a request may arrive in
// any number of pieces. What comes after the request stays in the input, so pipelined requests are read one
// after the other. Owned by an HttpConnection.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "app/http_chunk_reader.h"
#include "app/http_message.h"
#include "app/http_refusal.h"

namespace tocsin {

class HttpRequestReader {
 public:
  enum class Progress { kNeedMore, kComplete, kRefused };

  HttpRequestReader(size_t max_header_bytes, size_t max_body_bytes)
      : max_header_bytes_(max_header_bytes), max_body_bytes_(max_body_bytes) {}

  // Goes on with what is at the front of `input`, taking from it what belongs to the current request.
  // kComplete stays until take(), kRefused for ever.
  Progress advance(std::string& input);

  bool in_body() const { return head_done_; }
  size_t bytes_held() const { return query_.body.capacity(); }
  // True once, when the client waits for "100 Continue" before it sends its body.
  bool take_continue();

  // After kComplete: the request, and whether the client wants the connection to stay. Path, params and
  // remote_address are not filled: that is the HttpResponder's work. The reader is then ready for the next
  // request.
  struct Request {
    HttpQuery query;
    bool keep_alive = true;
    bool takes_chunks = true;  // not HTTP/1.0
  };
  Request take();

  // After kRefused.
  const HttpRefusal& refusal() const { return refusal_; }

 private:
  Progress read_head(std::string& input);
  Progress read_body(std::string& input);
  // Where the head's empty line ends, if it is there; refuses a byte that no head may hold as soon as it is
  // seen.
  std::optional<size_t> find_head_end(std::string_view input);
  bool parse_head(std::string_view head);
  bool parse_request_line(std::string_view line);
  bool parse_header_line(std::string_view line);
  bool understand_headers();
  bool understand_length();
  bool understand_expectation();
  bool refuse(int status, HttpRefusalReason reason, std::string message);  // false, to be returned

  size_t max_header_bytes_;
  size_t max_body_bytes_;
  size_t scanned_ = 0;
  bool head_done_ = false;
  bool complete_ = false;
  bool refused_ = false;
  bool old_version_ = false;  // HTTP/1.0
  bool keep_alive_ = true;
  bool wants_continue_ = false;
  size_t length_ = 0;
  std::optional<HttpChunkReader> chunks_;
  HttpQuery query_;
  HttpRefusal refusal_;
};

}  // namespace tocsin
