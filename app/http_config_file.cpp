#include "app/http_config_file.h"

#include <fmt/format.h>

#include "app/files.h"

namespace tocsin {

Result<CurlUrl> read_server_url(const std::string& text, const std::string& example) {
  CurlUrl url;
  const std::string whole = text.find("://") == std::string::npos ? "http://" + text : text;
  if (text.empty() || !url.set(whole)) {
    return fail(fmt::format("the URL of the server cannot be understood (write it as {})", example));
  }
  const std::string scheme = url.part(CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return fail(fmt::format("the URL of the server begins with {}:// (only http:// and https:// can be used)",
                            scheme));
  }
  url.clear_part(CURLUPART_QUERY);
  url.clear_part(CURLUPART_FRAGMENT);
  return url;
}

std::string without_place(const std::string& error, const std::string& place) {
  return error.starts_with(place + ": ") ? error.substr(place.size() + 2) : error;
}

Result<HttpConfig> read_http_config_file(const std::string& path) {
  const auto text = DiskFiles().read(path);
  if (!text) return tl::unexpected(text.error());
  Problems problems;
  const YamlDocument document = YamlDocument::parse(*text, path, problems);
  YamlObject object(document.root(), "http config", problems);
  const std::size_t slash = path.rfind('/');
  HttpConfig config = read_http_config(object, slash == std::string::npos ? "" : path.substr(0, slash));
  object.refuse_unknown_keys();
  if (problems.has_errors()) {
    std::string said = problems.to_string();
    while (said.ends_with('\n')) said.pop_back();
    return fail(std::move(said));
  }
  return config;
}

}  // namespace tocsin
