#include "app/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <chrono>
#include <thread>

#include "app/config_file.h"
#include "app/curl_transport.h"
#include "app/host_name.h"
#include "app/log.h"
#include "app/sqlite_store.h"
#include "app/sqlite_store_history.h"
#include "app/takeover.h"
#include "app/version.h"

namespace tocsin {
namespace {

constexpr Duration kStopGrace = std::chrono::seconds(10);

// Without the slash at the end; empty for the root.
std::string path_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  std::string path = parsed ? std::string(parsed->encoded_path()) : "";
  while (path.ends_with('/')) path.pop_back();
  return path;
}

Result<std::optional<std::string>> read_if_there(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) return std::optional<std::string>();
  auto text = DiskFiles().read(path);
  if (!text) return tl::unexpected(text.error());
  return std::optional(std::move(*text));
}

// What the command line says of the router's work.
std::shared_ptr<const RoutingConfig> with_limits(const RoutingConfig& read, const ServeOptions& options) {
  const auto limit = [](std::int64_t n) { return n <= 0 ? std::size_t{0} : static_cast<std::size_t>(n); };
  auto routing = std::make_shared<RoutingConfig>(read);
  routing->silence_limits = {limit(options.max_silences), limit(options.max_silence_bytes)};
  routing->alerts_per_name = limit(options.alerts_per_name);
  routing->retention = options.retention;
  return routing;
}

// Alertmanager's default: as many as there are CPUs, but at least 8.
std::int64_t get_concurrency_of(const ServeOptions& options) {
  if (options.get_concurrency > 0) return options.get_concurrency;
  return std::max<std::int64_t>(std::thread::hardware_concurrency(), 8);
}

void log_problems(const Problems& problems) {
  for (const Problem& problem : problems.all()) {
    const bool bad = problem.severity == Severity::kError;
    log(bad ? LogLevel::kError : LogLevel::kWarning, bad ? "Configuration problem" : "Configuration warning",
        {{"file", problem.file},
         {"line", std::to_string(problem.position.line)},
         {"column", std::to_string(problem.position.column)},
         {"problem", problem.message},
         {"hint", problem.hint}});
  }
}

}  // namespace

Daemon::Daemon(ServeOptions options)
    : options_(std::move(options)),
      metrics_(options_.features.receiver_names_in_metrics
                   ? Metrics::NotificationLabels::kIntegrationAndReceiver
                   : Metrics::NotificationLabels::kIntegration),
      gets_(get_concurrency_of(options_)) {
  options_.config_file = config_file_or_default(options_.config_file);
}

Daemon::~Daemon() {
  stop();
}

Result<std::unique_ptr<Daemon>> Daemon::start(const ServeOptions& options) {
  std::unique_ptr<Daemon> daemon(new Daemon(options));
  daemon->started_at_ = daemon->clock_.now();
  if (auto listening = daemon->listen(); !listening) return tl::unexpected(listening.error());

  Problems problems;
  auto configuration = daemon->load(problems);
  if (!configuration) return fail(problems.to_string() + "The configuration is wrong; nothing was started.");
  log_problems(problems);

  auto opened = SqliteStore::open(options.storage_path, daemon->clock_.now());
  if (!opened) return tl::unexpected(opened.error());
  if (!opened->warning.empty()) log(LogLevel::kError, opened->warning, {});
  daemon->lost_state_ = opened->warning;
  daemon->store_ = std::move(opened->store);
  daemon->history_ = std::make_unique<SqliteHistoryReader>(options.storage_path);
  daemon->run(std::move(*configuration));
  return daemon;
}

std::optional<Configuration> Daemon::load(Problems& problems) {
  const auto record = std::make_shared<FileRecord>(files_);
  auto loaded =
      load_configuration(options_.config_file, external_url_, *record, problems, options_.features.dialect);
  if (loaded) loaded->engine.routing = with_limits(*loaded->engine.routing, options_);
  const std::lock_guard lock(configuration_mutex_);
  last_load_ = record;
  return loaded;
}

std::shared_ptr<const FileRecord> Daemon::last_load() const {
  const std::lock_guard lock(configuration_mutex_);
  return last_load_;
}

void Daemon::run(Configuration first) {
  const auto configuration = std::make_shared<const Configuration>(std::move(first));
  remember(configuration);
  TransportOptions transport;
  transport.user_agent = std::string("Tocsin/") + kVersion;
  query_transport_ = std::make_unique<CurlTransport>(transport);
  delivery_transport_ = std::make_unique<CurlTransport>(transport);
  deliveries_ = std::make_unique<DeliveryDesk>(
      *delivery_transport_, clock_, configuration->delivery,
      [this](std::string id, DeliveryResult result) {
        loop_->post(DeliveryFinished{std::move(id), std::move(result)});
      },
      [this](const Attempt& attempt) {
        metrics_.observe_attempt(attempt);
        if (!attempt.warning.empty()) {
          log(LogLevel::kWarning, "Notification sent with a reservation",
              {{"integration", attempt.integration.to_string()}, {"warning", attempt.warning}});
        }
      });
  heartbeats_ = std::make_unique<HeartbeatDesk>(*delivery_transport_);
  heartbeats_->configure(configuration->heartbeat);
  changes_ = std::make_unique<ChangeDesk>(
      *delivery_transport_, clock_, host_name(), configuration->delivery,
      [this](const ChangeNews& news, ChangeTold::Outcome outcome, const std::string& error) {
        if (error.empty()) {
          log(LogLevel::kInfo, "Told of changed rules", {{"integration", news.integration.to_string()}});
        } else {
          const bool owed = outcome == ChangeTold::Outcome::kOwed;
          log(LogLevel::kWarning,
              owed ? "A service could not be told of changed rules; it is tried again at the next reload or "
                     "start"
                   : "A service could not be told of changed rules",
              {{"integration", news.integration.to_string()}, {"error", error}});
        }
        loop_->post(ChangeTold{news.id, outcome});
      });
  evaluations_ = std::make_unique<EvaluationDesk>(
      *query_transport_, clock_, [this](GroupEvaluated result) { loop_->post(std::move(result)); });
  trends_ = std::make_unique<TrendDesk>(*query_transport_, clock_,
                                        [this](TrendArrived arrived) { loop_->post(std::move(arrived)); });

  const std::vector<Record> stored = load_state();
  Step step;
  auto engine = Engine::start(configuration->engine, stored, clock_.now(), step);
  step.notices.push_back({NoticeKind::kStarted, "", {}, {{"version", kVersion}}});
  EventLoop::Outlets outlets{
      [this](EvaluateGroup evaluation) { evaluations_->take(std::move(evaluation)); },
      [this](Notification notification, std::shared_ptr<CommitGate> gate) {
        deliveries_->take(std::move(notification), std::move(gate));
      },
      [this](std::span<const Notice> notices, TimePoint now) { publish(notices, now); },
      [this](const std::map<MutedBy, std::size_t>& muted, std::size_t limited) {
        metrics_.observe_muted(muted);
        metrics_.observe_limited(limited);
      },
      [this](const HeartbeatSign& sign) { heartbeats_->take(sign); },
      [this](TrendQuestion question) { trends_->take(std::move(question)); },
      [this](ChangeNews news) { changes_->take(std::move(news)); },
  };
  loop_ = std::make_unique<EventLoop>(std::move(engine), std::move(step), *store_, clock_, options_.retention,
                                      std::move(outlets));
  if (!lost_state_.empty()) loop_->post(StoreReset{lost_state_});
  loop_->start();

  const std::string prefix = options_.route_prefix.empty() ? path_of(external_url_) : options_.route_prefix;
  api_ = std::make_unique<Api>(*this, prefix);
  if (options_.auto_reload) watch_files();
  serving_ = true;
  for (const auto& server : servers_) {
    log(LogLevel::kInfo, "Listening on", {{"address", server->address()}, {"external_url", external_url_}});
  }
  if (configuration->unevaluated_recording_rules > 0) {
    log(LogLevel::kWarning, "Recording rules are not evaluated here: leave them to Prometheus",
        {{"rules", std::to_string(configuration->unevaluated_recording_rules)}});
  }
}

// What an earlier run left, or, at the very first start, the Alertmanager that worked here before.
std::vector<Record> Daemon::load_state() {
  auto loaded = store_->load();
  if (!loaded) {
    log(LogLevel::kError, "The stored state cannot be read; starting without",
        {{"error", loaded.error().message}});
    lost_state_ = loaded.error().message;
  }
  std::vector<Record> stored = loaded ? std::move(*loaded) : std::vector<Record>{};
  Takeover takeover = take_over(options_.storage_path, stored, clock_.now(), read_if_there);
  for (const std::string& problem : takeover.problems) {
    log(LogLevel::kError, "Not all of Alertmanager's state could be read; starting with the rest",
        {{"problem", problem}});
  }
  if (takeover.records.empty()) return stored;
  if (const auto saved = store_->commit(takeover.records, {}).and_then([this] { return store_->sync(); });
      !saved) {
    log(LogLevel::kError, "Alertmanager's state could not be stored; it is read again at the next start",
        {{"error", saved.error().message}});
  }
  log(LogLevel::kInfo, "Took over from Alertmanager",
      {{"folder", options_.storage_path},
       {"silences", std::to_string(takeover.silences)},
       {"notified_groups", std::to_string(takeover.groups)}});
  std::ranges::move(takeover.records, std::back_inserter(stored));
  return stored;
}

void Daemon::watch_files() {
  const auto reload_for = [this](const std::vector<std::string>& changes) {
    for (const std::string& change : changes) {
      log(LogLevel::kInfo, "Reloading the configuration, because a file changed", {{"change", change}});
    }
    (void)reload();  // logged there
  };
  watch_ = std::make_unique<ConfigWatch>([this] { return last_load(); }, reload_for);
}

void Daemon::publish(std::span<const Notice> notices, TimePoint) {
  metrics_.observe(notices);
  log_notices(notices);
}

Result<void> Daemon::reload() {
  const std::lock_guard lock(reload_mutex_);
  if (!serving_ || stopping_) return fail("starting or stopping");
  Problems problems;
  auto loaded = load(problems);
  if (watch_) watch_->renew();
  log_problems(problems);
  if (!loaded) {
    last_reload_worked_ = false;
    log(LogLevel::kError, "Loading the configuration failed; the old one stays",
        {{"file", options_.config_file}});
    return fail(problems.to_string());
  }
  const auto configuration = std::make_shared<const Configuration>(std::move(*loaded));
  deliveries_->configure(configuration->delivery);
  heartbeats_->configure(configuration->heartbeat);
  changes_->configure(configuration->delivery);
  loop_->post(ConfigLoaded{configuration->engine});
  loop_->ask([](const Engine&, TimePoint) { return true; });  // until it has taken effect
  remember(configuration);
  log(LogLevel::kInfo, "Completed loading of configuration file", {{"file", options_.config_file}});
  return {};
}

// No new evaluations; deliveries under way get a moment to finish; what is then still under way is recorded
// as such and taken up by the next start.
void Daemon::stop() {
  if (stopping_.exchange(true)) return;
  if (watch_) watch_->stop();
  for (const auto& server : servers_) server->stop();
  if (!loop_) return;
  loop_->drain();
  if (!deliveries_->wait_until_idle(kStopGrace)) {
    log(LogLevel::kWarning, "Some deliveries did not finish in time; they go on after the next start", {});
  }
  evaluations_->close();
  trends_->close();
  query_transport_->stop();
  evaluations_->stop();
  trends_->stop();
  changes_->close();
  delivery_transport_->stop();
  changes_->stop();
  deliveries_->stop();
  loop_->stop();
  log(LogLevel::kInfo, "Stopped", {});
}

void Daemon::remember(std::shared_ptr<const Configuration> configuration) {
  std::vector<IntegrationId> integrations;
  for (const auto& [id, integration] : configuration->delivery->integrations) integrations.push_back(id);
  metrics_.expect(integrations);
  const std::lock_guard lock(configuration_mutex_);
  configuration_ = std::move(configuration);
  configured_at_ = clock_.now();
  last_reload_worked_ = true;
}

std::shared_ptr<const Configuration> Daemon::configuration() const {
  const std::lock_guard lock(configuration_mutex_);
  return configuration_;
}

}  // namespace tocsin
