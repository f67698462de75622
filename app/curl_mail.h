// One mail session on its way: greeting, TLS, AUTH, envelope, message. Each recipient is judged by itself, so
// that one mailbox that is gone does not silence the others: refused ones are named in the answer's error
// while the status stays 250. A session goes on with the next mail that waits for the same server, and ends
// with the last of them. It answers its caller exactly once: before it returns kDone, or in give_up. Who
// calls it, and in which thread, is MailSessions'.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/curl_options.h"
#include "app/transport.h"

namespace tocsin {

class MailExchange {
 public:
  enum class Step { kTransfer, kDone };
  MailExchange(MailRequest, Transport::Done);
  // First of all: whether there is a mail that can be sent. After kTransfer place() says where to.
  Step begin();
  // Server, user and security: whose mails may follow one another in a session.
  const std::string& place() const { return place_; }
  SteadyTime deadline() const { return deadline_; }
  // Sets the options of a fresh handle; kDone where that showed that nothing can be sent. `keep_for_next` is
  // asked once the mail is through, within the transfer: whether the connection has another mail to carry.
  Step prepare(CURL*, std::function<bool()> keep_for_next);
  Step ended(CURL*, CURLcode);
  // The deadline passed, the program stops, or too much waits.
  void give_up(TransportResult, const std::string& why);

 private:
  enum class Stage { kGreeting, kHello, kStartTls, kAuth, kSender, kRecipient, kMessage, kOther };
  enum class Mechanism { kNone, kCramMd5, kPassword, kToken };

  Result<void> check_request();
  Result<void> apply_all(CURL*);
  void apply_reuse(CURL*);
  Result<void> apply_login(CURL*);
  bool may_send_plain() const;
  Mechanism first_usable(std::string_view offered) const;

  static int on_debug(CURL*, curl_infotype, char*, std::size_t, void*);
  static std::size_t on_reply(char*, std::size_t, std::size_t, void*);
  static std::size_t on_read(char*, std::size_t, std::size_t, void*);
  void take_command(CURL*, std::string_view line);
  bool take_reply(std::string_view line);
  std::string refused_recipients() const;
  std::string stage_words() const;
  std::string session_name() const;
  bool may_try_afresh(CURL*) const;
  Step finish(TransportResult, int status, std::string words);

  MailRequest request_;
  Transport::Done done_;
  const SteadyTime started_, deadline_;
  CurlUrl url_;
  std::string session_, place_;
  bool url_read_ = false;
  bool afresh_ = false;  // the session that was to go on had ended
  Mechanism mechanism_ = Mechanism::kNone;
  bool mechanism_chosen_ = true;  // false while the server's order has to tell
  // One transfer's.
  CURL* handle_ = nullptr;
  std::function<bool()> keep_for_next_;
  struct Refusal {
    std::string recipient;
    int code;
    std::string text;
  };
  CurlList recipients_, connect_to_;
  std::size_t sent_ = 0;
  Stage stage_ = Stage::kGreeting;
  std::size_t recipient_ = 0;  // commands sent so far
  std::vector<Refusal> refusals_;
  bool greeted_ = false;  // there was an EHLO: the session is new
  bool tls_started_ = false;
  bool other_mechanism_ = false;
  bool quitting_ = false;  // nothing after that matters
  int code_ = 0;           // of the last whole reply to the last command; 0: none yet
  std::string text_, text_so_far_;
  char detail_[CURL_ERROR_SIZE] = "";
};

}  // namespace tocsin
