// One mail session on its way: greeting, TLS, AUTH, envelope, message. Each recipient is judged by itself, so
// that one mailbox that is gone does not silence the others: refused ones are named in the answer's error
// while the status stays 250. A session goes on with the next mail that waits for the same server, and ends
// with the last of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/curl_loop.h"
#include "app/curl_options.h"
#include "app/transport.h"

namespace tocsin {

class MailExchange final : public Exchange {
 public:
  MailExchange(MailRequest, Transport::Done);
  Step advance() override;
  std::string place() const override { return place_; }
  std::size_t fewest_at_once() const override { return 1; }
  Step prepare(CURL*) override;
  Step ended(CURL*, CURLcode) override;
  void give_up(TransportResult, const std::string& why) override;

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
  const SteadyTime started_;
  CurlUrl url_;
  std::string session_, place_;  // whose mails may follow one another in a session
  bool url_read_ = false;
  bool afresh_ = false;  // the session that was to go on had ended
  Mechanism mechanism_ = Mechanism::kNone;
  bool mechanism_chosen_ = true;  // false while the server's order has to tell
  // One transfer's.
  CURL* handle_ = nullptr;
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
