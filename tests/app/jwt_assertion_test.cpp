#include "app/jwt_assertion.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include "core/json.h"
#include "tests/app/loopback_server.h"

using namespace tocsin;
using namespace std::chrono_literals;
using tocsin::test::make_certificate;
using tocsin::test::make_rsa_key;
using tocsin::test::RsaKey;

namespace {

constexpr TimePoint kNow{1'700'000'000s};

// "e30" → "{}"
std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size(), '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

struct Parts {
  std::string head, claims, signature, signed_text;
};

Parts parts_of(const std::string& assertion) {
  const std::size_t first = assertion.find('.');
  const std::size_t second = assertion.rfind('.');
  return {decoded(assertion.substr(0, first)), decoded(assertion.substr(first + 1, second - first - 1)),
          decoded(assertion.substr(second + 1)), assertion.substr(0, second)};
}

HttpConfig::OAuth2 config() {
  HttpConfig::OAuth2 oauth2;
  oauth2.client_id = "id";
  oauth2.token_url = "https://login/token";
  oauth2.jwt.emplace();
  return oauth2;
}

}  // namespace

TEST_CASE("an assertion says who asks whom, until when, and nothing that was not asked for") {
  const RsaKey key = make_rsa_key();
  const auto made = make_jwt_assertion(config(), key.pem, kNow, "unique");
  REQUIRE(made);
  const Parts parts = parts_of(*made);
  CHECK(parts.head == R"({"alg":"RS256","typ":"JWT"})");
  CHECK(
      parts.claims ==
      R"({"aud":"https://login/token","exp":1700000600,"iat":1700000000,"iss":"id","jti":"unique","sub":"id"})");
}

TEST_CASE("key id, issuer, audience, scopes and claims stand in the assertion, and claims of one's own win") {
  const RsaKey key = make_rsa_key();
  HttpConfig::OAuth2 oauth2 = config();
  oauth2.scopes = {"a", "b"};
  oauth2.jwt->key_id = "k1";
  oauth2.jwt->iss = "me";
  oauth2.jwt->audience = "you";
  oauth2.jwt->claims = R"({"sub":"other","roles":["x",{"y":1}]})";
  const auto made = make_jwt_assertion(oauth2, key.pem, kNow, "unique");
  REQUIRE(made);
  const Parts parts = parts_of(*made);
  CHECK(parts.head == R"({"alg":"RS256","kid":"k1","typ":"JWT"})");
  CHECK(parts.claims == R"({"aud":"you","exp":1700000600,"iat":1700000000,"iss":"me","jti":"unique",)"
                        R"("roles":["x",{"y":1}],"scope":"a b","sub":"other"})");
}

TEST_CASE("each algorithm signs so that the key's public half agrees") {
  const RsaKey key = make_rsa_key();
  for (const char* algorithm : {"RS256", "RS384", "RS512"}) {
    HttpConfig::OAuth2 oauth2 = config();
    oauth2.jwt->algorithm = algorithm;
    const auto made = make_jwt_assertion(oauth2, key.pem, kNow, "unique");
    REQUIRE(made);
    const Parts parts = parts_of(*made);
    CHECK(parts.signature.size() == 256);
    CHECK(key.verifies(algorithm, parts.signed_text, parts.signature));
    CHECK_FALSE(key.verifies(algorithm, parts.signed_text + "x", parts.signature));
  }
}

TEST_CASE("a key that cannot sign is refused without being shown") {
  const std::string elliptic = make_certificate("localhost").key;
  for (const std::string& key : {std::string(), std::string("secret"), elliptic}) {
    const auto made = make_jwt_assertion(config(), key, kNow, "unique");
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("the client certificate key") == 0);
    CHECK(made.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("ids are UUIDs, and no two are the same") {
  const std::string id = random_jwt_id();
  CHECK(id.size() == 36);
  CHECK(id[14] == '4');
  CHECK(random_jwt_id() != id);
}
