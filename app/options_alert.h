// `tocsin alert …` as values: what each of its commands was told. The texts are read by app/alert_command.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/api_flags.h"

namespace CLI {
class App;
}

namespace tocsin {

struct AlertQueryOptions {
  ApiFlags api;
  std::vector<std::string> matchers;
  // None of them: the active ones.
  bool silenced = false, inhibited = false, active = false, unprocessed = false;
  std::string receiver;  // a regex over the whole name; empty: any
};

struct AlertAddOptions {
  ApiFlags api;
  std::vector<std::string> labels;       // NAME=VALUE
  std::vector<std::string> annotations;  // likewise
  std::string start, end;                // RFC 3339; empty: left to the server
  std::string generator_url;
};

using AlertOptions = std::variant<AlertQueryOptions, AlertAddOptions>;

// The command line of `alert`, below `app`.
class AlertCommands {
 public:
  explicit AlertCommands(CLI::App& app);
  // Nothing where another command was given.
  std::optional<AlertOptions> chosen() const;

 private:
  void add_query(CLI::App&);
  void add_add(CLI::App&);

  CLI::App* alert_;
  CLI::App* add_command_;
  AlertQueryOptions query_;
  AlertAddOptions add_;
};

}  // namespace tocsin
