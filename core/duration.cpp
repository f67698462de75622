#include "core/duration.h"

#include <cstdint>
#include <limits>

#include "core/labels.h"

namespace tocsin {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSecond = 1000 * kMillisecond;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
  bool only_exact;  // printed only where it divides what is left
};

// In the order in which they must be written.
constexpr Unit kPrometheusUnits[] = {
    {"y", 365 * kDay, true}, {"w", 7 * kDay, true}, {"d", kDay, false},          {"h", kHour, false},
    {"m", kMinute, false},   {"s", kSecond, false}, {"ms", kMillisecond, false},
};

// The micro sign comes in two code points, U+00B5 and U+03BC; keyboards produce either.
constexpr Unit kGoUnits[] = {
    {"ns", 1, false},           {"us", 1000, false},         {"\xc2\xb5s", 1000, false},
    {"\xce\xbcs", 1000, false}, {"ms", kMillisecond, false}, {"s", kSecond, false},
    {"m", kMinute, false},      {"h", kHour, false},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits at the front of `rest`; false where they overflow. No digits are 0.
bool take_number(std::string_view& rest, std::uint64_t& number) {
  number = 0;
  while (!rest.empty() && is_digit(rest.front())) {
    if (__builtin_mul_overflow(number, std::uint64_t{10}, &number)) return false;
    if (__builtin_add_overflow(number, static_cast<std::uint64_t>(rest.front() - '0'), &number)) return false;
    rest.remove_prefix(1);
  }
  return true;
}

// Takes what stands before the next digit, or before the next dot where dots belong to numbers.
std::string_view take_unit(std::string_view& rest, std::string_view ends) {
  std::string_view unit = rest.substr(0, rest.find_first_of(ends));
  rest.remove_prefix(unit.size());
  return unit;
}

const Unit* find_unit(const Unit* begin, const Unit* end, std::string_view name) {
  while (begin != end && begin->name != name) ++begin;
  return begin == end ? nullptr : begin;
}

// The digits after a dot, as value / scale. More digits than fit are dropped, as Go does.
struct Fraction {
  std::uint64_t value = 0;
  double scale = 1;
};

Fraction take_fraction(std::string_view& rest) {
  Fraction fraction;
  bool full = false;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    if (full) continue;
    if (fraction.value > (kLargest - 9) / 10) {
      full = true;
      continue;
    }
    fraction.value = fraction.value * 10 + static_cast<std::uint64_t>(rest.front() - '0');
    fraction.scale *= 10;
  }
  return fraction;
}

// NUMBER with `digits` fraction digits, without trailing zeros: 1500 and 3 are "1.5".
std::string decimal(std::uint64_t number, int digits) {
  std::uint64_t power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  std::string text = std::to_string(number / power);
  std::string fraction = std::to_string(number % power);
  fraction.insert(0, static_cast<std::size_t>(digits) - fraction.size(), '0');
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + '.' + fraction;
}

std::uint64_t magnitude(Duration duration) {
  const auto count = static_cast<std::uint64_t>(duration.count());
  return duration.count() < 0 ? 0 - count : count;
}

}  // namespace

Result<Duration> parse_prometheus_duration(std::string_view text) {
  if (text.empty()) return fail("empty duration string");
  if (text == "0") return Duration::zero();
  const auto invalid = [&] { return fail("not a valid duration string: " + go_quote(text)); };

  std::uint64_t total = 0;
  const Unit* smallest = nullptr;  // the last unit read: the next must come after it
  for (std::string_view rest = text; !rest.empty();) {
    if (!is_digit(rest.front())) return invalid();
    std::uint64_t number = 0;
    if (!take_number(rest, number)) return invalid();
    const std::string_view name = take_unit(rest, "0123456789");
    if (name.empty()) return invalid();
    const Unit* unit = find_unit(std::begin(kPrometheusUnits), std::end(kPrometheusUnits), name);
    if (unit == nullptr) return fail("unknown unit " + go_quote(name) + " in duration " + go_quote(text));
    if (smallest != nullptr && unit <= smallest) return invalid();
    smallest = unit;
    std::uint64_t part = 0;
    if (__builtin_mul_overflow(number, unit->nanoseconds, &part) || part > kLargest - total) {
      return fail("duration out of range");
    }
    total += part;
  }
  return Duration(static_cast<std::int64_t>(total));
}

std::string format_prometheus_duration(Duration duration) {
  std::uint64_t left = magnitude(duration) / kMillisecond * kMillisecond;
  if (left == 0) return "0s";
  std::string text = duration.count() < 0 ? "-" : "";
  for (const Unit& unit : kPrometheusUnits) {
    if (left < unit.nanoseconds || (unit.only_exact && left % unit.nanoseconds != 0)) continue;
    text += std::to_string(left / unit.nanoseconds);
    text += unit.name;
    left %= unit.nanoseconds;
  }
  return text;
}

Result<Duration> parse_go_duration(std::string_view text) {
  const auto invalid = [&] { return fail("time: invalid duration " + go_quote(text)); };
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  if (rest == "0") return Duration::zero();
  if (rest.empty()) return invalid();

  constexpr std::uint64_t kMost = kLargest + 1;  // of which only the negative is a duration
  std::uint64_t total = 0;
  while (!rest.empty()) {
    std::size_t before = rest.size();
    std::uint64_t number = 0;
    if (!take_number(rest, number) || number > kMost) return invalid();
    bool digits = rest.size() < before;
    Fraction fraction;
    if (!rest.empty() && rest.front() == '.') {
      rest.remove_prefix(1);
      before = rest.size();
      fraction = take_fraction(rest);
      digits = digits || rest.size() < before;
    }
    if (!digits) return invalid();
    const std::string_view name = take_unit(rest, ".0123456789");
    if (name.empty()) return fail("time: missing unit in duration " + go_quote(text));
    const Unit* unit = find_unit(std::begin(kGoUnits), std::end(kGoUnits), name);
    if (unit == nullptr) {
      return fail("time: unknown unit " + go_quote(name) + " in duration " + go_quote(text));
    }
    std::uint64_t part = 0;
    if (__builtin_mul_overflow(number, unit->nanoseconds, &part) || part > kMost) return invalid();
    part += static_cast<std::uint64_t>(static_cast<double>(fraction.value) *
                                       (static_cast<double>(unit->nanoseconds) / fraction.scale));
    if (part > kMost - total) return invalid();
    total += part;
  }
  if (negative) return Duration(static_cast<std::int64_t>(0 - total));
  if (total > kLargest) return invalid();
  return Duration(static_cast<std::int64_t>(total));
}

std::string format_go_duration(Duration duration) {
  const std::uint64_t all = magnitude(duration);
  if (all == 0) return "0s";
  std::string text = duration.count() < 0 ? "-" : "";
  if (all < 1000) return text + std::to_string(all) + "ns";
  if (all < kMillisecond) return text + decimal(all, 3) + "\xc2\xb5s";
  if (all < kSecond) return text + decimal(all, 6) + "ms";
  if (all >= kHour) text += std::to_string(all / kHour) + 'h';
  if (all >= kMinute) text += std::to_string(all % kHour / kMinute) + 'm';
  return text + decimal(all % kMinute, 9) + 's';
}

}  // namespace tocsin
