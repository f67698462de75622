// A SecretMask hides secrets in what is printed: it is told each secret that was read, and replaces it
// wherever it shows, also escaped as in URLs and in JSON. It knows only what it was told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

class SecretMask {
 public:
  // Of a URL the host may be seen.
  void add(const std::string& secret);
  std::string hide(std::string_view text) const;

 private:
  void add_form(std::string from, const std::string& to);
  std::vector<std::pair<std::string, std::string>> forms_;  // longest first: what shows, and what is shown
};

}  // namespace tocsin
