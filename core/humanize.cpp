#include "core/humanize.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "core/template/go_float.h"
#include "core/template/go_time.h"
#include "core/template/go_time_format.h"

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 8> kLargePrefixes{"k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::array<std::string_view, 8> kBinaryPrefixes{"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
constexpr std::array<std::string_view, 8> kSmallPrefixes{"m", "u", "n", "p", "f", "a", "z", "y"};

std::string four_digits(double value) {
  return tmpl::format_float(value, 'g', 4);
}

// Divides until the value is below `step`; the rounding of the four digits is not carried over, so 999.96
// prints as 1000.
std::string with_large_prefix(double value, double step, const std::array<std::string_view, 8>& prefixes) {
  std::string_view prefix;
  for (const std::string_view next : prefixes) {
    if (std::abs(value) < step) break;
    prefix = next;
    value /= step;
  }
  return four_digits(value) + std::string(prefix);
}

std::string with_small_prefix(double value) {
  std::string_view prefix;
  for (const std::string_view next : kSmallPrefixes) {
    if (std::abs(value) >= 1) break;
    prefix = next;
    value *= 1000;
  }
  return four_digits(value) + std::string(prefix);
}

constexpr double kMaxWholeSeconds = 9.2e18;

}  // namespace

std::string humanize(double value) {
  if (value == 0 || !std::isfinite(value)) return four_digits(value);
  return std::abs(value) >= 1 ? with_large_prefix(value, 1000, kLargePrefixes) : with_small_prefix(value);
}

std::string humanize_1024(double value) {
  if (std::abs(value) <= 1 || !std::isfinite(value)) return four_digits(value);
  return with_large_prefix(value, 1024, kBinaryPrefixes);
}

std::string humanize_duration(double seconds) {
  if (!std::isfinite(seconds)) return four_digits(seconds);
  if (seconds == 0) return "0s";
  if (std::abs(seconds) < 1) return with_small_prefix(seconds) + "s";
  const std::string_view sign = seconds < 0 ? "-" : "";
  const double size = std::abs(seconds);
  const auto whole = static_cast<std::int64_t>(std::min(size, kMaxWholeSeconds));
  const std::int64_t second = whole % 60, minute = whole / 60 % 60, hour = whole / 3600 % 24,
                     days = whole / 86400;
  if (days != 0) return fmt::format("{}{}d {}h {}m {}s", sign, days, hour, minute, second);
  if (hour != 0) return fmt::format("{}{}h {}m {}s", sign, hour, minute, second);
  if (minute != 0) return fmt::format("{}{}m {}s", sign, minute, second);
  return fmt::format("{}{}s", sign, four_digits(size));
}

std::string humanize_percentage(double ratio) {
  return four_digits(ratio * 100) + "%";
}

Result<long long> unix_milliseconds(double unix_seconds) {
  if (!std::isfinite(unix_seconds)) return fail("value is NaN or Inf");
  const double nanoseconds = unix_seconds * 1e9;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (nanoseconds >= kLimit || nanoseconds < -kLimit) {
    return fail(tmpl::format_float(unix_seconds, 'g', -1) +
                " cannot be represented as a nanoseconds timestamp since it overflows int64");
  }
  return static_cast<std::int64_t>(nanoseconds) / 1'000'000;
}

Result<std::string> humanize_timestamp(double unix_seconds) {
  if (!std::isfinite(unix_seconds)) return four_digits(unix_seconds);
  const Result<long long> milliseconds = unix_milliseconds(unix_seconds);
  if (!milliseconds) return tl::unexpected<Error>(milliseconds.error());
  return tmpl::time_text(
      tmpl::Time(std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::milliseconds(*milliseconds))));
}

}  // namespace tocsin
