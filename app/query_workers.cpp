#include "app/query_workers.h"

#include <utility>

#include "evaluator/prometheus_client.h"

namespace tocsin {

QueryWorkers::QueryWorkers(Transport& transport, std::size_t per_server)
    : transport_(transport), per_server_(per_server) {}

QueryWorkers::~QueryWorkers() {
  stop();
}

QueryWorkers::Taken QueryWorkers::submit(const std::string& server, std::function<void()> task,
                                         std::size_t longest_line) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Taken::kClosed;
  auto& pool = pools_[server];
  if (!pool) pool = std::make_unique<WorkerPool>(per_server_);
  if (pool->waiting() >= longest_line) return Taken::kLineTooLong;
  pool->submit(std::move(task));
  return Taken::kYes;
}

OutboundAnswer QueryWorkers::ask(const std::string& url, const std::function<HttpRequest()>& post,
                                 const std::function<HttpRequest()>& get) {
  bool takes_post = true;
  {
    const std::lock_guard lock(mutex_);
    takes_post = !without_post_.contains(url);
  }
  if (takes_post) {
    OutboundAnswer answer = transport_.perform(post());
    if (!refuses_post(answer)) return answer;
    const std::lock_guard lock(mutex_);
    without_post_.insert(url);
  }
  return transport_.perform(get());
}

bool QueryWorkers::closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void QueryWorkers::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void QueryWorkers::stop() {
  close();
  std::map<std::string, std::unique_ptr<WorkerPool>> pools;
  {
    const std::lock_guard lock(mutex_);
    pools.swap(pools_);
  }
  for (auto& [name, pool] : pools) pool->stop();
}

}  // namespace tocsin
