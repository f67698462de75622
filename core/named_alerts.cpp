#include "core/named_alerts.h"

#include <charconv>
#include <utility>

namespace tocsin {
namespace {

constexpr std::string_view kAnd = " and ";

}  // namespace

void NamedAlerts::add(std::string_view fingerprint, Said said) {
  if (full()) return count_one();
  if (named_++ > 0) text_ += ' ';
  text_ += said == Said::kFiring ? '+' : '-';
  text_ += fingerprint;
}

std::string NamedAlerts::take() {
  if (unnamed_ > 0) text_.append(kAnd).append(std::to_string(unnamed_)).append(" more");
  named_ = unnamed_ = 0;
  return std::exchange(text_, {});
}

std::optional<NamedAlerts::Said> said_about(std::string_view named_alerts, std::string_view fingerprint) {
  for (std::size_t from = 1; from < named_alerts.size();) {
    const std::size_t at = named_alerts.find(fingerprint, from);
    if (at == std::string_view::npos || fingerprint.empty()) return std::nullopt;
    from = at + 1;
    const std::size_t end = at + fingerprint.size();
    // A twin's name is longer: "…-1".
    if (end < named_alerts.size() && named_alerts[end] != ' ') continue;
    if (at > 1 && named_alerts[at - 2] != ' ') continue;
    if (named_alerts[at - 1] == '+') return NamedAlerts::Said::kFiring;
    if (named_alerts[at - 1] == '-') return NamedAlerts::Said::kResolved;
  }
  return std::nullopt;
}

std::size_t unnamed_in(std::string_view named_alerts) {
  const std::size_t at = named_alerts.rfind(kAnd);
  if (at == std::string_view::npos) return 0;
  const std::string_view number = named_alerts.substr(at + kAnd.size());
  std::size_t count = 0;
  std::from_chars(number.data(), number.data() + number.size(), count);
  return count;
}

}  // namespace tocsin
