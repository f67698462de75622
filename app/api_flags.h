// ApiFlags: what every command that speaks to a running server is told on its command line, and what it comes
// to with the environment and amtool's configuration file: the flag is stronger than TOCSIN_URL, that than
// ALERTMANAGER_URL, that than the file.
#pragma once

#include <string>

#include "app/amtool_config.h"
#include "app/api_client.h"

namespace tocsin {

// Empty: not given.
struct ApiFlags {
  std::string url;
  std::string http_config_file;
  std::string timeout;
  std::string output;
  std::string date_format;
};

enum class OutputForm { kSimple, kExtended, kJson };

struct ApiSettings {
  ApiClientOptions client;
  OutputForm output = OutputForm::kSimple;
  std::string date_format = "2006-01-02 15:04:05 MST";  // Go's way of writing it, as amtool's --date.format
  std::string author;                                   // empty: whoever is logged in
  bool require_comment = true;
};

// The values of --output: simple, extended, json.
Result<OutputForm> parse_output_form(const std::string& text);

Result<ApiSettings> settle(const ApiFlags&, const AmtoolConfig&, const Environment&);

// A time as `settings` want it printed, in UTC.
std::string format_date(TimePoint, const ApiSettings& settings);

}  // namespace tocsin
