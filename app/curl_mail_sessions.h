// Carries mails to their servers: a line of mails for each server and login, and sessions that work it off,
// one after the other over one connection. Each session has a thread of its own, because libcurl waits within
// its calls for a server's word on a mail, and for its goodbye: a server that thinks for long, or says
// nothing at all, delays only what waits for itself. What SMTP is about is MailExchange's.
#pragma once

#include <curl/curl.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/curl_mail.h"
#include "app/line_pace.h"
#include "core/time.h"

namespace tocsin {

class MailSessions {
 public:
  struct Limits {
    std::size_t sessions = 128;
    std::size_t sessions_per_place = 32;
    std::size_t waiting = 20000;
    Duration look_interval = std::chrono::seconds(1);  // for lines that are long
  };
  explicit MailSessions(Limits);
  ~MailSessions();
  MailSessions(const MailSessions&) = delete;
  MailSessions& operator=(const MailSessions&) = delete;

  // From any thread. After stop() the mail is given up at once, on the caller's thread.
  void submit(std::unique_ptr<MailExchange>);
  // Cuts what is under way and gives it up. Not from within an answer.
  void stop();

 private:
  using Mail = std::unique_ptr<MailExchange>;
  struct Line {
    std::deque<Mail> waiting;
    std::size_t sessions = 0;
    LinePace pace;
  };
  struct GivenUp {
    Mail mail;
    TransportResult result;
    std::string why;
  };

  // The manager's thread: it begins sessions, and answers for whoever waits too long.
  void manage();
  std::vector<GivenUp> adopt(std::vector<Mail> fresh);
  void expire(std::vector<GivenUp>&);
  void look();
  void begin_sessions();
  bool begin_session(const std::string& place, Line&);
  Mail take_waiting(Line&);  // null: nobody waits
  void put_back(Mail, Line&);
  void wait_for_change(std::unique_lock<std::mutex>&);

  // A session's thread.
  void serve(std::uint64_t session, const std::string& place, Mail first);
  // `next`: who is to have the connection then.
  void carry(CURL*, MailExchange&, Mail& next);
  Mail next_or_end(const std::string& place, Mail next);  // null: the session is over
  bool stopping();
  void apply_surroundings(CURL*, const MailExchange&);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr*);
  static int on_close(void* self, curl_socket_t);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const Limits limits_;
  std::mutex mutex_;  // guards all of these
  std::condition_variable wake_;
  bool changed_ = false;  // something for the manager
  bool stopping_ = false;
  bool worked_ = false;  // since spare memory was given back
  std::vector<Mail> submitted_;
  std::map<std::string, Line> lines_;
  std::size_t waiting_ = 0;                                                                 // in all lines
  std::set<std::pair<SteadyTime, std::pair<std::string, const MailExchange*>>> deadlines_;  // of who waits
  SteadyTime next_look_{};
  std::uint64_t last_session_ = 0;
  std::size_t sessions_ = 0;
  std::map<std::uint64_t, std::thread> threads_;
  std::vector<std::thread> ended_;  // to be joined
  std::set<curl_socket_t> sockets_;
  std::mutex join_mutex_;
  std::thread manager_;  // last: starts when everything above is there
};

}  // namespace tocsin
