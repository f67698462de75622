#include "app/password_hash.h"

#include <crypt.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace tocsin {
namespace {

// "$2b$10$" and then 22 characters of salt and 31 of the hash.
constexpr std::size_t kCostBytes = 3;  // "10$"
constexpr std::size_t kSaltBytes = 22;
constexpr std::size_t kHashBytes = 31;

// From the cost on: "10$…", and "" where the text is no bcrypt hash.
std::string_view from_cost(std::string_view hash) {
  if (!hash.starts_with("$2")) return {};
  hash.remove_prefix(2);
  if (!hash.empty() && hash.front() != '$') hash.remove_prefix(1);  // a, b, x, y
  if (!hash.starts_with('$')) return {};
  return hash.substr(1);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the same time wherever the difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace

Result<void> check_bcrypt_hash(const std::string& hash) {
  const std::string_view rest = from_cost(hash);
  if (rest.empty()) return fail("is not a bcrypt hash: it must begin with $2a$, $2b$ or $2y$");
  if (rest.size() < kCostBytes || !is_digit(rest[0]) || !is_digit(rest[1]) || rest[2] != '$') {
    return fail("is not a bcrypt hash: two digits for the cost are missing");
  }
  const int cost = (rest[0] - '0') * 10 + (rest[1] - '0');
  if (cost < 4 || cost > 31) return fail("is a bcrypt hash of an impossible cost; 4 to 31 are possible");
  if (rest.size() != kCostBytes + kSaltBytes + kHashBytes)
    return fail("is not a bcrypt hash: it must have 60 characters");
  const bool good = std::all_of(rest.begin() + kCostBytes, rest.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
  });
  if (!good) return fail("is not a bcrypt hash: it holds a character that none can have");
  return {};
}

bool password_matches(const std::string& hash, const std::string& password) {
  if (!check_bcrypt_hash(hash)) return false;
  const std::string_view wanted = from_cost(hash);
  const std::string setting = "$2y$" + std::string(wanted);
  const auto data = std::make_unique<crypt_data>();  // 32 KB
  const char* made = crypt_r(password.c_str(), setting.c_str(), data.get());
  if (made == nullptr) return false;
  const std::string_view found = from_cost(made);  // "" where it failed
  // The salt's last character carries bits that do not count; crypt_r clears them. It also stops at a NUL.
  return found.size() == wanted.size() &&
         equal_in_constant_time(found.substr(kCostBytes + kSaltBytes),
                                wanted.substr(kCostBytes + kSaltBytes)) &&
         password.find('\0') == std::string::npos;
}

}  // namespace tocsin
