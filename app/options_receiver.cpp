#include "app/options_receiver.h"

#include <CLI/CLI.hpp>

namespace tocsin {

ReceiverCommands::ReceiverCommands(CLI::App& app) {
  CLI::App* receiver =
      app.add_subcommand("receiver", "try a receiver of the configuration; no running server is needed");
  receiver->require_subcommand(1);
  test_command_ = receiver->add_subcommand(
      "test", "send a test page, marked as one, for real, and print what each service answered");
  add_trial(*test_command_);
  test_command_->add_flag("--resolve", test_.resolve, "afterwards, say that it is over");
  preview_command_ = receiver->add_subcommand(
      "preview", "print the requests that would be sent, byte for byte, and send nothing");
  add_trial(*preview_command_);
  preview_command_->add_flag("--resolved", preview_.resolved, "as if the alerts were over");
  preview_command_->add_flag("--show-secrets", preview_.show_secrets,
                             "print URLs, tokens and passwords instead of <secret>");
  preview_command_->add_option("-o,--output", preview_.output, "text or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
}

void ReceiverCommands::add_trial(CLI::App& command) {
  command.add_option("NAME", trial_.receiver, "the receiver")->required();
  command
      .add_option("--integration", trial_.integrations,
                  "only this one, as slack[0], or all of a kind, as slack; may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  command.add_option(
      "--alerts", trial_.alerts_file,
      "a JSON file of alerts as they are POSTed to /api/v2/alerts, or a webhook's message, which may "
      "have a trend (default: one alert TocsinTest)");
  command.add_option(
      "--config.file", trial_.config_file,
      "configuration file (default: tocsin.yml, or alertmanager.yml where there is no tocsin.yml)");
  command.add_option("--web.external-url", trial_.external_url, "what links in messages begin with")
      ->capture_default_str();
}

std::optional<ReceiverOptions> ReceiverCommands::chosen() const {
  if (test_command_->parsed()) {
    ReceiverTestOptions out = test_;
    out.trial = trial_;
    return out;
  }
  if (preview_command_->parsed()) {
    ReceiverPreviewOptions out = preview_;
    out.trial = trial_;
    return out;
  }
  return std::nullopt;
}

}  // namespace tocsin
