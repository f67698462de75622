// GetLimit: how many GET requests are answered at the same time; those above get a 503, as Alertmanager does.
// Other methods always pass: alerts must come in while dashboards are greedy.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "app/http_message.h"

namespace tocsin {

class GetLimit {
 public:
  explicit GetLimit(std::int64_t limit) : limit_(limit) {}

  HttpAnswer answer(const HttpQuery& query, const HttpHandler& next) {
    if (query.method != "GET") return next(query);
    const Place place(in_flight_);
    if (place.number <= limit_) return next(query);
    ++refused_;
    return {503,
            "text/plain; charset=utf-8",
            "Limit of concurrent GET requests reached (" + std::to_string(limit_) + "), try again later.\n\n",
            {{"X-Content-Type-Options", "nosniff"}}};
  }

  std::int64_t limit() const { return limit_; }
  std::int64_t in_flight() const { return in_flight_; }
  std::int64_t refused() const { return refused_; }

 private:
  struct Place {
    explicit Place(std::atomic<std::int64_t>& taken) : number(++taken), all(taken) {}
    ~Place() { --all; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    const std::int64_t number;
    std::atomic<std::int64_t>& all;
  };

  const std::int64_t limit_;
  std::atomic<std::int64_t> in_flight_{0};
  std::atomic<std::int64_t> refused_{0};
};

}  // namespace tocsin
