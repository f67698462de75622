#include "receivers/json_request.h"

#include "receivers/receiver_config.h"

namespace tocsin {

HttpRequest json_post(std::string url, std::string body, std::shared_ptr<const HttpConfig> config) {
  HttpRequest out;
  out.method = "POST";
  out.url = std::move(url);
  out.headers = {{"Content-Type", "application/json"}};
  out.body = std::move(body);
  out.config = std::move(config);
  return out;
}

Result<std::string> read_http_url(const BuildContext& context, const std::string& key, const Secret& secret) {
  Result<std::string> url = context.read_secret(secret);
  if (!url) return fail(key + ": " + url.error().message);
  if (const auto checked = check_http_url(*url); !checked) return fail(key + " " + checked.error().message);
  return url;
}

void write_unless_empty(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.field(key, value);
}

}  // namespace tocsin
