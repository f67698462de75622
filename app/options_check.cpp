#include "app/options_check.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "app/duration_argument.h"

namespace tocsin {
namespace {

constexpr const char* kOnline = "Against a Prometheus server";

std::string check_duration(const std::string& text) {
  const auto parsed = parse_duration_argument(text);
  if (!parsed) return parsed.error().message;
  return *parsed < Duration::zero() ? "a duration must not be negative" : "";
}

std::string check_positive_duration(const std::string& text) {
  const std::string mistake = check_duration(text);
  if (!mistake.empty()) return mistake;
  return *parse_duration_argument(text) == Duration::zero() ? "a duration of 0 leaves no time for an answer"
                                                            : "";
}

std::string check_limit(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool good = !text.empty() && *end == '\0' && number >= 0 && number < 1e18;
  return good ? "" : "a limit is a number from 0 on, such as 1000 or 1e6";
}

// A variable of a CI job that is not set must not turn a check off.
std::string check_not_empty(const std::string& text) {
  return text.empty() ? "the value is empty" : "";
}

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
  check
      .add_option("--changed-since", check_.changed_since,
                  "report findings only of what was changed since this git revision branched off, such as "
                  "origin/main; errors always")
      ->check(check_not_empty);
  CLI::Option* baseline =
      check
          .add_option("--baseline", check_.baseline,
                      "a file of findings that are known already: they are hidden, and counted")
          ->check(check_not_empty);
  check.add_option("--write-baseline", check_.write_baseline, "write the findings of today to such a file")
      ->excludes(baseline);
  check
      .add_option("--policy", check_.policy,
                  "a file of `checks:`: what the rules are held to, beside the `checks:` of a configuration")
      ->check(check_not_empty);
  check
      .add_option(
          "--promql.version", promql_version_,
          "the Prometheus that evaluates the rules, such as 2.42 or 3.5: what it does not know is an error "
          "(default: any, the newest PromQL, with warnings about what needs a feature flag)")
      ->check(check_dialect);
  check.add_option("--promql.features", promql_features_,
                   "its --enable-feature, as far as expressions go: NAME,NAME");
  add_online_flags();
  check.callback([this] {
    if (check_.files.empty() && check_.explain.empty()) throw CLI::RequiredError("FILE");
  });

  schema_command_ = app.add_subcommand(
      "schema", "print the JSON Schema of rule files, the configuration or a file of checks, for editors");
  schema_command_->add_option("WHAT", schema_.of, "rules, config or policy")
      ->required()
      ->check(CLI::IsMember({"rules", "config", "policy"}));
}

void CheckCommands::add_online_flags() {
  OnlineFlags& online = check_.online;
  const auto option = [this](CLI::Option* made) { return made->group(kOnline); };
  CLI::App& check = *check_command_;
  CLI::Option* url =
      option(check.add_option("--prometheus", online.url,
                              "URL of the Prometheus that evaluates the rules, or has its data: it is asked "
                              "whether what they select is there, "
                              "what they cost, how often it is scraped; what it cannot tell is a note"))
          ->check(check_not_empty);
  const auto more = [&](CLI::Option* made) { return option(made)->needs(url); };
  more(check.add_option("--http.config.file", online.http_config_file,
                        "file with http_config keys: logins, headers, TLS, proxy"));
  more(check.add_option("--prometheus-concurrency", online.concurrency, "questions at the same time"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
  more(check.add_option("--prometheus-max-queries", online.max_queries,
                        "how many questions are asked; equal ones are asked once"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40));
  more(check.add_option("--prometheus-max-time", max_time_, "after this nothing more is asked"))
      ->capture_default_str()
      ->check(check_positive_duration);
  more(check.add_option("--prometheus-timeout", timeout_, "how long to wait for each answer"))
      ->capture_default_str()
      ->check(check_positive_duration);
  const std::string none = "; 0: no limit";
  more(check.add_option("--cost-max-series", online.cost.series,
                        "most series that an expression may give" + none))
      ->capture_default_str()
      ->check(check_limit);
  more(check.add_option("--cost-max-samples", online.cost.samples,
                        "most samples that an expression may read" + none))
      ->capture_default_str()
      ->check(check_limit);
  more(check.add_option("--cost-max-peak-samples", online.cost.peak_samples,
                        "most samples that the server may hold for an expression at the same time" + none))
      ->capture_default_str()
      ->check(check_limit);
  more(check.add_option("--cost-max-time", cost_max_time_, "longest that an expression may take" + none))
      ->capture_default_str()
      ->check(check_duration);
}

std::optional<CheckOrSchema> CheckCommands::chosen() const {
  if (schema_command_->parsed()) return schema_;
  if (!check_command_->parsed()) return std::nullopt;
  CheckOptions out = check_;
  out.fail_on = fail_on_ == "note"      ? Severity::kNote
                : fail_on_ == "warning" ? Severity::kWarning
                                        : Severity::kError;
  out.online.max_time = parse_duration_argument(max_time_).value();
  out.online.timeout = parse_duration_argument(timeout_).value();
  out.online.cost.time = parse_duration_argument(cost_max_time_).value();
  out.dialect = promql::with_features(*promql::parse_dialect(promql_version_), promql_features_);
  return out;
}

}  // namespace tocsin
