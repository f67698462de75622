// Waits for an OAuth2 token on behalf of somebody who does not speak HTTP: mail. An exchange of the HTTP loop
// that transfers nothing itself, because tokens live on that loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/curl_loop.h"
#include "app/oauth2_tokens.h"

namespace tocsin {

class OAuth2Request final : public Exchange {
 public:
  // "Bearer TOKEN", or the failure.
  using Done = std::function<void(const OAuth2Tokens::Answer&)>;

  OAuth2Request(OAuth2Tokens& tokens, std::shared_ptr<const HttpConfig::OAuth2> config, Duration timeout,
                Done done)
      : Exchange(std::chrono::steady_clock::now() + timeout),
        tokens_(tokens),
        config_(std::move(config)),
        done_(std::move(done)) {}

  // The server did not accept this one: another is fetched first.
  void refuse(std::string authorization) { refused_ = std::move(authorization); }

  Step advance() override {
    if (!refused_.empty()) tokens_.refuse(*config_, std::exchange(refused_, ""));
    if (!answer_) answer_ = tokens_.ask(*config_, id());
    if (!answer_->ready) return Step::kWait;
    done_(*answer_);
    return Step::kDone;
  }
  std::string place() const override { return ""; }
  Step prepare(CURL*) override { return Step::kDone; }
  Step ended(CURL*, CURLcode) override { return Step::kDone; }
  void give_up(TransportResult result, const std::string& why) override {
    done_({true, "", result, result == TransportResult::kTimedOut ? "no oauth2 token in time" : why});
  }

 private:
  OAuth2Tokens& tokens_;
  const std::shared_ptr<const HttpConfig::OAuth2> config_;
  const Done done_;
  std::string refused_;
  std::shared_ptr<const OAuth2Tokens::Answer> answer_;
};

}  // namespace tocsin
