#include "receivers/service_request.h"

#include "core/template/escape.h"

namespace tocsin {
namespace {

bool stays_in_path(unsigned char c) {
  const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric ||
         std::string_view("-_.~$&+,/:;=@").find(static_cast<char>(c)) != std::string_view::npos;
}

// As Go writes the path of a URL.
std::string path_escaped(std::string_view path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (stays_in_path(byte)) {
      out.push_back(c);
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace

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
  std::string out = std::string(base) + "/" + path_escaped(path);
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
