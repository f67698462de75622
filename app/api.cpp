#include "app/api.h"

#include <algorithm>
#include <array>

#include "app/api_alerts.h"
#include "app/api_answer.h"
#include "app/api_explain.h"
#include "app/api_posts.h"
#include "app/api_rules.h"
#include "app/api_silences.h"
#include "app/api_status.h"

namespace tocsin {
namespace {

using Handler = HttpAnswer (*)(ApiBackend&, const HttpQuery&);

struct Endpoint {
  std::string_view path;
  Handler read;   // GET and HEAD; null: not allowed
  Handler write;  // POST; null: not allowed
  std::string_view purpose;
  Handler remove = nullptr;    // DELETE; null: not allowed
  std::string_view item = "";  // not "": one more part follows the path, and this names it
};

constexpr std::array kEndpoints = {
    Endpoint{"/-/healthy", show_healthy, nullptr, "whether the program runs"},
    Endpoint{"/-/ready", show_ready, nullptr, "whether it is ready to work"},
    Endpoint{"/-/reload", nullptr, reload_configuration, "POST: read the configuration again"},
    Endpoint{"/metrics", show_metrics, nullptr, "metrics of the program itself"},
    Endpoint{"/api/v1/alerts", list_rule_alerts, nullptr, "pending and firing alerts of the rules"},
    Endpoint{"/api/v1/rules", list_rules, nullptr, "rule groups and their state"},
    Endpoint{"/api/v2/alerts", list_alerts, post_alerts, "alerts that the router knows; POST: send alerts"},
    Endpoint{"/api/v2/alerts/groups", list_alert_groups, nullptr, "alerts as they are notified together"},
    Endpoint{"/api/tocsin/v1/silences/preview", nullptr, preview_silence,
             "POST: which of the alerts that fire now a silence would mute"},
    Endpoint{"/api/v2/receivers", list_receivers, nullptr, "names of the receivers"},
    Endpoint{"/api/v2/silence", show_silence, nullptr, "one silence; DELETE: expire it", delete_silence,
             "id"},
    Endpoint{"/api/v2/silences", list_silences, post_silence, "silences; POST: set one"},
    Endpoint{"/api/v2/status", show_status, nullptr, "version, start time and configuration"},
    Endpoint{"/api/tocsin/v1/explain", explain_alerts, nullptr, "why alerts were told or not, now or ?at= a time"},
    Endpoint{"/api/tocsin/v1/groups", list_groups, nullptr, "groups, and how their integrations stand"},
    Endpoint{"/api/tocsin/v1/status", show_own_status, nullptr, "the same with what only Tocsin has"},
};

bool is_for(const Endpoint& endpoint, std::string_view path) {
  if (endpoint.item.empty()) return endpoint.path == path;
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash) == endpoint.path && slash + 1 < path.size();
}

const Endpoint* find_endpoint(std::string_view path) {
  const auto found = std::find_if(kEndpoints.begin(), kEndpoints.end(),
                                  [&](const Endpoint& endpoint) { return is_for(endpoint, path); });
  return found == kEndpoints.end() ? nullptr : &*found;
}

// An error in the shape that clients of this part of the API read.
HttpAnswer routing_error(std::string_view path, int status, std::string_view type,
                         const std::string& message) {
  if (path.starts_with("/api/v2/")) return v2_schema_error(status, message);
  if (path.starts_with("/api/")) return v1_error(status, type, message);
  return text_answer(status, message);
}

std::string allowed_methods(const Endpoint& endpoint) {
  std::string allowed = endpoint.read == nullptr ? "" : "GET, HEAD";
  if (endpoint.write != nullptr) allowed += allowed.empty() ? "POST" : ", POST";
  if (endpoint.remove != nullptr) allowed += allowed.empty() ? "DELETE" : ", DELETE";
  if (endpoint.path.starts_with("/api/")) allowed += ", OPTIONS";
  return allowed;
}

// As Alertmanager does: pages of other origins may read the API, and nobody may keep what it said.
void add_api_headers(HttpAnswer& answer) {
  answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
  answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS");
  answer.headers.emplace_back("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin");
  answer.headers.emplace_back("Access-Control-Expose-Headers", "Date");
  answer.headers.emplace_back("Cache-Control", "no-store");
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

Api::Api(ApiBackend& backend, std::string route_prefix)
    : backend_(backend), route_prefix_(std::move(route_prefix)) {
  while (route_prefix_.ends_with('/')) route_prefix_.pop_back();
  if (!route_prefix_.empty() && route_prefix_.front() != '/') route_prefix_.insert(0, "/");
}

bool Api::strip_prefix(std::string_view& path) const {
  if (!path.starts_with(route_prefix_)) return false;
  const std::string_view rest = path.substr(route_prefix_.size());
  if (!rest.empty() && rest.front() != '/') return false;
  path = rest.empty() ? "/" : rest;
  return true;
}

HttpAnswer Api::answer(const HttpQuery& query) {
  std::string_view path = query.path;
  if (!strip_prefix(path)) {
    if (path != "/")
      return text_answer(404, "Not found: every path here begins with " + route_prefix_ + "/.");
    HttpAnswer elsewhere = text_answer(302, "See " + route_prefix_ + "/.");
    elsewhere.headers.emplace_back("Location", route_prefix_ + "/");
    return elsewhere;
  }
  // Alertmanager's API takes a slash at the end as if it were not there.
  constexpr std::string_view kBase = "/api/v2/";
  if (path.size() > kBase.size() && path.starts_with(kBase) && path.ends_with('/')) path.remove_suffix(1);
  HttpAnswer answer = dispatch(path, query);
  if (path.starts_with("/api/")) add_api_headers(answer);
  return answer;
}

HttpAnswer Api::dispatch(std::string_view path, const HttpQuery& query) {
  const bool reads = query.method == "GET" || query.method == "HEAD";
  if (path == "/" && reads) return index_page();
  const Endpoint index{"/", show_healthy, nullptr, ""};
  const Endpoint* endpoint = path == "/" ? &index : find_endpoint(path);
  if (endpoint == nullptr) {
    return routing_error(path, 404, "not_found", "path " + std::string(path) + " was not found");
  }
  if (reads && endpoint->read != nullptr) return endpoint->read(backend_, query);
  if (query.method == "POST" && endpoint->write != nullptr) return endpoint->write(backend_, query);
  if (query.method == "DELETE" && endpoint->remove != nullptr) return endpoint->remove(backend_, query);

  const std::string allowed = allowed_methods(*endpoint);
  if (query.method == "OPTIONS" && path.starts_with("/api/")) return {204, "", "", {{"Allow", allowed}}};
  HttpAnswer refusal = routing_error(path, 405, "bad_data",
                                     "method " + query.method + " is not allowed here, only " + allowed);
  refusal.headers.emplace_back("Allow", allowed);
  return refusal;
}

std::string_view Api::handler_name(const HttpQuery& query) const {
  std::string_view path = query.path;
  if (!strip_prefix(path)) return "other";
  if (path == "/") return "/";
  const Endpoint* endpoint = find_endpoint(path);
  return endpoint == nullptr ? "other" : endpoint->path;
}

HttpAnswer Api::index_page() const {
  const std::string prefix = escape_html(route_prefix_);
  std::string page =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tocsin</title></head><body>\n"
      "<h1>Tocsin</h1>\n<ul>\n";
  for (const Endpoint& endpoint : kEndpoints) {
    std::string path = prefix + std::string(endpoint.path);
    if (!endpoint.item.empty()) path += "/{" + std::string(endpoint.item) + "}";
    const bool opens = endpoint.read != nullptr && endpoint.item.empty();
    const std::string name = !opens ? path : "<a href=\"" + path + "\">" + path + "</a>";
    page += "<li>" + name + ": " + escape_html(endpoint.purpose) + "</li>\n";
  }
  return {200, "text/html; charset=utf-8", page + "</ul>\n</body></html>\n", {}};
}

}  // namespace tocsin
