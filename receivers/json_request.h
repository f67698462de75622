// What receivers that POST JSON to one URL have in common. Only the shape of the request: what stands in the
// body is each receiver's own matter.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/json.h"
#include "receivers/integration.h"

namespace tocsin {

HttpRequest json_post(std::string url, std::string body, std::shared_ptr<const HttpConfig>);

// The URL that a secret holds, read now and checked; it is not a template. `key` names it in the failure.
Result<std::string> read_http_url(const BuildContext&, const std::string& key, const Secret&);

// Go leaves out members that are empty ("omitempty").
void write_unless_empty(JsonWriter&, std::string_view key, std::string_view value);

}  // namespace tocsin
