// SHA-256 (FIPS 180-4) of a text, and the keyed hash made of it (HMAC, RFC 2104). Outward deduplication ids
// are the hash of the group key, as Alertmanager makes them, so that incidents that are open at a service
// survive a migration. Not for passwords.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);
// The 32 bytes of it.
std::string sha256_bytes(std::string_view text);
std::string hmac_sha256_bytes(std::string_view key, std::string_view text);
std::string hex_digits(std::string_view bytes);

}  // namespace tocsin
