#include "app/curl_mail_sessions.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "app/spare_memory.h"
#include "core/check.h"

namespace tocsin {
namespace {

constexpr const char* kStopping = "the program is stopping";
constexpr auto kLongestWait = std::chrono::seconds(60);

}  // namespace

MailSessions::MailSessions(Limits limits) : limits_(limits) {
  start_libcurl();
  manager_ = begin_libcurl_thread([this] { manage(); });  // sessions are begun by it
}

MailSessions::~MailSessions() {
  stop();
}

void MailSessions::submit(Mail mail) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      submitted_.push_back(std::move(mail));
      changed_ = true;
      wake_.notify_all();
      return;
    }
  }
  mail->give_up(TransportResult::kClosedEarly, kStopping);
}

void MailSessions::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    // Whoever waits for a server is told that nothing more comes.
    for (const curl_socket_t socket : sockets_) (void)shutdown(socket, SHUT_RDWR);
    wake_.notify_all();
  }
  const std::lock_guard joining(join_mutex_);
  if (manager_.joinable()) manager_.join();
  std::map<std::uint64_t, std::thread> threads;
  std::vector<std::thread> ended;
  {
    const std::lock_guard lock(mutex_);
    threads.swap(threads_);
    ended.swap(ended_);
  }
  for (auto& [session, thread] : threads) thread.join();
  for (std::thread& thread : ended) thread.join();
  // From here on there is no other thread but those that submit, which find that it stops.
  std::vector<Mail> left = std::exchange(submitted_, {});
  for (auto& [place, line] : std::exchange(lines_, {}))
    std::ranges::move(line.waiting, std::back_inserter(left));
  for (const Mail& mail : left) mail->give_up(TransportResult::kClosedEarly, kStopping);
}

void MailSessions::manage() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_ = false;
    std::vector<Mail> fresh = std::exchange(submitted_, {});
    lock.unlock();
    // Whoever cannot be sent is answered here.
    std::erase_if(fresh, [](const Mail& mail) { return mail->begin() == MailExchange::Step::kDone; });
    lock.lock();
    std::vector<GivenUp> given_up = adopt(std::move(fresh));
    expire(given_up);
    look();
    begin_sessions();
    std::vector<std::thread> ended = std::exchange(ended_, {});
    if (given_up.empty() && ended.empty()) {
      wait_for_change(lock);
      continue;
    }
    lock.unlock();
    for (const GivenUp& one : given_up) one.mail->give_up(one.result, one.why);
    for (std::thread& thread : ended) thread.join();
    lock.lock();
  }
}

std::vector<MailSessions::GivenUp> MailSessions::adopt(std::vector<Mail> fresh) {
  std::vector<GivenUp> refused;
  for (Mail& mail : fresh) {
    if (waiting_ >= limits_.waiting) {
      refused.push_back(
          {std::move(mail), TransportResult::kUnreachable, "too many mails are waiting to be sent"});
      continue;
    }
    deadlines_.insert({mail->deadline(), {mail->place(), mail.get()}});
    auto& waiting = lines_[mail->place()].waiting;
    waiting.push_back(std::move(mail));
    ++waiting_;
  }
  return refused;
}

void MailSessions::expire(std::vector<GivenUp>& given_up) {
  const auto now = std::chrono::steady_clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto [place, mail] = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    auto& waiting = lines_.at(place).waiting;
    const auto found = std::ranges::find(waiting, mail, &Mail::get);
    given_up.push_back({std::move(*found), TransportResult::kTimedOut, "no complete answer in time"});
    waiting.erase(found);
    --waiting_;
  }
}

void MailSessions::look() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + limits_.look_interval;
  for (auto& [place, line] : lines_) line.pace.look(line.waiting.size(), limits_.sessions_per_place);
}

// Lines that have no session come first. Half of the sessions are for them alone, so that many slow servers
// leave something to the others.
void MailSessions::begin_sessions() {
  for (const bool only_first : {true, false}) {
    const std::size_t room = only_first ? limits_.sessions : limits_.sessions / 2;
    for (auto line = lines_.begin(); line != lines_.end();) {
      auto& [place, mails] = *line;
      const std::size_t most = only_first ? 1 : std::min(mails.pace.at_once(), limits_.sessions_per_place);
      while (!mails.waiting.empty() && mails.sessions < most && sessions_ < room) {
        if (!begin_session(place, mails)) return;
      }
      line = mails.waiting.empty() && mails.sessions == 0 ? lines_.erase(line) : std::next(line);
    }
  }
}

// False where no thread is to be had: the next look tries again.
bool MailSessions::begin_session(const std::string& place, Line& line) {
  auto first = std::make_shared<Mail>(take_waiting(line));
  const std::uint64_t session = ++last_session_;
  try {
    threads_[session] =
        std::thread([this, session, place, first] { serve(session, place, std::move(*first)); });
  } catch (const std::system_error&) {
    threads_.erase(session);
    put_back(std::move(*first), line);
    return false;
  }
  ++line.sessions;
  ++sessions_;
  worked_ = true;
  return true;
}

MailSessions::Mail MailSessions::take_waiting(Line& line) {
  if (line.waiting.empty()) return nullptr;
  Mail mail = std::move(line.waiting.front());
  line.waiting.pop_front();
  deadlines_.erase({mail->deadline(), {mail->place(), mail.get()}});
  --waiting_;
  return mail;
}

void MailSessions::put_back(Mail mail, Line& line) {
  deadlines_.insert({mail->deadline(), {mail->place(), mail.get()}});
  line.waiting.push_front(std::move(mail));
  ++waiting_;
}

void MailSessions::wait_for_change(std::unique_lock<std::mutex>& lock) {
  const auto now = std::chrono::steady_clock::now();
  const bool quiet = worked_ && sessions_ == 0 && waiting_ == 0;
  auto until = now + (quiet ? Duration(kQuietForSpareMemory) : Duration(kLongestWait));
  if (!deadlines_.empty()) until = std::min(until, deadlines_.begin()->first);
  if (waiting_ > 0) until = std::min(until, next_look_);
  if (wake_.wait_until(lock, until, [this] { return changed_ || stopping_; }) || !quiet) return;
  worked_ = false;
  lock.unlock();
  give_back_spare_memory();  // takes its time
  lock.lock();
}

void MailSessions::serve(std::uint64_t session, const std::string& place, Mail mail) {
  CURL* handle = curl_easy_init();
  TOCSIN_CHECK(handle != nullptr, "libcurl must give a handle");
  while (mail) {
    Mail next;
    carry(handle, *mail, next);
    mail = next_or_end(place, std::move(next));
  }
  // A connection that was kept for a mail which then could not be sent ends here.
  curl_easy_cleanup(handle);
  const std::lock_guard lock(mutex_);
  --sessions_;
  changed_ = true;
  wake_.notify_all();
  const auto own = threads_.find(session);
  if (own == threads_.end()) return;  // it is being joined
  ended_.push_back(std::move(own->second));
  threads_.erase(own);
}

void MailSessions::carry(CURL* handle, MailExchange& mail, Mail& next) {
  if (mail.deadline() <= std::chrono::steady_clock::now())
    return mail.give_up(TransportResult::kTimedOut, "no complete answer in time");
  const auto keep_for_next = [&] {
    if (next) return true;
    const std::lock_guard lock(mutex_);
    next = take_waiting(lines_.at(mail.place()));
    return next != nullptr;
  };
  auto step = MailExchange::Step::kTransfer;
  while (step == MailExchange::Step::kTransfer) {
    curl_easy_reset(handle);  // its connection stays
    if (mail.prepare(handle, keep_for_next) == MailExchange::Step::kDone) return;
    apply_surroundings(handle, mail);
    const CURLcode code = curl_easy_perform(handle);
    if (code != CURLE_OK && stopping()) return mail.give_up(TransportResult::kClosedEarly, kStopping);
    step = mail.ended(handle, code);
  }
}

MailSessions::Mail MailSessions::next_or_end(const std::string& place, Mail next) {
  const std::lock_guard lock(mutex_);
  Line& line = lines_.at(place);
  line.pace.one_ended();
  if (!next && !stopping_) next = take_waiting(line);
  if (!next) --line.sessions;
  return next;
}

bool MailSessions::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

// The deadline, and the ways in which a session is cut short when the program stops.
void MailSessions::apply_surroundings(CURL* handle, const MailExchange& mail) {
  const auto left = mail.deadline() - std::chrono::steady_clock::now();
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(milliseconds, 1)));
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &MailSessions::on_open);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &MailSessions::on_close);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, this);
  // Called once a second at least: for what does not wait for a socket.
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &MailSessions::on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

curl_socket_t MailSessions::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& sessions = *static_cast<MailSessions*>(self);
  const std::lock_guard lock(sessions.mutex_);
  if (sessions.stopping_) return CURL_SOCKET_BAD;
  const curl_socket_t opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened != CURL_SOCKET_BAD) sessions.sockets_.insert(opened);
  return opened;
}

int MailSessions::on_close(void* self, curl_socket_t socket) {
  auto& sessions = *static_cast<MailSessions*>(self);
  const std::lock_guard lock(sessions.mutex_);
  sessions.sockets_.erase(socket);
  return close(socket);
}

int MailSessions::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<MailSessions*>(self)->stopping() ? 1 : 0;
}

}  // namespace tocsin
