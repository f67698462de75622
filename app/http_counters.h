// HttpCounters: what the threads of the server count together. Not the metrics themselves:
// HttpServer::counters() reads them out.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "app/http_refusal.h"

namespace tocsin {

struct HttpCounters {
  std::atomic<uint64_t> parked{0};
  std::atomic<uint64_t> accepted{0};
  std::atomic<size_t> buffered_bytes{0};
  std::array<std::atomic<uint64_t>, 6> requests{};  // by the status' first digit
  std::array<std::atomic<uint64_t>, kHttpRefusalNames.size()> refused{};

  void count(HttpRefusalReason reason) { ++refused[static_cast<size_t>(reason)]; }
};

}  // namespace tocsin
