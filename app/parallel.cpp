#include "app/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <mutex>
#include <thread>

#include "app/worker_pool.h"

namespace tocsin {
namespace {

// More do not pay where the work is to read files.
constexpr std::size_t kMostThreads = 16;

}  // namespace

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  in_parallel(count, std::min<std::size_t>(std::thread::hardware_concurrency(), kMostThreads), work);
}

void in_parallel(std::size_t count, std::size_t at_once, const std::function<void(std::size_t)>& work) {
  const std::size_t threads = std::max<std::size_t>(std::min(at_once, count), 1);
  std::atomic<std::size_t> next = 0;
  std::exception_ptr thrown;
  std::mutex mutex;
  const auto take = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  if (threads == 1) {
    take();
  } else {
    WorkerPool pool(threads - 1);
    std::latch done(static_cast<std::ptrdiff_t>(threads - 1));
    for (std::size_t i = 1; i < threads; ++i) {
      pool.submit([&] {
        take();
        done.count_down();
      });
    }
    take();
    done.wait();
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace tocsin
