#include "app/web_guard.h"

namespace tocsin {
namespace {

HttpAnswer refusal(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {{"X-Content-Type-Options", "nosniff"}}};
}

}  // namespace

HttpAnswer WebGuard::answer(const HttpQuery& query, const WebConfig& config, TimePoint now,
                            const HttpHandler& next) {
  if (over_limit(config, now)) return refusal(429, "Too Many Requests\n");
  HttpAnswer answer;
  if (config.users.empty() || logins_.admits(query, config.users)) {
    answer = next(query);
  } else {
    answer = refusal(401, "Unauthorized\n");
    answer.headers.emplace_back("WWW-Authenticate", "Basic");
  }
  for (const auto& [name, value] : config.headers) {
    std::erase_if(answer.headers,
                  [&](const auto& header) { return equal_ignoring_case(header.first, name); });
    answer.headers.emplace_back(name, value);
  }
  return answer;
}

bool WebGuard::takes_long(const HttpQuery& query, const WebConfig& config) {
  return !config.users.empty() && logins_.takes_long(query, config.users);
}

bool WebGuard::over_limit(const WebConfig& config, TimePoint now) {
  if (config.rate_interval <= Duration::zero()) return false;
  const std::lock_guard lock(mutex_);
  return !bucket_.take(now, config.rate_interval, config.rate_burst);
}

}  // namespace tocsin
