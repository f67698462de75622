#include "evaluator/prometheus_server.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "core/labels.h"

namespace tocsin {
namespace {

struct UrlMistake {
  std::string message;
  std::string hint;
};

constexpr std::string_view kExample = "write for example http://localhost:9090";

// What is wrong with the url of a server; an empty message where it is fine. The url may hold a password, so
// it is quoted only where it cannot.
UrlMistake find_url_mistake(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  if (url.empty()) return {"url must be set", std::string(kExample)};
  if (scheme != "http" && scheme != "https")
    return {"url must start with http:// or https://", std::string(kExample)};
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return {"url must not hold a user name or password", "use basic_auth with username and password_file"};
  }
  if (authority.empty() || authority.front() == ':') return {"url has no host", std::string(kExample)};
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return {"url must end with the path, without ? or #", "parameters of queries go under query_params"};
  }
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f)
      return {"url must not hold blanks or control characters", std::string(kExample)};
  }
  const std::size_t port_start = authority.rfind(':');
  if (port_start != std::string_view::npos && authority.find(']', port_start) == std::string_view::npos) {
    const std::string_view port = authority.substr(port_start + 1);
    if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos ||
        (!port.empty() && std::stoi(std::string(port)) > 65535)) {
      return {fmt::format("invalid port {} in url", go_quote(port)), std::string(kExample)};
    }
  }
  return {};
}

bool is_reserved_parameter(std::string_view name) {
  return name == "query" || name == "time" || name == "timeout";
}

// Reads one entry. `number` counts from 1 and names an entry without name.
PrometheusServer read_prometheus_server(YamlObject& object, int number, const std::string& base_folder) {
  PrometheusServer server;
  server.name = fmt::format("prometheus-{}", number);
  object.text("name", server.name);
  if (server.name.empty()) object.error("name", "name must not be empty", "leave it out, or name the server");
  object.text("url", server.url);
  if (const UrlMistake mistake = find_url_mistake(server.url); !mistake.message.empty()) {
    object.error("url", mistake.message, mistake.hint);
  }
  while (server.url.ends_with('/')) server.url.pop_back();
  object.text_list("rule_files", server.rule_files);
  object.text_map("query_params", server.query_params);
  for (const auto& [name, value] : server.query_params) {
    if (is_reserved_parameter(name)) {
      object.error("query_params",
                   fmt::format("query_params must not hold {}: every query sets it", go_quote(name)),
                   "remove it");
    }
  }
  object.prometheus_duration("timeout", server.timeout);
  if (server.timeout <= Duration::zero())
    object.error("timeout", "timeout must be longer than 0s", "the default is 2m");
  object.prometheus_duration("trend_span", server.trend_span);
  if (server.trend_span < Duration::zero() || server.trend_span > std::chrono::hours(24 * 31))
    object.error("trend_span", "trend_span must be between 0s and 31d",
                 "the default is 1h; 0s shows no trends");
  server.http = std::make_shared<const HttpConfig>(read_http_config(object, base_folder));
  object.refuse_unknown_keys();
  return server;
}

}  // namespace

std::vector<PrometheusServer> read_prometheus_servers(const YamlNode& list, const std::string& base_folder,
                                                      Problems& problems) {
  std::vector<PrometheusServer> servers;
  if (list.null()) return servers;
  if (list.kind() != YamlNode::Kind::kList) {
    problems.error(list.file(), list.position(), "prometheus must be a list of servers",
                   "start each server with `- url: http://…`");
    return servers;
  }
  std::set<std::string> names;
  for (const YamlNode& node : list.items()) {
    YamlObject object(node, "prometheus", problems);
    servers.push_back(read_prometheus_server(object, static_cast<int>(servers.size()) + 1, base_folder));
    if (!names.insert(servers.back().name).second) {
      object.error("name", fmt::format("two servers are named {}", go_quote(servers.back().name)),
                   "names must differ");
    }
  }
  return servers;
}

}  // namespace tocsin
