// `tocsin silence …` as values: what each of its commands was told. The texts are read by
// app/silence_command, all at once.
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

struct SilenceAddOptions {
  ApiFlags api;
  std::vector<std::string> matchers;
  std::string duration = "1h";
  std::string start, end;  // RFC 3339; empty: now, and start plus duration
  std::string author;      // empty: amtool's configuration, or whoever is logged in
  std::string comment;
  std::vector<std::string> annotations;  // NAME=VALUE
  bool without_comment = false;          // it may be left out
  bool until_resolved = false;
  std::string expire_when_idle;
  bool preview = false;  // only look
  bool yes = false;      // also if it mutes nearly everything
};

struct SilenceQueryOptions {
  ApiFlags api;
  std::vector<std::string> matchers;
  bool expired = false;  // those only
  bool quiet = false;    // ids only
  std::string id, created_by;
  std::string within;  // ends, or has ended, within that time
};

struct SilenceExpireOptions {
  ApiFlags api;
  std::vector<std::string> ids;
};

struct SilenceUpdateOptions {
  ApiFlags api;
  std::vector<std::string> ids;
  std::string duration;  // from the silence's start
  std::string start, end, comment;
  bool quiet = false;
};

struct SilenceImportOptions {
  ApiFlags api;
  std::string file;    // empty: standard input
  bool force = false;  // as new silences, whatever their ids
};

using SilenceOptions = std::variant<SilenceAddOptions, SilenceQueryOptions, SilenceExpireOptions,
                                    SilenceUpdateOptions, SilenceImportOptions>;

// The command line of `silence`, below `app`.
class SilenceCommands {
 public:
  explicit SilenceCommands(CLI::App& app);
  // Nothing where another command was given.
  std::optional<SilenceOptions> chosen() const;

 private:
  void add_add(CLI::App&);
  void add_query(CLI::App&);
  void add_update(CLI::App&);

  CLI::App* silence_;
  CLI::App* add_command_;
  CLI::App* expire_command_;
  CLI::App* update_command_;
  CLI::App* import_command_;
  SilenceAddOptions add_;
  SilenceQueryOptions query_;
  SilenceExpireOptions expire_;
  SilenceUpdateOptions update_;
  SilenceImportOptions import_;
};

}  // namespace tocsin
