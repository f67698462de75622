#include "app/receiver_command.h"

#include <fmt/format.h>

#include <future>
#include <mutex>

#include "app/config_file.h"
#include "app/configuration.h"
#include "app/curl_transport.h"
#include "app/delivery_desk.h"
#include "app/random_id.h"
#include "app/receiver_trial.h"
#include "app/request_preview.h"
#include "app/version.h"
#include "core/duration.h"
#include "receivers/service_answer.h"

namespace tocsin {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

// What a command works on; where there is no trial, `output` says why.
struct Loaded {
  std::optional<Configuration> configuration;
  std::optional<ReceiverTrial> trial;
};

Loaded load(const ReceiverTrialOptions& options, TrialKind kind, Files& files, TimePoint now,
            CommandOutput& output) {
  Loaded out;
  std::string alerts;
  if (!options.alerts_file.empty()) {
    auto text = files.read(options.alerts_file);
    if (!text) {
      output = {"", text.error().message + "\n", kUsage};
      return out;
    }
    alerts = std::move(*text);
    if (alerts.empty()) alerts = "[]";
  }
  Problems problems;
  out.configuration = load_configuration(options.config_file, options.external_url, files, problems);
  output.err += problems.to_string();
  if (!out.configuration) {
    output.exit_code = kFailed;
    return out;
  }
  auto trial = ReceiverTrial::make(*out.configuration, options, alerts, kind, now);
  if (!trial) {
    output.err += trial.error().message + "\n";
    output.exit_code = kUsage;
    return out;
  }
  if (!trial->note().empty()) output.err += "note: " + trial->note() + "\n";
  if (trial->integrations().empty())
    output.err +=
        fmt::format("receiver {} has no integrations: nothing is ever sent\n", go_quote(options.receiver));
  out.trial = std::move(*trial);
  return out;
}

// Remembers what came back last.
class ListeningTransport final : public Transport {
 public:
  explicit ListeningTransport(Transport& inner) : inner_(inner) {}
  void send(OutboundRequest request, Done done) override {
    inner_.send(std::move(request), [this, done = std::move(done)](OutboundAnswer answer) {
      {
        const std::lock_guard lock(mutex_);
        last_ = answer;
      }
      done(std::move(answer));
    });
  }
  void stop() override { inner_.stop(); }
  OutboundAnswer last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  Transport& inner_;
  mutable std::mutex mutex_;
  OutboundAnswer last_;
};

// Sends one notification after the other, as the daemon would, but once.
class TestRun {
 public:
  TestRun(const Configuration& configuration, Transport& transport, Clock& clock)
      : configuration_(configuration),
        clock_(clock),
        transport_(transport),
        desk_(
            transport_, clock, configuration.delivery, [](const std::string&, const DeliveryResult&) {},
            [this](const Attempt& attempt) { done_.set_value(attempt); }) {}
  ~TestRun() {
    transport_.stop();  // first: its thread may be about to leave the desk
    desk_.stop();
  }
  TestRun(const TestRun&) = delete;
  TestRun& operator=(const TestRun&) = delete;

  // The attempt becomes a line of the output.
  DeliveryResult send(const Integration& integration, const Notification& notification, std::string_view what,
                      CommandOutput& output);

 private:
  const Configuration& configuration_;
  Clock& clock_;
  ListeningTransport transport_;
  std::promise<Attempt> done_;  // of the notification under way
  DeliveryDesk desk_;
};

DeliveryResult TestRun::send(const Integration& integration, const Notification& notification,
                             std::string_view what, CommandOutput& output) {
  SecretMask mask;
  (void)preview_request(integration, notification, *configuration_.delivery, clock_.now(), mask);
  done_ = {};
  auto done = done_.get_future();
  desk_.take(notification);
  const Attempt attempt = done.get();

  const bool delivered = attempt.result.outcome == DeliveryResult::Outcome::kDelivered;
  const OutboundAnswer answer = transport_.last();
  const std::string said = answer_excerpt(answer.body.empty() ? answer.error : answer.body);
  std::string line = fmt::format("{}: {} ", integration.id().to_string(), what);
  if (delivered) {
    line += fmt::format("delivered in {}",
                        format_go_duration(std::chrono::round<std::chrono::milliseconds>(attempt.took)));
    if (attempt.result.status != 0) line += fmt::format(", status {}", attempt.result.status);
    if (!said.empty()) line += ": " + said;
  } else {
    const bool later = attempt.result.outcome == DeliveryResult::Outcome::kFailed;
    line += fmt::format("{}: {}", later ? "failed (a real page would be tried again)" : "rejected",
                        attempt.result.message);
    output.exit_code = kFailed;
  }
  output.out += mask.hide(line) + "\n";
  if (!attempt.warning.empty())
    output.err += mask.hide(integration.id().to_string() + ": warning: " + attempt.warning) + "\n";
  return attempt.result;
}

}  // namespace

CommandOutput test_receiver(const ReceiverTestOptions& options, Files& files, Transport& transport,
                            Clock& clock) {
  CommandOutput output;
  const Loaded loaded = load(options.trial, TrialKind::kTest, files, clock.now(), output);
  if (!loaded.trial) return output;
  if (loaded.trial->integrations().empty()) output.exit_code = kFailed;
  TestRun run(*loaded.configuration, transport, clock);
  const std::string id = random_uuid();
  for (const auto& integration : loaded.trial->integrations()) {
    const DeliveryResult result =
        run.send(*integration, loaded.trial->firing(*integration, id), "test page", output);
    if (!options.resolve || result.outcome != DeliveryResult::Outcome::kDelivered) continue;
    if (!integration->wants_resolved()) {
      output.out +=
          integration->id().to_string() + ": not told that it is over, because send_resolved is false\n";
      continue;
    }
    run.send(*integration,
             loaded.trial->resolved(*integration, id + "-resolved", clock.now(), result.message_ref),
             "its end", output);
  }
  return output;
}

CommandOutput preview_receiver(const ReceiverPreviewOptions& options, Files& files, TimePoint now) {
  CommandOutput output;
  const Loaded loaded = load(options.trial, TrialKind::kPreview, files, now, output);
  if (!loaded.trial) return output;
  SecretMask mask;
  std::vector<RequestPreview> previews;
  for (const auto& integration : loaded.trial->integrations()) {
    if (options.resolved && !integration->wants_resolved()) {
      output.err += integration->id().to_string() +
                    ": would not be told that it is over, because send_resolved is false\n";
      continue;
    }
    const Notification notification = options.resolved
                                          ? loaded.trial->resolved(*integration, "preview", now, "")
                                          : loaded.trial->firing(*integration, "preview");
    previews.push_back(
        preview_request(*integration, notification, *loaded.configuration->delivery, now, mask));
  }
  const SecretsShown secrets = options.show_secrets ? SecretsShown::kYes : SecretsShown::kNo;
  for (const RequestPreview& preview : previews) {
    if (!preview.error.empty()) output.exit_code = kFailed;
    if (!preview.warning.empty())
      output.err += mask.hide(preview.integration.to_string() + ": warning: " + preview.warning) + "\n";
    if (options.output == "json") continue;
    if (!output.out.empty()) output.out += "\n";
    output.out += preview_text(preview, mask, secrets);
  }
  if (options.output == "json") output.out = previews_json(previews, mask, secrets);
  return output;
}

int run_receiver(const ReceiverOptions& options) {
  DiskFiles files;
  SystemClock clock;
  if (const auto* preview = std::get_if<ReceiverPreviewOptions>(&options)) {
    ReceiverPreviewOptions resolved = *preview;
    resolved.trial.config_file = config_file_or_default(preview->trial.config_file);
    return print(preview_receiver(resolved, files, clock.now()));
  }
  ReceiverTestOptions resolved = std::get<ReceiverTestOptions>(options);
  resolved.trial.config_file = config_file_or_default(resolved.trial.config_file);
  TransportOptions transport_options;
  transport_options.user_agent = std::string("Tocsin/") + kVersion;
  CurlTransport transport(transport_options);
  return print(test_receiver(resolved, files, transport, clock));
}

}  // namespace tocsin
