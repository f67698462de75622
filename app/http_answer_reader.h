// Takes one HTTP answer from libcurl, piece by piece and bounded: headers, decompressed body, and when the
// last byte came. What the answer means is HttpExchange's.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "app/curl_loop.h"
#include "core/outbound.h"

namespace tocsin {

class HttpAnswerReader {
 public:
  HttpAnswerReader(std::size_t max_bytes, Duration stall_timeout)
      : max_bytes_(max_bytes), stall_timeout_(stall_timeout) {}
  // Sets the handle's callbacks and forgets what came before. Stays where it is until the transfer has ended.
  void start(CURL*);
  bool too_large() const { return too_large_; }
  // Whether an answer that has begun has fallen silent for too long. Not before its first byte: a query may
  // rightly take long.
  bool stalled(SteadyTime now) const {
    return last_byte_ != SteadyTime{} && now - last_byte_ > stall_timeout_;
  }
  OutboundAnswer& answer() { return answer_; }

 private:
  static std::size_t on_header(char*, std::size_t, std::size_t, void*);
  static std::size_t on_body(char*, std::size_t, std::size_t, void*);
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);

  const std::size_t max_bytes_;  // of the body, after decompression
  const Duration stall_timeout_;
  CURL* handle_ = nullptr;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
  SteadyTime last_byte_{};  // unset before the first
  OutboundAnswer answer_;
};

}  // namespace tocsin
