#include "app/options_alert.h"

#include <CLI/CLI.hpp>

#include "app/options_api.h"

namespace tocsin {

AlertCommands::AlertCommands(CLI::App& app)
    : alert_(app.add_subcommand("alert", "list alerts of a running server, or send it one")),
      add_command_(alert_->add_subcommand("add", "send an alert")) {
  alert_->require_subcommand(0, 1);
  add_query(*alert_);  // as amtool: a query where nothing else is said
  add_query(*alert_->add_subcommand("query", "list alerts"));
  add_add(*add_command_);
}

void AlertCommands::add_query(CLI::App& command) {
  add_api_flags(command, query_.api);
  command.add_option("MATCHER", query_.matchers,
                     "matchers: LABEL=VALUE, !=, =~ or !~; a first one without operator is an alertname");
  command.add_flag("-s,--silenced", query_.silenced, "those that are silenced");
  command.add_flag("-i,--inhibited", query_.inhibited, "those that are inhibited");
  command.add_flag("-a,--active", query_.active, "those that are neither (the default)");
  command.add_flag("-u,--unprocessed", query_.unprocessed, "those that no group has looked at yet");
  command.add_option("-r,--receiver", query_.receiver, "those of receivers that this regex matches");
}

void AlertCommands::add_add(CLI::App& command) {
  add_api_flags(command, add_.api);
  command.add_option("LABEL", add_.labels, "labels: NAME=VALUE; a first one without \"=\" is the alertname")
      ->required();
  command.add_option("--annotation", add_.annotations, "NAME=VALUE; may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  command.add_option("--start", add_.start, "when it started, RFC 3339 (default: now)");
  command.add_option("--end", add_.end,
                     "when it ends, RFC 3339 (default: after the server's resolve_timeout)");
  command.add_option("--generator-url", add_.generator_url, "where it came from");
}

std::optional<AlertOptions> AlertCommands::chosen() const {
  if (!alert_->parsed()) return std::nullopt;
  if (add_command_->parsed()) return add_;
  return query_;
}

}  // namespace tocsin
