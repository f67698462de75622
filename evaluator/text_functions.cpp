#include "evaluator/text_functions.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "core/template/escape.h"

namespace tocsin {
namespace {

struct HostPort {
  std::string host;
  std::string port;
};

// Go's net.SplitHostPort; nothing where it fails.
std::optional<HostPort> split_host_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::size_t after_host = 0;
  std::string host;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string::npos || close + 1 != colon) return std::nullopt;
    host = text.substr(1, close - 1);
    after_host = close + 1;
    if (text.find('[', 1) != std::string::npos) return std::nullopt;
  } else {
    host = text.substr(0, colon);
    if (host.find(':') != std::string::npos || text.find('[') != std::string::npos) return std::nullopt;
  }
  if (text.find(']', after_host) != std::string::npos) return std::nullopt;
  return HostPort{std::move(host), text.substr(colon + 1)};
}

bool is_ip_address(const std::string& text) {
  in6_addr address;
  return inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

std::string strip_port(const std::string& host_and_port) {
  const std::optional<HostPort> split = split_host_port(host_and_port);
  return split ? split->host : host_and_port;
}

std::string strip_domain(const std::string& host_and_port) {
  const std::optional<HostPort> split = split_host_port(host_and_port);
  std::string host = split ? split->host : host_and_port;
  if (is_ip_address(host)) return host_and_port;
  host.resize(std::min(host.find('.'), host.size()));
  if (!split || split->port.empty()) return host;
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + split->port;
}

std::string query_escape(std::string_view text) {
  return tmpl::url_query_escape(text);
}

std::string graph_link(std::string_view expression) {
  return "/graph?g0.expr=" + query_escape(expression) + "&g0.tab=0";
}

std::string table_link(std::string_view expression) {
  return "/graph?g0.expr=" + query_escape(expression) + "&g0.tab=1";
}

std::string url_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    const std::size_t start = url.find_first_of("/?#");
    if (start == std::string_view::npos || url[start] != '/') return "";
    url.remove_prefix(start);
  }
  return std::string(url.substr(0, url.find_first_of("?#")));
}

}  // namespace tocsin
