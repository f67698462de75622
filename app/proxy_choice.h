// Which proxy carries a request: `proxy_url`, `no_proxy`, `proxy_from_environment`, read as Go's httpproxy
// reads them, because that is what Alertmanager's users have written. It only chooses; speaking to the proxy
// is libcurl's.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tocsin {

struct ProxySettings {
  std::string proxy_url, no_proxy;
  bool from_environment = false;
};

// "" where a variable is not set.
using Environment = std::function<std::string(const char* name)>;
Environment process_environment();

// The proxy's URL, or "" for a direct connection. `host` is without brackets.
// With `no_proxy` or the environment in play, localhost and loopback addresses are always reached directly,
// as in Go.
std::string choose_proxy(const ProxySettings&, std::string_view scheme, const std::string& host, int port,
                         const Environment&);

// Whether a no_proxy list names the host: "*", names with their subdomains, ".name" for subdomains only,
// addresses, networks (10.0.0.0/8); each may carry ":port".
bool no_proxy_names(std::string_view list, const std::string& host, int port);

}  // namespace tocsin
