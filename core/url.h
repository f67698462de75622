// The few things that are done to URLs outside a transport.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// As Go's url.QueryEscape: letters, digits and -_.~ stay, a blank is +, everything else %XX.
std::string query_escape(std::string_view);
// Without user:password@, for links that people see.
std::string without_userinfo(std::string_view url);

}  // namespace tocsin
