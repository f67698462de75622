// The heartbeat desk gives the signs of life that the engine decides on: one request for each target, without
// retries, since the next sign is never far. It tells the log when a target begins to refuse them and when it
// takes them again.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/heartbeat_config.h"
#include "app/transport.h"

namespace tocsin {

// The request for a target; nothing where this sign is not for it. Fails where a secret cannot be read.
Result<std::optional<HttpRequest>> heartbeat_request(
    const HeartbeatTarget&, const HeartbeatSign&, const std::shared_ptr<const HttpConfig>&,
    const std::function<Result<std::string>(const Secret&)>& read_secret);

class HeartbeatDesk {
 public:
  explicit HeartbeatDesk(Transport& transport) : transport_(transport) {}

  // Null: none.
  void configure(std::shared_ptr<const HeartbeatConfig>);
  void take(const HeartbeatSign&);

  // Requests that were taken by their target, and that were not.
  std::uint64_t given() const { return given_; }
  std::uint64_t failed() const { return failed_; }

 private:
  struct Targets {
    std::shared_ptr<const HeartbeatConfig> config;
    std::vector<std::string> errors;  // of the last sign, by target; empty: it was taken
  };
  void note(const std::shared_ptr<Targets>&, std::size_t target, const std::string& error);

  Transport& transport_;
  std::mutex mutex_;
  std::shared_ptr<Targets> targets_;
  std::atomic<std::uint64_t> given_{0};
  std::atomic<std::uint64_t> failed_{0};
};

}  // namespace tocsin
