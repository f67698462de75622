// The part of oauth2 that asks for tokens with signed assertions: grant_type jwt-bearer (prometheus/common:
// config/oauth_assertion.go).
#include <fmt/format.h>

#include <array>

#include "core/http_config.h"
#include "core/labels.h"
#include "core/yaml_json.h"

namespace tocsin {
namespace {

constexpr std::string_view kJwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::array<std::string_view, 7> kKeys = {"client_certificate_key_id",
                                                   "client_certificate_key",
                                                   "client_certificate_key_file",
                                                   "signature_algorithm",
                                                   "iss",
                                                   "audience",
                                                   "claims"};

// Without the grant type its keys do nothing, which their author does not expect.
void warn_of_keys_without_effect(YamlObject& oauth2) {
  for (const std::string_view key : kKeys) {
    oauth2.child(key);
    if (!oauth2.has(key)) continue;
    oauth2.problems().warning(oauth2.file(), oauth2.position_of(key),
                              fmt::format("{} has no effect with grant_type client_credentials", key),
                              fmt::format("add grant_type: {}", kJwtBearer));
  }
}

std::string read_claims(YamlObject& oauth2) {
  const YamlNode claims = oauth2.child("claims");
  if (claims.null()) return "";
  if (claims.kind() != YamlNode::Kind::kMapping) {
    oauth2.error("claims", "claims must be a mapping",
                 "write its entries as \"name: value\", one a line, indented");
    return "";
  }
  return to_json(claims);
}

}  // namespace

std::optional<HttpConfig::JwtBearer> read_jwt_bearer(YamlObject& oauth2, const std::string& base_folder) {
  std::string grant_type;
  oauth2.text("grant_type", grant_type);
  const bool known = oauth2.is_one_of("grant_type", grant_type, {"", "client_credentials", kJwtBearer});
  if (grant_type != kJwtBearer) {
    if (!known) {
      oauth2.error("grant_type", fmt::format("unknown grant_type: {}", go_quote(grant_type)),
                   fmt::format("write client_credentials or {}", kJwtBearer));
    }
    warn_of_keys_without_effect(oauth2);
    return std::nullopt;
  }
  HttpConfig::JwtBearer jwt;
  jwt.key = read_secret(oauth2, "client_certificate_key", base_folder);
  oauth2.text("client_certificate_key_id", jwt.key_id);
  oauth2.text("signature_algorithm", jwt.algorithm);
  oauth2.text("iss", jwt.iss);
  oauth2.text("audience", jwt.audience);
  jwt.claims = read_claims(oauth2);
  if (jwt.algorithm.empty()) jwt.algorithm = "RS256";
  if (!oauth2.is_one_of("signature_algorithm", jwt.algorithm, {"RS256", "RS384", "RS512"})) {
    oauth2.error("signature_algorithm",
                 fmt::format("unknown signature algorithm: {}", go_quote(jwt.algorithm)),
                 "valid signature algorithms are RS256, RS384 and RS512");
  }
  if (!jwt.key.set()) {
    oauth2.error("grant_type", "grant_type jwt-bearer needs a key to sign with",
                 "add client_certificate_key or client_certificate_key_file");
  }
  return jwt;
}

}  // namespace tocsin
