// One thread with one libcurl multi handle: carries Exchanges to their end. It waits for libcurl's sockets
// itself, so that what is done costs what has happened, and not what is under way. It knows slots, deadlines
// and waiting lines, and nothing of HTTP or mail. Requests to one place never hold more than their share of
// the slots, so a service that hangs delays only its own. The waiting lines are ours and not libcurl's, whose
// own (CURLMOPT_MAX_HOST_CONNECTIONS) forgets timeouts while waiting.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/file_descriptor.h"
#include "core/outbound.h"

namespace tocsin {

using SteadyTime = std::chrono::steady_clock::time_point;
class CurlLoop;

// One conversation from request to answer, possibly over several transfers (token, redirect, second try). All
// virtuals run on the loop's thread. It answers its caller exactly once: before it returns kDone, or in
// give_up.
class Exchange {
 public:
  enum class Step { kTransfer, kWait, kDone };
  virtual ~Exchange() = default;
  // At the start and after each resume(): what is next. After kTransfer place() says where to.
  virtual Step advance() = 0;
  // Scheme, host and port: the unit of fairness.
  virtual std::string place() const = 0;
  // How many transfers to its place start at once. Where that does not get done what waits, there are more.
  virtual std::size_t fewest_at_once() const { return std::numeric_limits<std::size_t>::max(); }
  // Sets the options of a fresh handle; kDone where that showed that nothing can be sent.
  virtual Step prepare(CURL*) = 0;
  virtual Step ended(CURL*, CURLcode) = 0;
  // Why the transfer under way is given up before its deadline, although libcurl goes on; empty: it is not.
  virtual std::string stalled(SteadyTime) const { return ""; }
  // The deadline passed, it stalled, the loop stops, or it is overloaded.
  virtual void give_up(TransportResult, const std::string& why) = 0;

  SteadyTime deadline() const { return deadline_; }
  std::uint64_t id() const { return id_; }

 protected:
  explicit Exchange(SteadyTime deadline) : deadline_(deadline) {}
  // Within a transfer: whether another exchange waits for its turn at the same place.
  bool somebody_waits() const;
  // In prepare(): for connections on which libcurl wants to say goodbye. When the loop ends, those that are
  // still open are cut instead, because the answer may never come.
  void keep_track_of_socket(CURL*);

 private:
  friend class CurlLoop;
  CurlLoop* loop_ = nullptr;
  SteadyTime deadline_;
  std::uint64_t id_ = 0;
};

class CurlLoop {
 public:
  struct Limits {
    std::size_t transfers = 512;
    std::size_t transfers_per_place = 32;
    std::size_t waiting = 20000;
  };
  explicit CurlLoop(Limits);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // From any thread. After stop() the exchange is given up at once, on the caller's thread.
  void submit(std::unique_ptr<Exchange>);
  // On the loop's thread only: calls advance() of a waiting exchange soon. An id that is gone is fine.
  void resume(std::uint64_t id) { resumed_.push_back(id); }
  // From any thread but the loop's own; gives up whatever is under way.
  void stop();

 private:
  struct Live {
    std::unique_ptr<Exchange> exchange;
    std::string place;
    CURL* handle = nullptr;  // set while a transfer is under way
  };
  friend class Exchange;
  struct Place {
    std::size_t transfers = 0;
    std::size_t most = 0;   // at once
    std::size_t ended = 0;  // since the last look
    bool waited = false;    // somebody did at the last look
    std::deque<std::uint64_t> waiting;
  };

  static int on_socket(CURL*, curl_socket_t, int what, void* self, void*);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr*);
  static int on_close(void* self, curl_socket_t);
  static int on_timer(CURLM*, long milliseconds, void* self);

  void run();
  void wait();
  void act(curl_socket_t, int events);
  void wake() const;
  bool take_submitted();
  void adopt(std::unique_ptr<Exchange>);
  void take_resumed();
  void go_on(std::uint64_t id, Exchange::Step);
  void collect_ended();
  void expire();
  void look();
  void give_up_stalled();
  void widen();
  void give_up(std::uint64_t id, const std::string& why);
  void fill_slots();
  bool start_next(const std::string& place);
  void release_slot(Live&);
  void forget(std::uint64_t id);
  void give_up_all();
  int milliseconds_to_wait() const;

  const Limits limits_;
  FileDescriptor epoll_;  // libcurl's sockets, and:
  FileDescriptor wake_;
  CURLM* multi_ = nullptr;
  std::mutex mutex_;  // guards submitted_ and stopping_
  std::vector<std::unique_ptr<Exchange>> submitted_;
  bool stopping_ = false;
  // From here on: the loop's thread only.
  SteadyTime timer_ = SteadyTime::max();  // when libcurl wants to be called
  SteadyTime next_look_{};                // for what has stalled, and for lines that are long
  bool worked_ = false;                   // since it gave its spare memory back
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Live> live_;
  std::set<std::pair<SteadyTime, std::uint64_t>> deadlines_;
  std::unordered_map<std::string, Place> places_;
  std::set<std::string> hungry_;  // places with somebody waiting
  std::string served_last_;       // so that all places get their turn when slots are scarce
  std::size_t transfers_ = 0;
  std::vector<std::uint64_t> resumed_;
  std::vector<CURL*> idle_handles_;
  std::set<curl_socket_t> tracked_;  // see Exchange::keep_track_of_socket
  std::mutex join_mutex_;
  std::thread::id thread_id_;
  std::thread thread_;  // last: starts when everything above is there
};

}  // namespace tocsin
