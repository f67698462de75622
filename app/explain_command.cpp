#include "app/explain_command.h"

#include <cstdio>

#include "app/api_client.h"
#include "app/clock.h"
#include "app/explain_text.h"
#include "core/duration.h"
#include "core/percent_encoding.h"

namespace tocsin {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int complain(const std::string& message, int exit_code) {
  std::fputs((message + "\n").c_str(), stderr);
  return exit_code;
}

// A name without an operator is that of an alert, as amtool takes it.
Result<Matchers> read_matchers(const std::string& text) {
  if (!text.empty() && text.find_first_of("=~!{}\"") == std::string::npos) {
    return Matchers{*Matcher::make("alertname", MatchType::kEqual, text)};
  }
  auto parsed = parse_matchers(text);
  if (!parsed) return fail(go_quote(text) + ": " + parsed.error().message);
  // Half a list is no question about everything.
  if (parsed->matchers.empty() && text != "{}") return fail(go_quote(text) + ": there is no matcher in it");
  return std::move(parsed->matchers);
}

// A time, or how long ago.
Result<TimePoint> read_time(const std::string& text, TimePoint now) {
  if (const auto ago = parse_prometheus_duration(text)) return now - *ago;
  const auto time = parse_rfc3339(text);
  if (time && is_set(*time)) return *time;
  return fail("--at " + go_quote(text) + ": give a time as 2026-01-02T15:04:05Z, or how long ago as 30m");
}

}  // namespace

Result<std::string> explain_target(const ExplainOptions& options, TimePoint now) {
  std::string target = "/api/tocsin/v1/explain";
  char separator = '?';
  const auto add = [&](const char* name, const std::string& value) {
    target += separator + std::string(name) + "=" + percent_encoded(value);
    separator = '&';
  };
  for (const std::string& text : options.matchers) {
    const auto matchers = read_matchers(text);
    if (!matchers) return tl::unexpected(matchers.error());
    for (const Matcher& matcher : *matchers) add("filter", matcher.to_string());
  }
  if (!options.at.empty()) {
    const auto at = read_time(options.at, now);
    if (!at) return tl::unexpected(at.error());
    add("at", format_rfc3339(*at));
  }
  return target;
}

int run_explain(const ExplainOptions& options) {
  const auto target = explain_target(options, SystemClock().now());
  if (!target) return complain(target.error().message, kUsage);
  auto client = ApiClient::open({.url = options.url, .http_config_file = options.http_config_file});
  if (!client) return complain(client.error().message, kUsage);
  const auto answer = client->ask("GET", *target);
  if (!answer) return complain(answer.error().message, kFailed);
  const auto explained = explanation_text(*answer);
  if (!explained) return complain(explained.error().message, kFailed);
  const std::string text = options.output == "json" ? *answer + "\n" : explained->text;
  std::fputs(text.c_str(), explained->found || options.output == "json" ? stdout : stderr);
  return explained->found ? 0 : kFailed;
}

}  // namespace tocsin
