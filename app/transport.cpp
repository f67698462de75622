#include "app/transport.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace tocsin {

OutboundAnswer Transport::perform(OutboundRequest request) {
  // Shared with the callback: it may still be inside notify_one when the waiting side has already gone on.
  struct Waiting {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<OutboundAnswer> answer;
  };
  auto waiting = std::make_shared<Waiting>();
  send(std::move(request), [waiting](OutboundAnswer answer) {
    const std::lock_guard lock(waiting->mutex);
    waiting->answer = std::move(answer);
    waiting->arrived.notify_one();
  });
  std::unique_lock lock(waiting->mutex);
  waiting->arrived.wait(lock, [&] { return waiting->answer.has_value(); });
  return std::move(*waiting->answer);
}

}  // namespace tocsin
