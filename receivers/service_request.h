// The HTTP requests that services take: a JSON body to a URL made of a base that the user configured and a
// path of ours. It knows no service.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/outbound.h"

namespace tocsin {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// name=value&…, in the order given, escaped as HTML forms are: a blank is "+".
std::string form_encoded(const QueryParameters&);

// The URL with `path` (not escaped yet) added to its path after exactly one slash, and the parameters added
// to its query.
std::string extended_url(std::string_view url, std::string_view path, const QueryParameters& = {});

// With Content-Type application/json and 30 seconds time.
HttpRequest json_request(std::string method, std::string url, std::string body,
                         std::shared_ptr<const HttpConfig>);

}  // namespace tocsin
