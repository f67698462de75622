// `tocsin rules …` as values: what each of its commands was told. Carried out by app/rules_command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/promql/dialect.h"

namespace CLI {
class App;
}

namespace tocsin {

struct RulesConvertOptions {
  std::vector<std::string> files;
  std::string output;     // where all of them go; empty: standard output
  bool in_place = false;  // each file is replaced instead
  promql::Dialect dialect = promql::Dialect::any();
};

// The command line of `rules`, below `app`.
class RulesCommands {
 public:
  explicit RulesCommands(CLI::App& app);
  // Nothing where another command was given.
  std::optional<RulesConvertOptions> chosen() const;

 private:
  CLI::App* convert_command_;
  RulesConvertOptions convert_;
  std::string promql_version_ = "any";
};

}  // namespace tocsin
