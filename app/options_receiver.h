// `tocsin receiver …` as values: what each of its commands was told. The texts are read by
// app/receiver_command.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace tocsin {

// What is said, and to whom.
struct ReceiverTrialOptions {
  std::string config_file;
  std::string receiver;
  std::vector<std::string> integrations;  // slack[0], or slack: all of the kind; none: all of the receiver
  std::string alerts_file;                // empty: one alert that we make up
  std::string external_url = "http://localhost:9093";
};

struct ReceiverTestOptions {
  ReceiverTrialOptions trial;
  bool resolve = false;  // say afterwards that it is over
};

struct ReceiverPreviewOptions {
  ReceiverTrialOptions trial;
  bool resolved = false;
  bool show_secrets = false;
  std::string output = "text";  // text, json
};

using ReceiverOptions = std::variant<ReceiverTestOptions, ReceiverPreviewOptions>;

// The command line of `receiver`, below `app`.
class ReceiverCommands {
 public:
  explicit ReceiverCommands(CLI::App& app);
  // Nothing where another command was given.
  std::optional<ReceiverOptions> chosen() const;

 private:
  void add_trial(CLI::App&);

  CLI::App* test_command_;
  CLI::App* preview_command_;
  ReceiverTrialOptions trial_;
  ReceiverTestOptions test_;
  ReceiverPreviewOptions preview_;
};

}  // namespace tocsin
