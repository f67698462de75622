// BasicAuth: whether a request carries the name and password of a user. Checking a password takes long on
// purpose, so what was found is remembered, and a caller can ask beforehand whether it will take long. It
// answers as slowly for a name that does not exist as for one that does. Safe to use from several threads.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "app/http_message.h"

namespace tocsin {

class BasicAuth {
 public:
  using Users = std::map<std::string, std::string>;  // name → bcrypt hash; at least one

  // Whether admits() would have to hash the password.
  bool takes_long(const HttpQuery&, const Users&);
  bool admits(const HttpQuery&, const Users&);

 private:
  struct Attempt {
    std::string hash;
    std::string password;
    bool known = false;  // the user exists
    std::string key() const;
  };
  // What the header Authorization holds, if it is of the kind Basic.
  static std::optional<Attempt> attempt_of(const HttpQuery&, const Users&);
  std::optional<bool> remembered(const std::string& key);
  void remember(const std::string& key, bool good);

  std::mutex hashing_;  // one at a time, so that logins never cost more than one core
  std::mutex mutex_;
  // Apart, so that nobody can push out good ones by trying bad ones. Passwords lie here as they were sent, as
  // they do for the exporter toolkit: who reads this memory also sees them come in.
  std::unordered_set<std::string> good_;
  std::unordered_set<std::string> bad_;
};

}  // namespace tocsin
