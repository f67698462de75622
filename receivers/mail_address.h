// Reads the addresses in a To or From header: "a@b", "Name <a@b>", "\"Last, First\" <a@b>", separated by
// commas. It is strict: control characters (so CR and LF) are refused, hence nothing in a label can add a
// header or a recipient line. Addresses are ASCII (a domain with other letters is written as xn--…); names
// are not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace tocsin {

struct MailAddress {
  std::string name;     // display name, unquoted UTF-8; may be empty
  std::string address;  // local@domain, without angle brackets
  friend bool operator==(const MailAddress&, const MailAddress&) = default;
};

// At least one address, else a failure that names the part that cannot be read.
Result<std::vector<MailAddress>> parse_mail_addresses(std::string_view text);

}  // namespace tocsin
