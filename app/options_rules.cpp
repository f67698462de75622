#include "app/options_rules.h"

#include <CLI/CLI.hpp>

namespace tocsin {

RulesCommands::RulesCommands(CLI::App& app) {
  CLI::App* rules = app.add_subcommand("rules", "work on rule files");
  rules->require_subcommand(1);
  convert_command_ = rules->add_subcommand(
      "convert", "write Prometheus 1.x rule files (ALERT … IF … FOR …) as YAML, comments kept");
  convert_command_->add_option("FILE", convert_.files, "Prometheus 1.x rule files")->required();
  CLI::Option* output = convert_command_->add_option(
      "-o,--output", convert_.output, "write all of them to this file (default: standard output)");
  convert_command_
      ->add_flag("--in-place", convert_.in_place,
                 "write each back to where it was; what is YAML already stays as it is")
      ->excludes(output);
  convert_command_
      ->add_option("--promql.version", promql_version_,
                   "the Prometheus that will evaluate the rules, such as 2.42 or 3.5 (default: any)")
      ->check([](const std::string& text) {
        const auto parsed = promql::parse_dialect(text);
        return parsed ? std::string() : parsed.error().message;
      });
  format_command_ = rules->add_subcommand(
      "fmt", "bring the expressions of YAML rule files into canonical PromQL; all else stays as it is");
  format_command_->add_option("FILE", format_.files, "YAML rule files")->required();
  format_command_->add_flag("--check", format_.check,
                            "change nothing: name the files that would change, and exit 1 if there are any");
}

std::optional<RulesOptions> RulesCommands::chosen() const {
  if (format_command_->parsed()) return format_;
  if (!convert_command_->parsed()) return std::nullopt;
  RulesConvertOptions out = convert_;
  out.dialect = *promql::parse_dialect(promql_version_);
  return out;
}

}  // namespace tocsin
