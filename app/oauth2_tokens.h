// OAuth2 client credentials and JWT bearers: fetches tokens, keeps them until they expire or the secret
// changes, and hands them to the exchanges that need them. Lives on the loop's thread only. A token that is
// being fetched is fetched once, however many wait for it; nobody else is held up.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/curl_loop.h"
#include "core/http_config.h"
#include "core/outbound.h"

namespace tocsin {

class OAuth2Tokens {
 public:
  // Filled when the token, or the reason why there is none, is there.
  struct Answer {
    bool ready = false;
    std::string authorization;  // "Bearer TOKEN"; empty: see the failure
    TransportResult failure = TransportResult::kAnswered;
    std::string error;
  };
  // Carries the request for a token; the callback comes back on the loop's thread.
  using Carry = std::function<void(HttpRequest, std::function<void(OutboundAnswer)>)>;
  // Wakes the exchange with this id.
  using Wake = std::function<void(std::uint64_t)>;

  OAuth2Tokens(Carry carry, Wake wake) : carry_(std::move(carry)), wake_(std::move(wake)) {}

  // The answer may be ready at once; else exchange `id` is woken when it is.
  std::shared_ptr<const Answer> ask(const HttpConfig::OAuth2&, std::uint64_t id);
  // The service did not accept this one: the next ask() fetches, unless somebody has done so already.
  void refuse(const HttpConfig::OAuth2&, const std::string& authorization);

 private:
  struct Entry {
    HttpConfig::OAuth2 config;
    std::string secret;  // that the token was asked for with: the client's, or the key that signs
    std::string authorization;
    std::optional<SteadyTime> expires;
    bool fetching = false;
    bool secret_in_body = false;  // found out by trying, as Go's oauth2 does
    std::vector<std::pair<std::shared_ptr<Answer>, std::uint64_t>> waiting;
  };
  Entry& entry(const HttpConfig::OAuth2&);
  void fetch(Entry&);
  void arrived(Entry&, const OutboundAnswer&);
  void settle(Entry&, const Answer&);

  Carry carry_;
  Wake wake_;
  std::vector<std::unique_ptr<Entry>> entries_;  // few: one per oauth2 block of the configuration
};

}  // namespace tocsin
