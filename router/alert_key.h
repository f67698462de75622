// AlertKey names one alert of the book shortly: its fingerprint, plus a number that tells apart the
// (practically unheard of) label sets which share a fingerprint. Records, told state and groups refer to
// alerts by it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

struct AlertKey {
  std::uint64_t fingerprint = 0;
  std::uint32_t twin = 0;
  friend auto operator<=>(const AlertKey&, const AlertKey&) = default;

  std::string to_string() const;  // 16 hex digits; "-1" is added to the first twin
  static std::optional<AlertKey> parse(std::string_view);
};

}  // namespace tocsin
