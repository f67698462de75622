#include "app/http_server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/deadline_queue.h"
#include "app/file_descriptor.h"
#include "app/http_connection.h"
#include "app/http_counters.h"
#include "app/http_listener.h"
#include "app/spare_memory.h"
#include "app/worker_pool.h"
#include "core/check.h"

namespace tocsin {
namespace {

// What the epoll set reports besides connections, whose ids start above.
constexpr uint64_t kWake = 0;
constexpr uint64_t kListener = 1;
constexpr uint64_t kFirstConnection = 2;

// Requests that one connection may have pipelined before the others get their turn.
constexpr int kFairRequests = 32;
constexpr int kAcceptedAtOnce = 64;
// Connections over the limit that may hear "503" at the same time; beyond, they are dropped without a word.
constexpr size_t kPoliteRefusals = 128;
// Descriptors for all that is not a connection: the database, logs, outgoing requests.
constexpr size_t kOtherDescriptors = 1024;

// Many systems start a process with 1024 descriptors and allow it far more on request.
void raise_descriptor_limit(size_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections + kOtherDescriptors);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// The threads, and what they share. Every thread waits in the same epoll set; each event is for one of them
// alone (EPOLLONESHOT), so a connection is in one thread's hands until that thread arms it again. Lock order:
// connection, then table.
class HttpServer::Loop {
 public:
  Loop(HttpServerOptions options, HttpHandler handler, HttpListener listener);
  ~Loop() { stop(); }

  void stop();
  HttpServerCounters counters() const;
  const std::string& address() const { return address_; }

 private:
  using Connection = std::shared_ptr<HttpConnection>;

  void work();
  void watch_deadlines();
  void accept_some(HttpResponder& responder);
  void serve(uint64_t id, HttpResponder& responder);
  // Goes on with a connection that the caller has locked until it must wait. Without a responder, requests
  // wait for a thread.
  void settle(HttpConnection& connection, std::unique_lock<std::mutex>& lock, HttpResponder* responder);
  // False: the connection has passed into other hands, and must not be touched.
  bool answer(HttpConnection& connection, std::unique_lock<std::mutex>& lock, HttpResponder& responder);
  bool finish(HttpConnection& connection, std::unique_lock<std::mutex>& lock, HttpResponder& responder,
              HttpRequestReader::Request request);
  bool send_chunks(HttpConnection& connection, std::unique_lock<std::mutex>& lock,
                   const std::function<std::optional<std::string>()>& next_chunk);
  void answer_apart(HttpConnection& connection, HttpRequestReader::Request request);
  void arm(HttpConnection& connection, uint32_t events);
  void close(HttpConnection& connection);
  void close_all_that(bool (*condition)(const HttpConnection&));
  Connection find(uint64_t id) const;
  std::vector<Connection> all() const;
  void control(int operation, int descriptor, uint64_t id, uint32_t events);

  const HttpServerOptions options_;
  const HttpHandler handler_;
  const std::string address_;
  HttpCounters counters_;
  FileDescriptor epoll_;
  FileDescriptor wake_;

  std::mutex listener_mutex_;
  HttpListener listener_;
  uint64_t next_id_ = kFirstConnection;

  mutable std::mutex table_mutex_;
  std::condition_variable table_shrunk_;
  std::unordered_map<uint64_t, Connection> table_;

  DeadlineQueue deadlines_;
  std::atomic<bool> stopping_{false};  // no further request on any connection
  std::atomic<bool> finished_{false};  // threads leave
  std::once_flag stopped_;
  std::vector<std::thread> threads_;
  std::thread deadline_thread_;
  HttpResponder long_responder_;         // of the only thread of the pool below
  std::optional<WorkerPool> long_pool_;  // for requests that take long, where there are any
};

HttpServer::Loop::Loop(HttpServerOptions options, HttpHandler handler, HttpListener listener)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      address_(listener.address()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listener_(std::move(listener)),
      long_responder_(handler_, options_.report_failure) {
  if (options_.takes_long) long_pool_.emplace(1);
  TOCSIN_CHECK(epoll_ && wake_, "a process that can listen has two more descriptors");
  control(EPOLL_CTL_ADD, wake_.number(), kWake, EPOLLIN);
  control(EPOLL_CTL_ADD, listener_.number(), kListener, EPOLLIN | EPOLLONESHOT);
  deadline_thread_ = std::thread([this] { watch_deadlines(); });
  for (size_t i = 0; i < std::max<size_t>(options_.threads, 1); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

void HttpServer::Loop::work() {
  HttpResponder responder(handler_, options_.report_failure);
  bool served = false;  // since it gave its spare memory back
  while (!finished_) {
    epoll_event event{};
    const int count =
        epoll_wait(epoll_.number(), &event, 1, served ? static_cast<int>(kQuietForSpareMemory.count()) : -1);
    TOCSIN_CHECK(count >= 0 || errno == EINTR, "the epoll set is ours until the threads have left");
    served = count > 0;
    if (count == 0) give_back_spare_memory();
    if (count <= 0 || event.data.u64 == kWake) continue;
    if (event.data.u64 == kListener) {
      accept_some(responder);
    } else {
      serve(event.data.u64, responder);
    }
  }
}

void HttpServer::Loop::accept_some(HttpResponder& responder) {
  std::vector<Connection> accepted;
  {
    const std::lock_guard lock(listener_mutex_);
    if (stopping_) return;
    for (int i = 0; i < kAcceptedAtOnce; ++i) {
      auto peer = listener_.accept();
      if (!peer) break;
      ++counters_.accepted;
      const int socket = peer->socket.number();
      auto stream = options_.make_stream ? options_.make_stream(socket) : make_plain_stream(socket);
      auto connection = std::make_shared<HttpConnection>(next_id_++, std::move(*peer), std::move(stream),
                                                         options_, counters_);
      const std::lock_guard table_lock(table_mutex_);
      if (table_.size() >= options_.max_connections) {
        const HttpRefusalReason reason = HttpRefusalReason::kTooManyConnections;
        connection->refuse({503, reason, "too many connections, try again"});
      }
      if (table_.size() >= options_.max_connections + kPoliteRefusals) continue;
      table_.emplace(connection->id(), connection);
      accepted.push_back(std::move(connection));
    }
    control(EPOLL_CTL_MOD, listener_.number(), kListener, EPOLLIN | EPOLLONESHOT);
  }
  for (const Connection& connection : accepted) {
    std::unique_lock lock(connection->mutex());
    if (connection->closed()) continue;
    control(EPOLL_CTL_ADD, connection->socket(), connection->id(), EPOLLONESHOT);
    settle(*connection, lock, &responder);
  }
}

void HttpServer::Loop::serve(uint64_t id, HttpResponder& responder) {
  const Connection connection = find(id);
  if (!connection) return;
  std::unique_lock lock(connection->mutex());
  if (connection->closed() || connection->busy()) return;
  settle(*connection, lock, &responder);
}

void HttpServer::Loop::settle(HttpConnection& connection, std::unique_lock<std::mutex>& lock,
                              HttpResponder* responder) {
  for (int requests = 0;; ++requests) {
    HttpConnection::Next next = connection.proceed();
    if (finished_ || (stopping_ && next == HttpConnection::Next::kRead && connection.expendable())) {
      next = HttpConnection::Next::kClose;
    }
    if (next == HttpConnection::Next::kAnswer && (responder == nullptr || requests == kFairRequests)) {
      next = HttpConnection::Next::kLater;
    }
    switch (next) {
      case HttpConnection::Next::kAnswer:
        if (!answer(connection, lock, *responder)) return;
        continue;
      case HttpConnection::Next::kRead:
        return arm(connection, EPOLLIN);
      case HttpConnection::Next::kWrite:
        return arm(connection, EPOLLOUT);
      case HttpConnection::Next::kLater:
        return arm(connection, EPOLLIN | EPOLLOUT);
      case HttpConnection::Next::kClose:
        return close(connection);
    }
  }
}

// The handler runs without the lock; `busy` keeps every other thread's hands off meanwhile.
bool HttpServer::Loop::answer(HttpConnection& connection, std::unique_lock<std::mutex>& lock,
                              HttpResponder& responder) {
  HttpRequestReader::Request request = connection.take_request();
  if (const auto wakeup = connection.new_wakeup()) deadlines_.add(*wakeup, connection.id());
  if (!long_pool_ || !options_.takes_long(request.query)) {
    return finish(connection, lock, responder, std::move(request));
  }
  if (long_pool_->waiting() >= options_.max_long_requests) {
    connection.refuse({503, HttpRefusalReason::kTooManyWaiting, "too many logins at once, try again"});
    return true;
  }
  answer_apart(connection, std::move(request));
  return false;
}

bool HttpServer::Loop::finish(HttpConnection& connection, std::unique_lock<std::mutex>& lock,
                              HttpResponder& responder, HttpRequestReader::Request request) {
  lock.unlock();
  HttpResponder::Reply reply = responder.answer(std::move(request), stopping_);
  lock.lock();
  if (!connection.busy()) return false;  // refused meanwhile: the handler took too long
  const auto next_chunk = std::move(reply.next_chunk);
  connection.reply(std::move(reply));
  return !next_chunk || send_chunks(connection, lock, next_chunk);
}

// The body is made without the lock; meanwhile the connection may be found too slow and closed.
bool HttpServer::Loop::send_chunks(HttpConnection& connection, std::unique_lock<std::mutex>& lock,
                                   const std::function<std::optional<std::string>()>& next_chunk) {
  while (true) {
    lock.unlock();
    std::optional<std::string> chunk = next_chunk();
    lock.lock();
    if (connection.closed()) return false;
    if (!chunk) {
      close(connection);
      return false;
    }
    const bool last = chunk->empty();
    connection.add_chunk(std::move(*chunk));
    if (last) return true;
  }
}

void HttpServer::Loop::answer_apart(HttpConnection& connection, HttpRequestReader::Request request) {
  const auto shared = std::make_shared<HttpRequestReader::Request>(std::move(request));
  long_pool_->submit([this, id = connection.id(), shared] {
    const Connection owner = find(id);
    if (!owner) return;
    std::unique_lock lock(owner->mutex());
    if (!owner->busy()) return;  // its time is over
    if (finish(*owner, lock, long_responder_, std::move(*shared))) settle(*owner, lock, nullptr);
  });
}

void HttpServer::Loop::arm(HttpConnection& connection, uint32_t events) {
  if (const auto wakeup = connection.new_wakeup()) deadlines_.add(*wakeup, connection.id());
  control(EPOLL_CTL_MOD, connection.socket(), connection.id(), events | EPOLLONESHOT);
}

void HttpServer::Loop::watch_deadlines() {
  while (const auto wakeup = deadlines_.wait()) {
    const Connection connection = find(wakeup->second);
    if (!connection) continue;
    std::unique_lock lock(connection->mutex());
    if (connection->closed()) continue;
    if (!connection->overdue(wakeup->first, std::chrono::steady_clock::now())) {
      if (const auto next = connection->new_wakeup()) deadlines_.add(*next, connection->id());
    } else if (connection->refuse_as_too_slow()) {
      settle(*connection, lock, nullptr);
    } else {
      close(*connection);
    }
  }
}

void HttpServer::Loop::close(HttpConnection& connection) {
  // The table first: who sees the socket closed may count on the place being free.
  {
    const std::lock_guard lock(table_mutex_);
    table_.erase(connection.id());
  }
  connection.close();
  table_shrunk_.notify_all();
}

void HttpServer::Loop::close_all_that(bool (*condition)(const HttpConnection&)) {
  for (const Connection& connection : all()) {
    const std::lock_guard lock(connection->mutex());
    if (!connection->closed() && !connection->busy() && condition(*connection)) close(*connection);
  }
}

void HttpServer::Loop::stop() {
  std::call_once(stopped_, [this] {
    {
      const std::lock_guard lock(listener_mutex_);
      stopping_ = true;
      listener_.close();
    }
    close_all_that([](const HttpConnection& connection) { return connection.expendable(); });
    {
      std::unique_lock lock(table_mutex_);
      table_shrunk_.wait_for(lock, options_.stop_grace, [this] { return table_.empty(); });
    }
    finished_ = true;
    TOCSIN_CHECK(eventfd_write(wake_.number(), 1) == 0, "the counter of an eventfd starts at 0");
    for (std::thread& thread : threads_) thread.join();
    if (long_pool_) long_pool_->stop();
    deadlines_.close();
    deadline_thread_.join();
    close_all_that([](const HttpConnection&) { return true; });
  });
}

HttpServerCounters HttpServer::Loop::counters() const {
  HttpServerCounters snapshot;
  {
    const std::lock_guard lock(table_mutex_);
    snapshot.connections_open = table_.size();
  }
  snapshot.connections_parked = counters_.parked;
  snapshot.connections_accepted = counters_.accepted;
  for (int status_class = 2; status_class <= 5; ++status_class) {
    snapshot.requests[status_class] = counters_.requests[static_cast<size_t>(status_class)];
  }
  for (size_t i = 0; i < kHttpRefusalNames.size(); ++i) {
    snapshot.refused[kHttpRefusalNames[i]] = counters_.refused[i];
  }
  return snapshot;
}

HttpServer::Loop::Connection HttpServer::Loop::find(uint64_t id) const {
  const std::lock_guard lock(table_mutex_);
  const auto found = table_.find(id);
  return found == table_.end() ? nullptr : found->second;
}

std::vector<HttpServer::Loop::Connection> HttpServer::Loop::all() const {
  const std::lock_guard lock(table_mutex_);
  std::vector<Connection> connections;
  connections.reserve(table_.size());
  for (const auto& [id, connection] : table_) connections.push_back(connection);
  return connections;
}

void HttpServer::Loop::control(int operation, int descriptor, uint64_t id, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  TOCSIN_CHECK(epoll_ctl(epoll_.number(), operation, descriptor, &event) == 0,
               "the descriptor is open and ours");
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(HttpServerOptions options, HttpHandler handler) {
  raise_descriptor_limit(options.max_connections);
  auto listener =
      options.descriptor >= 0 ? HttpListener::adopt(options.descriptor) : HttpListener::open(options.address);
  if (!listener) return tl::unexpected(listener.error());
  auto loop = std::make_unique<Loop>(std::move(options), std::move(handler), std::move(*listener));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(loop)));
}

HttpServer::HttpServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
HttpServer::~HttpServer() = default;

const std::string& HttpServer::address() const {
  return loop_->address();
}
HttpServerCounters HttpServer::counters() const {
  return loop_->counters();
}
void HttpServer::stop() {
  loop_->stop();
}

HttpServerCounters& HttpServerCounters::operator+=(const HttpServerCounters& other) {
  connections_open += other.connections_open;
  connections_parked += other.connections_parked;
  connections_accepted += other.connections_accepted;
  for (const auto& [status, count] : other.requests) requests[status] += count;
  for (const auto& [reason, count] : other.refused) refused[reason] += count;
  return *this;
}

}  // namespace tocsin
