#include "receivers/service_answer.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "receivers/text_limits.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;

constexpr std::size_t kExcerptRunes = 240;
constexpr Duration kLongestWait = std::chrono::hours(24);

// At most nine digits: what an int surely holds.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size() || count > 9) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The one form that servers may still send: Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110 §5.6.7).
std::optional<TimePoint> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  unsigned month = 0;
  for (unsigned i = 0; i < 12; ++i) {
    if (text.substr(8, 3) == kMonths[i]) month = i + 1;
  }
  const auto day = digits(text, 5, 2), year = digits(text, 12, 4);
  const auto hour = digits(text, 17, 2), minute = digits(text, 20, 2), second = digits(text, 23, 2);
  if (month == 0 || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

DeliveryResult read_transport(const OutboundAnswer& answer) {
  DeliveryResult out;
  out.outcome = Outcome::kFailed;
  out.status = answer.status;
  out.reason = "other";
  std::string_view what;
  switch (answer.result) {
    case TransportResult::kTimedOut:
      out.reason = "contextDeadlineExceeded";
      what = "no answer in time";
      break;
    case TransportResult::kUnreachable:
      what = "cannot be reached";
      break;
    case TransportResult::kClosedEarly:
      what = "the connection was closed before the answer was complete";
      break;
    case TransportResult::kTlsFailed:
      what = "TLS failed";
      break;
    case TransportResult::kTooLarge:
      what = "the answer is too large";
      break;
    case TransportResult::kMisconfigured:
      out.outcome = Outcome::kRejected;
      what = "the request cannot be sent as it is configured";
      break;
    case TransportResult::kAnswered:
      break;
  }
  out.message =
      answer.error.empty() ? std::string(what) : fmt::format("{}: {}", what, on_one_line(answer.error));
  return out;
}

}  // namespace

std::string answer_excerpt(std::string_view body) {
  // A little more than is shown, so that cutting to code points sees whole ones.
  return cut_to_runes(on_one_line(body.substr(0, 4 * kExcerptRunes)), kExcerptRunes);
}

Duration read_retry_after(const OutboundAnswer& answer, TimePoint sent_at) {
  const std::string wish = answer.header("retry-after");
  if (wish.empty()) return Duration{};
  if (const auto seconds = digits(wish, 0, wish.size()); seconds) {
    return std::min<Duration>(std::chrono::seconds(*seconds), kLongestWait);
  }
  const auto until = parse_http_date(wish);
  if (!until) return Duration{};
  // The server's own clock is the one its date was made with.
  const TimePoint from = parse_http_date(answer.header("date")).value_or(sent_at);
  return *until <= from ? Duration{} : std::min<Duration>(*until - from, kLongestWait);
}

DeliveryResult read_service_answer(const OutboundAnswer& answer, TimePoint sent_at) {
  const int status = answer.status;
  const bool accepted = status >= 200 && status < 300;
  // A 2xx whose body is too long to keep was still accepted; repeating it would page twice.
  if (answer.result == TransportResult::kTooLarge ? !accepted : answer.result != TransportResult::kAnswered) {
    return read_transport(answer);
  }
  DeliveryResult out;
  out.status = status;
  if (accepted) return out;
  out.outcome = status == 429 || status >= 500 ? Outcome::kFailed : Outcome::kRejected;
  out.reason = status == 429                    ? "rateLimited"
               : status == 401 || status == 403 ? "authError"
               : status >= 500                  ? "serverError"
               : status >= 400                  ? "clientError"
                                                : "other";
  if (out.outcome == Outcome::kFailed) out.retry_after = read_retry_after(answer, sent_at);
  const std::string excerpt = answer_excerpt(answer.body);
  out.message =
      excerpt.empty() ? fmt::format("HTTP {}", status) : fmt::format("HTTP {}: {}", status, excerpt);
  return out;
}

}  // namespace tocsin
