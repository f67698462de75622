// One thread with one libcurl multi handle: carries Exchanges to their end. It waits for libcurl's sockets
// itself, so that what is done costs what has happened, and not what is under way. It knows slots, deadlines
// and waiting lines, and nothing of HTTP. Requests to one place never hold more than their share of
// the slots, so a service that hangs delays only its own. The waiting lines are ours and not libcurl's, whose
// own (CURLMOPT_MAX_HOST_CONNECTIONS) forgets timeouts while waiting.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/curl_options.h"
#include "app/file_descriptor.h"
#include "core/outbound.h"

namespace tocsin {

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

 private:
  friend class CurlLoop;
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
  struct Place {
    std::size_t transfers = 0;
    std::deque<std::uint64_t> waiting;
  };

  static int on_socket(CURL*, curl_socket_t, int what, void* self, void*);
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
  void give_up_stalled();
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
  SteadyTime next_look_{};                // for what has stalled
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
  std::mutex join_mutex_;
  std::thread::id thread_id_;
  std::thread thread_;  // last: starts when everything above is there
};

}  // namespace tocsin
