// One HTTP request on its way: credentials, proxy, TLS, redirects and the bounded answer. Redirects are
// followed here and not by libcurl, so that it is decided in one place what another host may see: nothing
// that this host was trusted with.
#pragma once

#include <memory>
#include <string>

#include "app/curl_loop.h"
#include "app/curl_options.h"
#include "app/http_answer_reader.h"
#include "app/oauth2_tokens.h"
#include "app/proxy_choice.h"
#include "app/transport.h"

namespace tocsin {

// What all requests of a transport share.
struct HttpSurroundings {
  std::string user_agent;
  Duration stall_timeout{};
  Environment environment;
  OAuth2Tokens* tokens = nullptr;
  CurlUrls* urls = nullptr;  // of the loop's thread
};

class HttpExchange final : public Exchange {
 public:
  HttpExchange(HttpRequest, Transport::Done, std::shared_ptr<const HttpSurroundings>);
  Step advance() override;
  std::string place() const override { return url_->place(); }
  Step prepare(CURL*) override;
  Step ended(CURL*, CURLcode) override;
  std::string stalled(SteadyTime now) const override {
    return reader_.stalled(now) ? "the service stopped in the middle of its answer" : "";
  }
  void give_up(TransportResult, const std::string& why) override;

 private:
  Result<void> check_request() const;
  Result<void> apply_all(CURL*);
  Result<void> apply_headers(CURL*);
  Result<void> apply_configured_headers();
  Result<void> apply_credentials(CURL*);
  void apply_method(CURL*);
  Result<void> apply_proxy(CURL*);
  bool caller_authorizes() const;
  bool follows(int status);
  Step finish(TransportResult, std::string words);
  Step answer_with(Failure);

  HttpRequest request_;
  Transport::Done done_;
  std::shared_ptr<const HttpSurroundings> surroundings_;
  std::shared_ptr<const HttpConfig> config_;
  const SteadyTime started_;
  std::shared_ptr<const CurlUrl> url_;  // where the next transfer goes; null: not read yet
  bool trusted_ = true;                 // false once a redirect has led elsewhere
  int redirects_ = 0;
  std::shared_ptr<const OAuth2Tokens::Answer> token_;
  bool token_renewed_ = false;
  // One transfer's.
  CurlList headers_, proxy_headers_, connect_to_;
  char detail_[CURL_ERROR_SIZE] = "";
  HttpAnswerReader reader_;
};

}  // namespace tocsin
