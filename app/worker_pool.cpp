#include "app/worker_pool.h"

#include "app/spare_memory.h"

namespace tocsin {

WorkerPool::WorkerPool(std::size_t threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  stop();
}

void WorkerPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    tasks_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::work() {
  const auto has_work = [this] { return stopping_ || !tasks_.empty(); };
  bool worked = false;  // since it gave its spare memory back
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      if (worked && !wake_.wait_for(lock, kQuietForSpareMemory, has_work)) {
        lock.unlock();
        give_back_spare_memory();
        worked = false;
        lock.lock();
      }
      wake_.wait(lock, has_work);
      if (stopping_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
    worked = true;
  }
}

}  // namespace tocsin
