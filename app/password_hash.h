// Passwords as bcrypt hashes. The only file that includes crypt.h. Checking one takes as long as its cost
// says, 70 ms and more on purpose: never on a thread that others wait for.
#pragma once

#include <string>

#include "core/result.h"

namespace tocsin {

// Fails with what is wrong with it as a bcrypt hash ("is not a bcrypt hash: …"), never with the hash itself.
Result<void> check_bcrypt_hash(const std::string& hash);

// Whether it is the hash of the password. All versions of the format ($2a$, $2b$, $2y$) are the same here, as
// for Go, and only the first 72 bytes count.
bool password_matches(const std::string& hash, const std::string& password);

}  // namespace tocsin
