// A mail server for tests that follows a script: what it offers, what it says to whom, and where it falls
// silent or hangs up; and mails to it.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/outbound.h"
#include "tests/app/loopback_server.h"
#include "tests/app/shell_support.h"

namespace tocsin::test {

struct Script {
  std::string auth = {};  // "PLAIN LOGIN"; empty: not offered
  std::map<std::string, std::string> replies =
      {};  // command line or its verb → another reply; "" hangs, CLOSE hangs up. TEXT: "" reads no message
  const Certificate* implicit_tls = nullptr;  // from the start
  const Certificate* starttls = nullptr;      // offered
  Counter* until = nullptr;      // counts: mails are taken, but the word that they are comes only then
  std::string second_mail = {};  // in one session: what is said to it, or CLOSE; empty: as to the first
};

class SmtpFake {
 public:
  explicit SmtpFake(Script);
  std::string address() const { return server_.address(); }
  int connections() { return server_.connections(); }
  std::vector<std::string> commands();
  bool saw(const std::string& command);
  // Until so many sessions have fallen silent.
  void wait_until_silent(int sessions = 1) { silent_.wait_for(sessions); }
  // To the server while it was silent, until its sessions were over; ends it.
  std::string still_said();
  // In whose name mails came, of each session that had any.
  std::vector<std::set<std::string>> senders();
  std::string message();

 private:
  void talk(Connection&);
  std::string usual(const std::string& verb, bool tls) const;
  bool say(Connection&, const std::string& line, const std::string& verb, std::string reply);
  void keep(const std::string& command);

  Script script_;
  std::mutex mutex_;
  std::vector<std::string> commands_;
  std::map<int, std::set<std::string>> senders_;  // by session
  std::atomic<int> sessions_ = 0;
  Counter silent_;
  std::string still_said_;
  std::string message_;
  LoopbackServer server_;
};

// HOST:PORT
MailRequest mail_to(const std::string& address, std::vector<std::string> recipients = {"you@example.org"});
MailRequest mail_to(const SmtpFake&, std::vector<std::string> recipients = {"you@example.org"});
// Which is given an hour.
MailRequest patient_mail_to(const SmtpFake&);

// To "user" with "pw" or "other", and to "other" with "pw", by AUTH PLAIN.
extern const std::map<std::string, std::string> kWelcome;

bool holds(const std::string& text, const std::string& part);

}  // namespace tocsin::test
