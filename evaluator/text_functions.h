// Text functions that only rule templates have, for addresses and URLs, as Go's standard library and
// Prometheus do them. Each is a function of its arguments only.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

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
