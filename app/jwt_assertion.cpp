#include "app/jwt_assertion.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <map>
#include <memory>

#include "core/check.h"
#include "core/json.h"

namespace tocsin {
namespace {

constexpr auto kLife = std::chrono::minutes(10);

std::string base64url(std::string_view bytes) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    }
    // One, two or three bytes are two, three or four digits; there is no padding.
    for (std::size_t k = 0; k <= group.size(); ++k) text += kAlphabet[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

std::int64_t unix_seconds(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string head(const HttpConfig::JwtBearer& jwt) {
  JsonWriter json;
  json.begin_object().field("alg", jwt.algorithm);
  if (!jwt.key_id.empty()) json.field("kid", jwt.key_id);
  return json.field("typ", "JWT").end_object().take();
}

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

// The user's claims replace ours of the same name.
Result<std::string> claims(const HttpConfig::OAuth2& config, TimePoint now, const std::string& id) {
  const HttpConfig::JwtBearer& jwt = *config.jwt;
  std::map<std::string, std::string> all = {
      {"iss", quoted(jwt.iss.empty() ? config.client_id : jwt.iss)},
      {"sub", quoted(config.client_id)},
      {"jti", quoted(id)},
      {"aud", quoted(jwt.audience.empty() ? config.token_url : jwt.audience)},
      {"iat", std::to_string(unix_seconds(now))},
      {"exp", std::to_string(unix_seconds(now + kLife))},
  };
  if (!config.scopes.empty()) all["scope"] = quoted(fmt::format("{}", fmt::join(config.scopes, " ")));
  if (!jwt.claims.empty()) {
    const auto more = JsonValue::parse(jwt.claims);
    if (!more) return fail("the claims are not JSON: " + more.error().message);
    for (const auto& [name, value] : more->object()) all[name] = json_text(value);
  }
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : all) json.key(name).raw(value);
  return json.end_object().take();
}

template <auto function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

// A key behind a pass phrase must fail, not ask the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

Result<KeyHandle> read_key(const std::string& pem) {
  const std::unique_ptr<BIO, Free<BIO_free>> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyHandle key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  if (!key) return fail("the client certificate key cannot be read: it must be PEM without a pass phrase");
  if (EVP_PKEY_is_a(key.get(), "RSA") != 1) return fail("the client certificate key is not an RSA key");
  return key;
}

Result<std::string> sign(const std::string& text, const std::string& algorithm, const std::string& pem) {
  const auto key = read_key(pem);
  if (!key) return tl::unexpected(key.error());
  const EVP_MD* digest = algorithm == "RS512"   ? EVP_sha512()
                         : algorithm == "RS384" ? EVP_sha384()
                                                : EVP_sha256();
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  bool good = EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key->get()) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
  std::string signature(size, '\0');
  good = good && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                bytes, text.size()) == 1;
  ERR_clear_error();
  if (!good) return fail("the client certificate key cannot sign: it is too short for " + algorithm);
  signature.resize(size);
  return signature;
}

}  // namespace

Result<std::string> make_jwt_assertion(const HttpConfig::OAuth2& config, const std::string& key,
                                       TimePoint now, const std::string& id) {
  const auto body = claims(config, now, id);
  if (!body) return body;
  const std::string text = base64url(head(*config.jwt)) + "." + base64url(*body);
  const auto signature = sign(text, config.jwt->algorithm, key);
  if (!signature) return signature;
  return text + "." + base64url(*signature);
}

std::string random_jwt_id() {
  std::array<unsigned char, 16> bytes{};
  TOCSIN_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "there is chance");
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string id;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += fmt::format("{:02x}", bytes[i]);
  }
  return id;
}

}  // namespace tocsin
