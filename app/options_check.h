// `tocsin check` and `tocsin schema` as values. Carried out by app/check_command and app/schema_command.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/problem.h"
#include "core/time.h"
#include "rules/online/cost_limits.h"
#include "rules/promql/dialect.h"

namespace CLI {
class App;
}

namespace tocsin {

// Which Prometheus is asked about the rules, how much, and what of it is too much.
struct OnlineFlags {
  std::string url;               // empty: none
  std::string http_config_file;  // credentials and TLS; empty: none
  std::size_t concurrency = 4;   // questions at the same time
  std::size_t max_queries = 5000;
  Duration max_time = std::chrono::minutes(5);
  Duration timeout = std::chrono::seconds(30);  // of one question
  CostLimits cost;
};

struct CheckOptions {
  std::vector<std::string> files;                    // files, folders and patterns
  promql::Dialect dialect = promql::Dialect::any();  // of the Prometheus that will evaluate the rules
  Severity fail_on = Severity::kError;               // from this on a problem makes the check fail
  std::string format = "text";                       // text, json, sarif, junit, github
  std::string color = "auto";                        // auto, always, never
  std::string output;                                // a file; empty: standard output
  std::string changed_since;                         // a git revision; empty: everything is reported
  std::string baseline;                              // a file of known findings; empty: none
  std::string write_baseline;                        // where to write one; empty: nowhere
  std::string policy;                                // a file of `checks:`; empty: none
  OnlineFlags online;
  std::string explain;                               // a code, all or list; empty: check files
};

struct SchemaOptions {
  std::string of;  // rules, config, policy
};

using CheckOrSchema = std::variant<CheckOptions, SchemaOptions>;

// The command lines of `check` and `schema`, below `app`.
class CheckCommands {
 public:
  explicit CheckCommands(CLI::App& app);
  // Nothing where another command was given.
  std::optional<CheckOrSchema> chosen() const;

 private:
  void add_online_flags();

  CLI::App* check_command_;
  CLI::App* schema_command_;
  CheckOptions check_;
  SchemaOptions schema_;
  std::string fail_on_ = "error";
  std::string promql_version_ = "any";
  std::string promql_features_;
  std::string max_time_ = "5m";
  std::string timeout_ = "30s";
  std::string cost_max_time_ = "10s";
};

}  // namespace tocsin
