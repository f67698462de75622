#include "app/daemon.h"

#include <unistd.h>

#include <boost/url/parse.hpp>
#include <chrono>

#include "app/config_file.h"
#include "app/curl_transport.h"
#include "app/log.h"
#include "app/random_id.h"
#include "app/sqlite_store.h"
#include "app/takeover.h"
#include "app/version.h"

namespace tocsin {
namespace {

constexpr Duration kStopGrace = std::chrono::seconds(10);

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

// As Alertmanager does: the host's name where the address says "everywhere".
std::string default_external_url(const std::string& listening) {
  const std::size_t colon = listening.rfind(':');
  std::string host = listening.substr(0, colon);
  if (host.empty() || host == "0.0.0.0" || host == "[::]") host = host_name();
  return "http://" + host + listening.substr(colon);
}

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

Daemon::Daemon(ServeOptions options) : options_(std::move(options)) {
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
  auto configuration =
      load_configuration(daemon->options_.config_file, daemon->external_url_, daemon->files_, problems);
  if (!configuration) return fail(problems.to_string() + "The configuration is wrong; nothing was started.");
  log_problems(problems);

  auto opened = SqliteStore::open(options.storage_path, daemon->clock_.now());
  if (!opened) return tl::unexpected(opened.error());
  if (!opened->warning.empty()) log(LogLevel::kError, opened->warning, {});
  daemon->store_ = std::move(opened->store);
  daemon->run(std::move(*configuration));
  return daemon;
}

// The port comes first: whoever else holds it is reported before anything is touched, and links need to know
// it.
Result<void> Daemon::listen() {
  for (const std::string& address : options_.listen_addresses) {
    HttpServerOptions http;
    http.address = address;
    http.report_failure = [](const HttpQuery& query, std::string_view what) {
      log(LogLevel::kError, "A request failed", {{"path", query.path}, {"error", std::string(what)}});
    };
    auto server = HttpServer::listen(http, [this](const HttpQuery& query) { return answer(query); });
    if (!server) return tl::unexpected(server.error());
    servers_.push_back(std::move(*server));
  }
  external_url_ = options_.external_url.empty() ? default_external_url(servers_.front()->address())
                                                : options_.external_url;
  while (external_url_.ends_with('/')) external_url_.pop_back();
  const auto parsed = boost::urls::parse_uri(external_url_);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https") || parsed->host().empty()) {
    return fail(
        "--web.external-url must be an http or https URL with a host, for example "
        "https://tocsin.example.com");
  }
  return {};
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
  evaluations_ = std::make_unique<EvaluationDesk>(
      *query_transport_, clock_, [this](GroupEvaluated result) { loop_->post(std::move(result)); });

  const std::vector<Record> stored = load_state();
  Step step;
  auto engine = Engine::start(configuration->engine, stored, clock_.now(), step);
  step.notices.push_back({NoticeKind::kStarted, "", {}, {{"version", kVersion}}});
  EventLoop::Outlets outlets{
      [this](EvaluateGroup evaluation) { evaluations_->take(std::move(evaluation)); },
      [this](Notification notification) { deliveries_->take(std::move(notification)); },
      [this](std::span<const Notice> notices, TimePoint now) { publish(notices, now); },
      [this](const std::map<MutedBy, std::size_t>& muted) { metrics_.observe_muted(muted); },
  };
  loop_ = std::make_unique<EventLoop>(std::move(engine), std::move(step), *store_, clock_, options_.retention,
                                      std::move(outlets));
  loop_->start();

  const std::string prefix = options_.route_prefix.empty() ? path_of(external_url_) : options_.route_prefix;
  api_ = std::make_unique<Api>(*this, prefix);
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
  }
  std::vector<Record> stored = loaded ? std::move(*loaded) : std::vector<Record>{};
  Takeover takeover = take_over(options_.storage_path, stored, clock_.now(), read_if_there);
  for (const std::string& problem : takeover.problems) {
    log(LogLevel::kError, "Not all of Alertmanager's state could be read; starting with the rest",
        {{"problem", problem}});
  }
  if (takeover.records.empty()) return stored;
  if (const auto saved = store_->commit(takeover.records, {}); !saved) {
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

HttpAnswer Daemon::answer(const HttpQuery& query) {
  if (!serving_) return {503, "text/plain; charset=utf-8", "starting\n", {}};
  const auto started = std::chrono::steady_clock::now();
  HttpAnswer answer = api_->answer(query);
  const Duration took = std::chrono::steady_clock::now() - started;
  metrics_.observe_http(api_->handler_name(query), query.method, answer.status, to_seconds(took));
  return answer;
}

void Daemon::publish(std::span<const Notice> notices, TimePoint) {
  metrics_.observe(notices);
  log_notices(notices);
}

Result<void> Daemon::reload() {
  const std::lock_guard lock(reload_mutex_);
  if (!serving_ || stopping_) return fail("starting or stopping");
  Problems problems;
  auto loaded = load_configuration(options_.config_file, external_url_, files_, problems);
  log_problems(problems);
  if (!loaded) {
    last_reload_worked_ = false;
    log(LogLevel::kError, "Loading the configuration failed; the old one stays",
        {{"file", options_.config_file}});
    return fail(problems.to_string());
  }
  const auto configuration = std::make_shared<const Configuration>(std::move(*loaded));
  deliveries_->configure(configuration->delivery);
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
  for (const auto& server : servers_) server->stop();
  if (!loop_) return;
  loop_->drain();
  if (!deliveries_->wait_until_idle(kStopGrace)) {
    log(LogLevel::kWarning, "Some deliveries did not finish in time; they go on after the next start", {});
  }
  evaluations_->close();
  query_transport_->stop();
  evaluations_->stop();
  delivery_transport_->stop();
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

std::vector<AlertView> Daemon::alerts() {
  return loop_->ask([](const Engine& engine, TimePoint now) { return engine.router().alerts(now); });
}
std::vector<GroupView> Daemon::groups() {
  return loop_->ask([](const Engine& engine, TimePoint now) { return engine.router().groups(now); });
}
RulesSnapshot Daemon::rules() {
  return loop_->ask([](const Engine& engine, TimePoint) { return snapshot_rules(engine.evaluator()); });
}
std::vector<std::string> Daemon::receivers() {
  std::vector<std::string> names;
  for (const Receiver& receiver : configuration()->receivers) names.push_back(receiver.name);
  return names;
}
StatusView Daemon::status() {
  StatusView view;
  view.version =
      kCompatibleAlertmanager;  // amtool warns where it differs from its own; ours stands beside it
  view.revision = std::string("tocsin-") + kVersion;
  view.branch = "tocsin";
  view.build_user = "tocsin";
  view.started_at = started_at_;
  view.redacted_config = configuration()->redacted;
  view.alertmanager_config = configuration()->redacted_alertmanager;
  view.own_version = kVersion;
  view.instance = host_name();
  view.address = servers_.front()->address();
  view.external_url = external_url_;
  return view;
}
OfferAnswer Daemon::offer(std::vector<Alert> alerts) {
  if (!loop_->offer({std::move(alerts)})) return OfferAnswer::kTooBusy;
  loop_->ask([](const Engine&, TimePoint) { return true; });  // until they are committed
  return OfferAnswer::kAccepted;
}
std::vector<Silence> Daemon::silences() {
  return loop_->ask([](const Engine& engine, TimePoint) { return engine.router().silences().all(); });
}
std::optional<Silence> Daemon::silence(const std::string& id) {
  return loop_->ask([&id](const Engine& engine, TimePoint) {
    const Silence* found = engine.router().silences().find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
  });
}
tl::expected<std::string, SilenceError> Daemon::set_silence(Silence wanted) {
  return loop_->set_silence(std::move(wanted), random_uuid());
}
tl::expected<void, SilenceError> Daemon::expire_silence(const std::string& id) {
  const auto expired = loop_->expire_silence(id);
  if (!expired) return tl::unexpected(expired.error());
  return {};
}
void Daemon::count_posted(const PostedCounts& counts) {
  metrics_.observe_posted(counts);
}
Result<void> Daemon::ready() {
  return stopping_ ? Result<void>(fail("stopping")) : Result<void>();
}
std::string Daemon::metrics_text() {
  MetricsSnapshot snapshot;
  snapshot.version = kVersion;
  snapshot.revision = std::string("compatible-with-alertmanager-") + kCompatibleAlertmanager;
  loop_->ask([&](const Engine& engine, TimePoint now) {
    for (const AlertView& view : engine.router().alerts(now))
      ++snapshot.alerts_by_state[std::string(to_string(view.status))];
    snapshot.groups = engine.router().groups(now).size();
    for (const Silence& silence : engine.router().silences().all())
      ++snapshot.silences_by_state[std::string(to_string(silence.state(now)))];
    snapshot.inhibition_rules = engine.router().config().inhibit_rules.size();
    snapshot.rules = snapshot_rules(engine.evaluator());
    return true;
  });
  for (const auto& server : servers_) snapshot.http += server->counters();
  const auto current = configuration();
  snapshot.receivers = current->receivers.size();
  snapshot.integrations = current->delivery->integrations.size();
  snapshot.config_hash = current->hash;
  snapshot.last_reload_worked = last_reload_worked_;
  snapshot.deliveries_under_way = deliveries_->under_way();
  snapshot.store_failing = loop_->store_fails();
  {
    const std::lock_guard lock(configuration_mutex_);
    snapshot.config_loaded_at = configured_at_;
  }
  return metrics_.text(snapshot);
}
Duration Daemon::resolve_timeout() {
  return configuration()->resolve_timeout;
}
TimePoint Daemon::now() {
  return clock_.now();
}

}  // namespace tocsin
