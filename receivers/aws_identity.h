// Who we are at AWS: keys, temporary ones with a session token, and the region to talk to. Where it comes
// from (the configuration, the environment, AWS' own files) is for others.
#pragma once

#include <string>

namespace tocsin {

struct AwsIdentity {
  std::string access_key, secret_key;
  std::string session_token;  // empty: the keys are permanent
  std::string region;         // may be empty
};

}  // namespace tocsin
