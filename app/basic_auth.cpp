#include "app/basic_auth.h"

#include "app/password_hash.h"
#include "core/yaml_scalar.h"

namespace tocsin {
namespace {

constexpr std::size_t kRemembered = 100;

}  // namespace

// Lengths first, so that no two attempts have the same key.
std::string BasicAuth::Attempt::key() const {
  return (known ? "1:" : "0:") + std::to_string(hash.size()) + ":" + hash + password;
}

std::optional<BasicAuth::Attempt> BasicAuth::attempt_of(const HttpQuery& query, const Users& users) {
  constexpr std::string_view kScheme = "Basic ";
  const auto header = query.header("Authorization");
  if (!header || header->size() < kScheme.size()) return std::nullopt;
  if (!equal_ignoring_case(header->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const auto decoded = decode_base64(header->substr(kScheme.size()));
  if (!decoded) return std::nullopt;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto user = users.find(decoded->substr(0, colon));
  Attempt attempt;
  attempt.known = user != users.end();
  // For an unknown user somebody else's hash is tried, and the result is not looked at.
  attempt.hash = attempt.known ? user->second : users.begin()->second;
  attempt.password = decoded->substr(colon + 1);
  return attempt;
}

std::optional<bool> BasicAuth::remembered(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (good_.contains(key)) return true;
  if (bad_.contains(key)) return false;
  return std::nullopt;
}

void BasicAuth::remember(const std::string& key, bool good) {
  const std::lock_guard lock(mutex_);
  auto& keys = good ? good_ : bad_;
  if (keys.size() >= kRemembered) keys.clear();
  keys.insert(key);
}

bool BasicAuth::takes_long(const HttpQuery& query, const Users& users) {
  const auto attempt = attempt_of(query, users);
  return attempt && !remembered(attempt->key());
}

bool BasicAuth::admits(const HttpQuery& query, const Users& users) {
  const auto attempt = attempt_of(query, users);
  if (!attempt) return false;
  const std::string key = attempt->key();
  if (const auto known = remembered(key)) return *known;
  const std::lock_guard lock(hashing_);
  if (const auto known = remembered(key)) return *known;  // by who was before us in the queue
  const bool good = password_matches(attempt->hash, attempt->password) && attempt->known;
  remember(key, good);
  return good;
}

}  // namespace tocsin
