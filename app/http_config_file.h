// What commands are told about a server on their command line: its URL, and a file with the keys of
// http_config.
#pragma once

#include <string>

#include "app/curl_options.h"
#include "core/http_config.h"
#include "core/result.h"

namespace tocsin {

// "localhost:9093" means HTTP, as it does to whoever writes it. Query and fragment are dropped.
Result<CurlUrl> read_server_url(const std::string& text,
                                const std::string& example = "http://localhost:9093");

// What the transport said without the address in front, which words about that server name already.
std::string without_place(const std::string& error, const std::string& place);

// As amtool takes it. Every problem of the file is in the message.
Result<HttpConfig> read_http_config_file(const std::string& path);

}  // namespace tocsin
