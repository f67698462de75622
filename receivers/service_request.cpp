#include "receivers/service_request.h"

#include "core/percent_encoding.h"
#include "core/template/escape.h"

namespace tocsin {
// What Go leaves as it is in the path of a URL.
constexpr std::string_view kKeptInPath = "$&+,/:;=@";

std::string form_encoded(const QueryParameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    out += (out.empty() ? "" : "&") + tmpl::url_query_escape(name) + "=" + tmpl::url_query_escape(value);
  }
  return out;
}

std::string extended_url(std::string_view url, std::string_view path, const QueryParameters& parameters) {
  const std::size_t fragment = url.find('#');
  if (fragment != std::string_view::npos) url = url.substr(0, fragment);
  const std::size_t question = url.find('?');
  std::string_view base = url.substr(0, question);
  while (base.ends_with('/')) base.remove_suffix(1);
  while (path.starts_with('/')) path.remove_prefix(1);
  std::string out = std::string(base) + "/" + percent_encoded(path, kKeptInPath);
  std::string query(question == std::string_view::npos ? "" : url.substr(question + 1));
  const std::string added = form_encoded(parameters);
  if (!query.empty() && !added.empty()) query += "&";
  query += added;
  return query.empty() ? out : out + "?" + query;
}

HttpRequest json_request(std::string method, std::string url, std::string body,
                         std::shared_ptr<const HttpConfig> config) {
  HttpRequest out;
  out.method = std::move(method);
  out.url = std::move(url);
  out.headers = {{"Content-Type", "application/json"}};
  out.body = std::move(body);
  out.config = std::move(config);
  return out;
}

}  // namespace tocsin
