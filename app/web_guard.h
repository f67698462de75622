// WebGuard: stands before every handler of the HTTP server and does what the web configuration says: the rate
// limit first, then the additional headers and the login, for every path alike, as Prometheus' exporter
// toolkit does. It knows nothing of TLS. Safe to use from several threads.
#pragma once

#include <mutex>

#include "app/basic_auth.h"
#include "app/http_message.h"
#include "app/token_bucket.h"
#include "app/web_config.h"

namespace tocsin {

class WebGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Asks `next` where the request may pass.
  HttpAnswer answer(const HttpQuery&, const WebConfig&, TimePoint now, const HttpHandler& next);
  // Whether that needs a password to be hashed first.
  bool takes_long(const HttpQuery&, const WebConfig&);

 private:
  bool over_limit(const WebConfig&, TimePoint now);

  BasicAuth logins_;
  std::mutex mutex_;
  TokenBucket bucket_;
};

}  // namespace tocsin
