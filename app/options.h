// What the command line says, as values. Flags are Alertmanager's where it has them, so that its command line
// starts Tocsin.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/options_alert.h"
#include "app/options_check.h"
#include "app/options_receiver.h"
#include "app/options_rules.h"
#include "app/options_silence.h"
#include "core/matcher.h"
#include "core/result.h"
#include "core/time.h"
#include "router/posted_alerts.h"

namespace tocsin {

// What --enable-feature switches on, by Alertmanager's names.
struct Features {
  MatcherDialect dialect = MatcherDialect::kFallback;  // classic-mode, utf8-strict-mode
  NameScheme names = NameScheme::kUtf8;                // classic-mode
  bool receiver_names_in_metrics = false;              // receiver-name-in-metrics
  std::vector<std::string> without_effect;             // the others that were named
};
// "classic-mode,alert-names-in-metrics" → Features; fails on a name that Alertmanager does not know either.
Result<Features> parse_features(std::string_view text);

struct ServeOptions {
  std::string config_file;  // empty: tocsin.yml, or alertmanager.yml where there is no tocsin.yml
  std::string storage_path = "data/";
  Duration retention = std::chrono::hours(120);
  std::vector<std::string> listen_addresses{":9093"};
  std::string external_url;          // empty: http://HOST:PORT
  std::string route_prefix;          // empty: the path of the external URL
  std::string web_config_file;       // TLS and logins; empty: plain HTTP for everybody
  bool systemd_socket = false;       // serve on what systemd hands over instead of listen_addresses
  std::int64_t get_concurrency = 0;  // GETs at the same time, more are refused; below 1: CPUs, at least 8
  Duration web_timeout{};            // for one request; zero and less: none
  bool auto_reload = false;          // watch configuration, rule and template files
  Features features;
  // Limits; zero and less: none.
  std::int64_t max_silences = 0;  // live ones
  std::int64_t max_silence_bytes = 0;
  std::int64_t alerts_per_name = 0;
  bool refuse_broad_silences = false;  // those that mute nearly everything; otherwise there is a warning
  bool log_silences = false;           // each change of a silence's state
  std::string log_level = "info";
  std::string log_format = "logfmt";
  std::vector<std::string> ignored;  // flags that were accepted and have no effect, to be said in the log
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

struct ExplainOptions {
  std::vector<std::string> matchers;  // {alertname="X"}, team=db, or an alert's name
  std::string at;                     // RFC 3339, or how long ago; empty: now
  std::string url = "http://localhost:9093";
  std::string http_config_file;  // credentials and TLS; empty: none
  std::string output = "text";   // text, json
};

// A command line that ends the program at once: --help, --version, or a mistake.
struct Finished {
  int exit_code = 0;
};

using Options = std::variant<Finished, ServeOptions, CheckOptions, SchemaOptions, RenderOptions, RouteShowOptions,
                             RouteTestOptions, ExplainOptions, SilenceOptions, AlertOptions, ReceiverOptions,
                             RulesOptions>;

// Prints help, version or the mistake itself.
Options read_command_line(int argc, const char* const* argv);

}  // namespace tocsin
