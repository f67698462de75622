#include "app/options_api.h"

#include <CLI/CLI.hpp>

#include "app/duration_argument.h"

namespace tocsin {

void add_api_flags(CLI::App& command, ApiFlags& flags) {
  constexpr const char* kServer = "Server and output";
  command
      .add_option("--url,--alertmanager.url", flags.url,
                  "the server (default: TOCSIN_URL, ALERTMANAGER_URL, amtool's configuration file, "
                  "http://localhost:9093)")
      ->group(kServer);
  command
      .add_option("--http.config.file", flags.http_config_file,
                  "a file with credentials, TLS and proxy, in the format of http_config")
      ->group(kServer);
  command.add_option("--timeout", flags.timeout, "how long to wait for an answer (default: 30s)")
      ->check([](const std::string& text) {
        const auto parsed = parse_duration_argument(text);
        return parsed ? std::string() : parsed.error().message;
      })
      ->group(kServer);
  command.add_option("-o,--output", flags.output, "simple, extended or json (default: simple)")
      ->check(CLI::IsMember({"simple", "extended", "json"}))
      ->group(kServer);
  command
      .add_option("--date.format", flags.date_format,
                  "how times are printed, as Go writes it (default: 2006-01-02 15:04:05 MST)")
      ->group(kServer);
}

}  // namespace tocsin
