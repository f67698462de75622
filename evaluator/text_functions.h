// The text functions of rule templates, as Go's standard library and Prometheus do them. Each is a function
// of its arguments only.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin {

std::string upper_text(std::string_view);
std::string lower_text(std::string_view);
// The first letter of each word up, the rest untouched; anything but a letter, a digit or _ ends a word (Go's
// strings.Title).
std::string title_text(std::string_view);

// RE2, unanchored. The error text is Go's.
Result<bool> regex_matches(const std::string& pattern, std::string_view text);
// $1, ${name} and $$ in the replacement, as Go's Regexp.Expand reads them.
Result<std::string> regex_replace_all(const std::string& pattern, std::string_view replacement,
                                      std::string_view text);

std::string strip_port(const std::string& host_and_port);
// Up to the first dot, with the port; IP addresses stay as they are.
std::string strip_domain(const std::string& host_and_port);

// application/x-www-form-urlencoded: a blank becomes +.
std::string query_escape(std::string_view);
std::string graph_link(std::string_view expression);
std::string table_link(std::string_view expression);
// The path of a URL, without what follows it.
std::string url_path(std::string_view url);

}  // namespace tocsin
