#include "app/curl_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "app/spare_memory.h"
#include "core/check.h"

namespace tocsin {
namespace {

constexpr std::size_t kIdleHandles = 64;
constexpr auto kLookInterval = std::chrono::seconds(1);

}  // namespace

CurlLoop::CurlLoop(Limits limits)
    : limits_(limits), epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  start_libcurl();
  multi_ = curl_multi_init();
  TOCSIN_CHECK(multi_ != nullptr, "libcurl must give a multi handle");
  epoll_event waking{};
  waking.events = EPOLLIN;
  waking.data.fd = wake_.number();
  TOCSIN_CHECK(epoll_ && wake_ && epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, wake_.number(), &waking) == 0,
               "a process that starts has two more descriptors");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(limits_.transfers));
  thread_ = begin_libcurl_thread([this] { run(); });
  thread_id_ = thread_.get_id();
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
      // Inside the lock: the descriptor lives at least until stop() has passed here.
      if (first) wake();
      return;
    }
  }
  exchange->give_up(TransportResult::kClosedEarly, "the program is stopping");
}

void CurlLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake();
  }
  TOCSIN_CHECK(std::this_thread::get_id() != thread_id_,
               "the transport cannot be stopped from its own thread");
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void CurlLoop::run() {
  while (take_submitted()) {
    take_resumed();
    fill_slots();
    wait();
    collect_ended();
    expire();
    give_up_stalled();
  }
  give_up_all();
}

void CurlLoop::wake() const {
  // It fails only where the counter is full of wake-ups already.
  (void)eventfd_write(wake_.number(), 1);
}

// Which of its sockets libcurl wants to hear of.
int CurlLoop::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  const int epoll = static_cast<CurlLoop*>(self)->epoll_.number();
  if (what == CURL_POLL_REMOVE) {
    (void)epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event wanted{};
  if ((what & CURL_POLL_IN) != 0) wanted.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) wanted.events |= EPOLLOUT;
  wanted.data.fd = socket;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &wanted) == 0) return 0;
  return errno == EEXIST && epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &wanted) == 0 ? 0 : -1;
}

int CurlLoop::on_timer(CURLM*, long milliseconds, void* self) {
  auto& loop = *static_cast<CurlLoop*>(self);
  loop.timer_ = milliseconds < 0 ? SteadyTime::max()
                                 : std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

// Until something happens, and then lets libcurl do what follows from it.
void CurlLoop::wait() {
  std::array<epoll_event, 64> happened;
  int milliseconds = milliseconds_to_wait();
  const bool may_be_quiet = worked_ && milliseconds > kQuietForSpareMemory.count();
  if (may_be_quiet) milliseconds = static_cast<int>(kQuietForSpareMemory.count());
  const int count =
      epoll_wait(epoll_.number(), happened.data(), static_cast<int>(happened.size()), milliseconds);
  if (count > 0) worked_ = true;
  if (count == 0 && may_be_quiet) {
    give_back_spare_memory();
    worked_ = false;
  }
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = happened.at(static_cast<std::size_t>(i));
    if (event.data.fd == wake_.number()) {
      eventfd_t ignored = 0;
      (void)eventfd_read(wake_.number(), &ignored);
      continue;
    }
    // What is broken is read from and written to, which tells why.
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    int events = 0;
    if (broken || (event.events & EPOLLIN) != 0) events |= CURL_CSELECT_IN;
    if (broken || (event.events & EPOLLOUT) != 0) events |= CURL_CSELECT_OUT;
    act(event.data.fd, events);
  }
  if (timer_ > std::chrono::steady_clock::now()) return;
  timer_ = SteadyTime::max();  // libcurl sets it anew
  act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlLoop::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
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
    give_up(deadlines_.begin()->second, "no complete answer in time");
  }
}

void CurlLoop::give_up_stalled() {
  const auto now = std::chrono::steady_clock::now();
  if (transfers_ == 0 || now < next_look_) return;
  next_look_ = now + kLookInterval;
  std::vector<std::pair<std::uint64_t, std::string>> stalled;
  for (const auto& [id, live] : live_) {
    if (live.handle == nullptr) continue;
    if (std::string why = live.exchange->stalled(now); !why.empty()) stalled.emplace_back(id, std::move(why));
  }
  for (const auto& [id, why] : stalled) give_up(id, why);
}

void CurlLoop::give_up(std::uint64_t id, const std::string& why) {
  Live& live = live_.at(id);
  release_slot(live);
  live.exchange->give_up(TransportResult::kTimedOut, why);
  forget(id);
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

int CurlLoop::milliseconds_to_wait() const {
  constexpr std::int64_t kLongest = 60'000;
  if (!resumed_.empty()) return 0;
  SteadyTime until = timer_;
  if (!deadlines_.empty()) until = std::min(until, deadlines_.begin()->first);
  if (transfers_ > 0) until = std::min(until, next_look_);
  const auto now = std::chrono::steady_clock::now();
  if (until >= now + std::chrono::milliseconds(kLongest)) return kLongest;
  const auto left = until - now;
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, kLongest));
}

}  // namespace tocsin
