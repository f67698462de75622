// What the command line says, as values. Flags are Alertmanager's where it has them, so that its command line
// starts Tocsin.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/time.h"

namespace tocsin {

struct ServeOptions {
  std::string config_file;  // empty: tocsin.yml, or alertmanager.yml where there is no tocsin.yml
  std::string storage_path = "data/";
  Duration retention = std::chrono::hours(120);
  std::vector<std::string> listen_addresses{":9093"};
  std::string external_url;  // empty: http://HOST:PORT
  std::string route_prefix;  // empty: the path of the external URL
  std::string log_level = "info";
  std::string log_format = "logfmt";
  std::vector<std::string> ignored;  // flags that were accepted and have no effect, to be said in the log
};

struct CheckOptions {
  std::vector<std::string> files;
};

struct RenderOptions {
  std::string kind = "notification";  // notification, rule, go
  std::vector<std::string> globs;     // template files
  std::string text;                   // the template to expand
  std::string type = "text";          // text, html
  std::string data_file;              // JSON; empty: none
  bool jsonl = false;                 // cases on standard input, answers on standard output, a line each
};

struct RouteShowOptions {
  std::string config_file;      // empty: as for serving
  std::string format = "text";  // text, dot
};

struct RouteTestOptions {
  std::string config_file;
  std::vector<std::string> labels;  // LABEL=VALUE
  std::string verify_receivers;     // names with commas; empty: anything is fine
  std::string at;                   // RFC 3339; empty: now
  std::string output = "text";      // text, json
};

// A command line that ends the program at once: --help, --version, or a mistake.
struct Finished {
  int exit_code = 0;
};

using Options =
    std::variant<Finished, ServeOptions, CheckOptions, RenderOptions, RouteShowOptions, RouteTestOptions>;

// Prints help, version or the mistake itself.
Options read_command_line(int argc, const char* const* argv);

}  // namespace tocsin
