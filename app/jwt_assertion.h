// JWT assertions (RFC 7523): what OAuth2Tokens shows an issuer instead of a client secret, signed with an RSA
// key. Values in, text out: the key has been read before, time and id come from the caller.
#pragma once

#include <string>

#include "core/http_config.h"
#include "core/result.h"
#include "core/time.h"

namespace tocsin {

// Good for ten minutes from `now`. Fails in words where `key` is no RSA key in PEM; never shows it. `id`
// makes it unique. `config.jwt` is set.
Result<std::string> make_jwt_assertion(const HttpConfig::OAuth2& config, const std::string& key,
                                       TimePoint now, const std::string& id);

// As UUIDs of version 4 are written.
std::string random_jwt_id();

}  // namespace tocsin
