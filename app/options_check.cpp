#include "app/options_check.h"

#include <CLI/CLI.hpp>

namespace tocsin {
namespace {

std::string check_dialect(const std::string& text) {
  const auto parsed = promql::parse_dialect(text);
  return parsed ? "" : parsed.error().message;
}

}  // namespace

CheckCommands::CheckCommands(CLI::App& app) {
  check_command_ = app.add_subcommand(
      "check", "check configuration and rule files; every mistake with file, line and column");
  CLI::App& check = *check_command_;
  CLI::Option* files = check.add_option("FILE", check_.files,
                                        "configuration files (tocsin.yml, alertmanager.yml), rule files, "
                                        "folders of them (*.yml, *.yaml, *.rules), "
                                        "or patterns ('rules/*.yml')");
  CLI::Option* explain =
      check.add_option("--explain", check_.explain,
                       "explain a finding's CODE, or list them all (--explain list), and check nothing");
  explain->excludes(files);
  check.add_option("--fail-on", fail_on_, "exit 1 from this severity on: error, warning or note")
      ->capture_default_str()
      ->check(CLI::IsMember({"error", "warning", "note"}));
  check
      .add_option("--format", check_.format,
                  "text, json, sarif (2.1.0), junit or github (workflow annotations)")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json", "sarif", "junit", "github"}));
  check.add_option("--output", check_.output, "write to this file (default: standard output)");
  check.add_option("--color", check_.color, "auto (a terminal, and NO_COLOR is not set), always or never")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "always", "never"}));
  check.add_option("--changed-since", check_.changed_since,
                   "report findings only of what was changed since this git revision branched off, such as "
                   "origin/main; errors always");
  CLI::Option* baseline =
      check.add_option("--baseline", check_.baseline,
                       "a file of findings that are known already: they are hidden, and counted");
  check.add_option("--write-baseline", check_.write_baseline, "write the findings of today to such a file")
      ->excludes(baseline);
  check.add_option(
      "--policy", check_.policy,
      "a file of `checks:`: what the rules are held to, beside the `checks:` of a configuration");
  check
      .add_option(
          "--promql.version", promql_version_,
          "the Prometheus that evaluates the rules, such as 2.42 or 3.5: what it does not know is an error "
          "(default: any, the newest PromQL, with warnings about what needs a feature flag)")
      ->check(check_dialect);
  check.add_option("--promql.features", promql_features_,
                   "its --enable-feature, as far as expressions go: NAME,NAME");
  check.callback([this] {
    if (check_.files.empty() && check_.explain.empty()) throw CLI::RequiredError("FILE");
  });

  schema_command_ = app.add_subcommand(
      "schema", "print the JSON Schema of rule files, the configuration or a file of checks, for editors");
  schema_command_->add_option("WHAT", schema_.of, "rules, config or policy")
      ->required()
      ->check(CLI::IsMember({"rules", "config", "policy"}));
}

std::optional<CheckOrSchema> CheckCommands::chosen() const {
  if (schema_command_->parsed()) return schema_;
  if (!check_command_->parsed()) return std::nullopt;
  CheckOptions out = check_;
  out.fail_on = fail_on_ == "note"      ? Severity::kNote
                : fail_on_ == "warning" ? Severity::kWarning
                                        : Severity::kError;
  out.dialect = promql::with_features(*promql::parse_dialect(promql_version_), promql_features_);
  return out;
}

}  // namespace tocsin
