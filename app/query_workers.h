// Query workers ask Prometheus servers: each server has workers of its own, so that one that hangs delays
// nobody who asks another. They remember which servers take no POST.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "app/transport.h"
#include "app/worker_pool.h"

namespace tocsin {

class QueryWorkers {
 public:
  enum class Taken { kYes, kLineTooLong, kClosed };

  // So many at once per server.
  QueryWorkers(Transport&, std::size_t per_server);
  ~QueryWorkers();

  // Servers by name. Does it on a worker, unless so many wait already.
  Taken submit(const std::string& server, std::function<void()> task,
               std::size_t longest_line = std::numeric_limits<std::size_t>::max());
  // On a worker: by POST, and by GET where the server at that URL refuses POST.
  OutboundAnswer ask(const std::string& url, const std::function<HttpRequest()>& post,
                     const std::function<HttpRequest()>& get);

  // Whether what is under way counts no more: an answer that a stop cuts off says nothing about its server.
  bool closed();
  // Nothing is taken from here on.
  void close();
  // After the transport has answered what it was given.
  void stop();

 private:
  Transport& transport_;
  const std::size_t per_server_;
  std::mutex mutex_;
  bool closed_ = false;
  std::map<std::string, std::unique_ptr<WorkerPool>> pools_;  // by server name
  std::set<std::string> without_post_;                        // URLs of servers that take no POST
};

}  // namespace tocsin
