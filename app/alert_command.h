// `tocsin alert`: lists the alerts of a running server (ours, or any Alertmanager), or sends it one, through
// its API, with amtool's words and output. Exit codes: 0 fine, 1 the server refused or was not there, 2
// usage.
#pragma once

#include <string_view>

#include "app/command_output.h"
#include "app/options_alert.h"

namespace tocsin {

int run_alert(const AlertOptions&);

// What a command needs of the world, as values.
struct AlertSurroundings {
  AskApi ask;
  ApiSettings settings;
};

CommandOutput query_alerts(const AlertQueryOptions&, const AlertSurroundings&);
CommandOutput add_alert(const AlertAddOptions&, const AlertSurroundings&);

// An answer of GET /api/v2/alerts as amtool prints it: simple and extended by start, JSON as it came.
Result<std::string> alerts_text(std::string_view body, const ApiSettings&);

}  // namespace tocsin
