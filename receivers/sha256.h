// SHA-256 (FIPS 180-4) of a text. Outward deduplication ids are the hash of the group key, as Alertmanager
// makes them, so that incidents that are open at a service survive a migration. Not for passwords.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

}  // namespace tocsin
