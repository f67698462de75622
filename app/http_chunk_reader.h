// HttpChunkReader: takes a chunked body apart as its bytes arrive (RFC 9112, section 7.1), strictly: a size
// is one to eight hex digits, every line ends in CRLF, trailers are read and dropped. It owns no bytes; the
// HttpRequestReader feeds it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "app/http_refusal.h"

namespace tocsin {

class HttpChunkReader {
 public:
  enum class Progress { kNeedMore, kComplete, kRefused };

  HttpChunkReader(size_t max_body_bytes, size_t max_trailer_bytes)
      : max_body_bytes_(max_body_bytes), trailer_bytes_left_(max_trailer_bytes) {}

  // Takes what it understands from the front of `input` and appends chunk data to `body`.
  Progress advance(std::string& input, std::string& body);

  const HttpRefusal& refusal() const { return refusal_; }

 private:
  enum class Part { kSize, kData, kDataEnd, kTrailer, kEnd };
  enum class Step { kDone, kNeedMore, kRefused };

  Step step(std::string_view& rest, std::string& body);
  Step read_size(std::string_view& rest, size_t body_bytes);
  Step read_data(std::string_view& rest, std::string& body);
  Step read_data_end(std::string_view& rest);
  Step read_trailer(std::string_view& rest);
  Step refuse(int status, HttpRefusalReason reason, std::string message);

  size_t max_body_bytes_;
  size_t trailer_bytes_left_;
  Part part_ = Part::kSize;
  size_t left_in_chunk_ = 0;
  HttpRefusal refusal_;
};

}  // namespace tocsin
