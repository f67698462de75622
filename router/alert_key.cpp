#include "router/alert_key.h"

#include <charconv>

#include "core/ascii.h"

namespace tocsin {

std::string AlertKey::to_string() const {
  std::string text;
  append_hex(text, fingerprint);
  if (twin != 0) text.append("-").append(std::to_string(twin));
  return text;
}

std::optional<AlertKey> AlertKey::parse(std::string_view text) {
  if (text.size() < 16 || text.size() == 17) return std::nullopt;
  AlertKey key;
  const char* middle = text.data() + 16;
  auto hex = std::from_chars(text.data(), middle, key.fingerprint, 16);
  if (hex.ec != std::errc() || hex.ptr != middle) return std::nullopt;
  if (text.size() == 16) return key;
  const char* end = text.data() + text.size();
  auto number = std::from_chars(middle + 1, end, key.twin);
  if (*middle != '-' || number.ec != std::errc() || number.ptr != end) return std::nullopt;
  return key;
}

}  // namespace tocsin
