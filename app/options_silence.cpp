#include "app/options_silence.h"

#include <CLI/CLI.hpp>

#include "app/options_api.h"

namespace tocsin {
namespace {

constexpr const char* kMatchers =
    "matchers: LABEL=VALUE, !=, =~ or !~; a first one without operator is an alertname";

}  // namespace

SilenceCommands::SilenceCommands(CLI::App& app)
    : silence_(app.add_subcommand("silence", "make, list, change and expire silences of a running server")),
      add_command_(silence_->add_subcommand("add", "silence the alerts that match; prints the silence's id")),
      expire_command_(silence_->add_subcommand("expire", "end silences now")),
      update_command_(silence_->add_subcommand("update", "change silences")),
      import_command_(silence_->add_subcommand(
          "import", "set silences from a file that `silence query -o json` has written")) {
  silence_->require_subcommand(0, 1);
  add_query(*silence_);  // as amtool: a query where nothing else is said
  add_query(*silence_->add_subcommand("query", "list silences"));
  add_add(*add_command_);
  add_update(*update_command_);
  add_api_flags(*expire_command_, expire_.api);
  expire_command_->add_option("ID", expire_.ids, "ids of silences")->required();
  add_api_flags(*import_command_, import_.api);
  import_command_->add_option("FILE", import_.file, "a JSON file (default: standard input)");
  import_command_->add_flag("-f,--force", import_.force, "as new silences, also where the id is there");
  // One after the other is fast enough; amtool's flag is taken.
  import_command_->add_option("-w,--worker", "of amtool, without effect")->group("");
}

void SilenceCommands::add_add(CLI::App& command) {
  add_api_flags(command, add_.api);
  command.add_option("MATCHER", add_.matchers, kMatchers);
  command.add_option("-d,--duration", add_.duration, "how long it lasts")->capture_default_str();
  command.add_option("--start", add_.start, "when it starts, RFC 3339 (default: now)");
  command.add_option("--end", add_.end, "when it ends, RFC 3339; stronger than --duration");
  command.add_option("-a,--author", add_.author, "who makes it (default: whoever is logged in)");
  command.add_option("-c,--comment", add_.comment, "why");
  command.add_flag("!--require-comment,--no-require-comment", add_.without_comment, "do without a comment");
  command.add_option("--annotation", add_.annotations, "more about it, NAME=VALUE; may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  command.add_flag("--until-resolved", add_.until_resolved,
                   "ends as soon as what it mutes has resolved, at the latest after the duration");
  command.add_option("--expire-when-idle", add_.expire_when_idle,
                     "ends once it has muted nothing for so long, such as 2h");
  command.add_flag("--preview", add_.preview,
                   "only say how many and which firing alerts it would mute; nothing is made");
  command.add_flag("-y,--yes", add_.yes, "make it although it mutes nearly every alert");
}

void SilenceCommands::add_query(CLI::App& command) {
  add_api_flags(command, query_.api);
  command.add_option("MATCHER", query_.matchers, kMatchers);
  command.add_flag("--expired", query_.expired, "those that are over instead of the others");
  command.add_flag("-q,--quiet", query_.quiet, "ids only");
  command.add_option("--id", query_.id, "the one of this id");
  command.add_option("--created-by", query_.created_by, "those of this author");
  command.add_option("--within", query_.within,
                     "those that end within this time (with --expired: that have ended)");
}

void SilenceCommands::add_update(CLI::App& command) {
  add_api_flags(command, update_.api);
  command.add_option("ID", update_.ids, "ids of silences")->required();
  command.add_option("-d,--duration", update_.duration, "how long they last, from their start");
  command.add_option("--start", update_.start, "when they start, RFC 3339");
  command.add_option("--end", update_.end, "when they end, RFC 3339; stronger than --duration");
  command.add_option("-c,--comment", update_.comment, "why");
  command.add_flag("-q,--quiet", update_.quiet, "ids only");
}

std::optional<SilenceOptions> SilenceCommands::chosen() const {
  if (!silence_->parsed()) return std::nullopt;
  if (add_command_->parsed()) return add_;
  if (expire_command_->parsed()) return expire_;
  if (update_command_->parsed()) return update_;
  if (import_command_->parsed()) return import_;
  return query_;
}

}  // namespace tocsin
