// `tocsin rules …` as values: what each of its commands was told. Carried out by app/rules_command.
#pragma once

#include <optional>
#include <string>
#include <variant>
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

struct RulesFormatOptions {
  std::vector<std::string> files;
  bool check = false;  // say which would change, and change none
};

using RulesOptions = std::variant<RulesConvertOptions, RulesFormatOptions>;

// The command line of `rules`, below `app`.
class RulesCommands {
 public:
  explicit RulesCommands(CLI::App& app);
  // Nothing where another command was given.
  std::optional<RulesOptions> chosen() const;

 private:
  CLI::App* convert_command_;
  CLI::App* format_command_;
  RulesConvertOptions convert_;
  RulesFormatOptions format_;
  std::string promql_version_ = "any";
};

}  // namespace tocsin
