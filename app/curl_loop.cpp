#include "app/curl_loop.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>

#include "core/check.h"

namespace tocsin {
namespace {

constexpr std::size_t kIdleHandles = 64;

void initialise_library() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  TOCSIN_CHECK(result == CURLE_OK, "libcurl must start");
}

}  // namespace

CurlLoop::CurlLoop(Limits limits) : limits_(limits) {
  initialise_library();
  multi_ = curl_multi_init();
  TOCSIN_CHECK(multi_ != nullptr, "libcurl must give a multi handle");
  // Without its pipe for wake-ups (no descriptors left) each request would wait for the next timer.
  TOCSIN_CHECK(curl_multi_wakeup(multi_) == CURLM_OK, "libcurl must be able to wake its thread");
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(limits_.transfers));
  // The thread inherits a mask without signals: they are main's, and a SIGPIPE out of the TLS library must
  // not end the program.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  thread_id_ = thread_.get_id();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

CurlLoop::~CurlLoop() {
  stop();
  for (CURL* handle : idle_handles_) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi_);
}

void CurlLoop::submit(std::unique_ptr<Exchange> exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      // Whoever found the line empty has woken the loop, which takes the whole line at once.
      const bool first = submitted_.empty();
      submitted_.push_back(std::move(exchange));
      // Inside the lock: the multi handle lives at least until stop() has passed here.
      if (first) curl_multi_wakeup(multi_);
      return;
    }
  }
  exchange->give_up(TransportResult::kClosedEarly, "the program is stopping");
}

void CurlLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    curl_multi_wakeup(multi_);
  }
  TOCSIN_CHECK(std::this_thread::get_id() != thread_id_,
               "the transport cannot be stopped from its own thread");
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void CurlLoop::run() {
  while (take_submitted()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    collect_ended();
    expire();
    take_resumed();
    fill_slots();
    curl_multi_poll(multi_, nullptr, 0, milliseconds_to_wait(), nullptr);
  }
  give_up_all();
}

// False when it is time to stop.
bool CurlLoop::take_submitted() {
  std::vector<std::unique_ptr<Exchange>> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(submitted_);
    if (stopping_) {
      submitted_.swap(fresh);
      return false;
    }
  }
  for (auto& exchange : fresh) adopt(std::move(exchange));
  return true;
}

void CurlLoop::adopt(std::unique_ptr<Exchange> exchange) {
  if (live_.size() - transfers_ >= limits_.waiting) {
    exchange->give_up(TransportResult::kUnreachable, "too many requests are waiting to be sent");
    return;
  }
  Exchange& adopted = *exchange;
  const auto id = ++last_id_;
  adopted.id_ = id;
  deadlines_.emplace(adopted.deadline(), id);
  live_[id].exchange = std::move(exchange);
  go_on(id, adopted.advance());
}

void CurlLoop::take_resumed() {
  while (!resumed_.empty()) {
    const auto resumed = std::exchange(resumed_, {});
    for (const auto id : resumed) {
      const auto found = live_.find(id);
      if (found != live_.end()) go_on(id, found->second.exchange->advance());
    }
  }
}

void CurlLoop::go_on(std::uint64_t id, Exchange::Step step) {
  switch (step) {
    case Exchange::Step::kDone:
      forget(id);
      return;
    case Exchange::Step::kWait:
      return;
    case Exchange::Step::kTransfer: {
      Live& live = live_.at(id);
      live.place = live.exchange->place();
      places_[live.place].waiting.push_back(id);
      hungry_.insert(live.place);
      return;
    }
  }
}

void CurlLoop::collect_ended() {
  std::vector<std::pair<CURL*, CURLcode>> ended;
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) ended.emplace_back(message->easy_handle, message->data.result);
  }
  for (const auto& [handle, code] : ended) {
    Exchange* exchange = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &exchange);
    const auto id = exchange->id();
    const auto step = exchange->ended(handle, code);
    release_slot(live_.at(id));
    go_on(id, step);
  }
}

void CurlLoop::expire() {
  const auto now = std::chrono::steady_clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto id = deadlines_.begin()->second;
    Live& live = live_.at(id);
    release_slot(live);
    live.exchange->give_up(TransportResult::kTimedOut, "no complete answer in time");
    forget(id);
  }
}

// One transfer for each hungry place in turn, until the slots or the takers are used up.
void CurlLoop::fill_slots() {
  bool progress = true;
  while (progress && transfers_ < limits_.transfers && !hungry_.empty()) {
    progress = false;
    std::vector<std::string> turn(hungry_.upper_bound(served_last_), hungry_.end());
    turn.insert(turn.end(), hungry_.begin(), hungry_.upper_bound(served_last_));
    for (const auto& place : turn) {
      if (transfers_ >= limits_.transfers) break;
      if (!start_next(place)) continue;
      served_last_ = place;
      progress = true;
    }
  }
}

bool CurlLoop::start_next(const std::string& name) {
  Place& place = places_.at(name);
  while (!place.waiting.empty() && place.transfers < limits_.transfers_per_place) {
    const auto id = place.waiting.front();
    place.waiting.pop_front();
    const auto found = live_.find(id);
    if (found == live_.end()) continue;  // its deadline passed while it waited
    Live& live = found->second;
    CURL* handle = idle_handles_.empty() ? curl_easy_init() : idle_handles_.back();
    TOCSIN_CHECK(handle != nullptr, "libcurl must give a handle");
    if (!idle_handles_.empty()) idle_handles_.pop_back();
    live.handle = handle;
    ++place.transfers;
    ++transfers_;
    const auto step = live.exchange->prepare(handle);
    if (step == Exchange::Step::kTransfer) {
      curl_easy_setopt(handle, CURLOPT_PRIVATE, live.exchange.get());
      const CURLMcode added = curl_multi_add_handle(multi_, handle);
      TOCSIN_CHECK(added == CURLM_OK, "libcurl must take the transfer");
      if (place.waiting.empty()) hungry_.erase(name);
      return true;
    }
    release_slot(live);
    go_on(id, step);
  }
  if (place.waiting.empty()) {
    hungry_.erase(name);
    if (place.transfers == 0) places_.erase(name);
  }
  return false;
}

void CurlLoop::release_slot(Live& live) {
  if (live.handle == nullptr) return;
  curl_multi_remove_handle(multi_, live.handle);
  if (idle_handles_.size() < kIdleHandles) {
    curl_easy_reset(live.handle);
    idle_handles_.push_back(live.handle);
  } else {
    curl_easy_cleanup(live.handle);
  }
  live.handle = nullptr;
  --transfers_;
  const auto place = places_.find(live.place);
  if (--place->second.transfers == 0 && !hungry_.contains(live.place)) places_.erase(place);
}

void CurlLoop::forget(std::uint64_t id) {
  const auto found = live_.find(id);
  deadlines_.erase({found->second.exchange->deadline(), id});
  live_.erase(found);
}

void CurlLoop::give_up_all() {
  for (auto& [id, live] : live_) {
    release_slot(live);
    live.exchange->give_up(TransportResult::kClosedEarly, "the program is stopping");
  }
  live_.clear();
  std::vector<std::unique_ptr<Exchange>> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(submitted_);
  }
  for (auto& exchange : fresh) exchange->give_up(TransportResult::kClosedEarly, "the program is stopping");
}

// libcurl shortens it to its own next timer.
int CurlLoop::milliseconds_to_wait() const {
  constexpr std::int64_t kLongest = 60'000;
  if (!resumed_.empty()) return 0;
  if (deadlines_.empty()) return kLongest;
  const auto left = deadlines_.begin()->first - std::chrono::steady_clock::now();
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, kLongest));
}

}  // namespace tocsin
