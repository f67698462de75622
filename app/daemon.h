// The Daemon joins all parts of the shell into the running program: configuration, store, engine thread,
// workers, transports, HTTP API. It starts and stops them in the one order in which nothing is lost, and it
// reloads.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "app/api.h"
#include "app/api_backend.h"
#include "app/change_desk.h"
#include "app/clock.h"
#include "app/config_watch.h"
#include "app/configuration.h"
#include "app/delivery_desk.h"
#include "app/evaluation_desk.h"
#include "app/event_loop.h"
#include "app/file_record.h"
#include "app/get_limit.h"
#include "app/heartbeat_desk.h"
#include "app/history_reader.h"
#include "app/http_server.h"
#include "app/metrics.h"
#include "app/options.h"
#include "app/store.h"
#include "app/transport.h"
#include "app/trend_desk.h"
#include "app/web_guard.h"
#include "app/web_settings.h"

namespace tocsin {

class Daemon : public ApiBackend {
 public:
  // Starts serving. Fails with every problem of the configuration, or with what stands in the way (port,
  // folder, lock).
  static Result<std::unique_ptr<Daemon>> start(const ServeOptions&);
  ~Daemon() override;

  // Reads the configuration again. On a mistake nothing changes, and the error holds every problem.
  Result<void> reload() override;
  // What is under way is finished or recorded; then everything ends.
  void stop();

  // ApiBackend: called on threads of the HTTP server.
  std::vector<AlertView> alerts() override;
  void alerts_in_parts(std::size_t, std::function<void(std::vector<AlertView>, bool last)> take) override;
  std::vector<GroupView> groups() override;
  Explanations explain(const ExplainQuery&) override;
  Result<std::vector<HistoryEntry>> history(const HistoryQuery&) override;
  RulesSnapshot rules() override;
  std::vector<ReceiverView> receivers() override;
  std::vector<Silence> silences() override;
  std::optional<Silence> silence(const std::string& id) override;
  tl::expected<std::string, SilenceError> set_silence(Silence wanted) override;
  tl::expected<void, SilenceError> expire_silence(const std::string& id) override;
  bool refuse_broad_silences() override { return options_.refuse_broad_silences; }
  StatusView status() override;
  OfferAnswer offer(std::vector<Alert>) override;
  void count_posted(const PostedCounts&) override;
  Result<void> ready() override;
  std::string metrics_text() override;
  Duration resolve_timeout() override;
  MatcherDialect matcher_dialect() override { return options_.features.dialect; }
  NameScheme name_scheme() override { return options_.features.names; }
  TimePoint now() override;

 private:
  explicit Daemon(ServeOptions);
  Result<void> open();
  Result<void> listen();
  Result<void> open_servers(const HttpServerOptions&);
  HttpServerOptions server_options();
  std::optional<Configuration> load(Problems&);
  std::shared_ptr<const FileRecord> last_load() const;
  void run(Configuration first);
  std::vector<Record> load_state();
  void watch_files();
  HttpAnswer guarded(const HttpQuery&);
  HttpAnswer answer(const HttpQuery&);
  void publish(std::span<const Notice>, TimePoint);
  void remember(std::shared_ptr<const Configuration>);
  std::shared_ptr<const Configuration> configuration() const;

  ServeOptions options_;
  DiskFiles files_;
  std::string external_url_;
  SystemClock clock_;
  TimePoint started_at_ = kNoTime;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<HistoryReader> history_;
  std::string lost_state_;  // why the stored state could not be used at the start; empty: it could
  std::unique_ptr<Transport>
      query_transport_;  // two transports: a service that hangs must not hold up queries
  std::unique_ptr<Transport> delivery_transport_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<DeliveryDesk> deliveries_;
  std::unique_ptr<HeartbeatDesk> heartbeats_;
  std::unique_ptr<ChangeDesk> changes_;
  std::unique_ptr<EvaluationDesk> evaluations_;
  std::unique_ptr<TrendDesk> trends_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<WebSettings> web_;  // null without --web.config.file
  WebGuard guard_;
  GetLimit gets_;
  std::vector<std::unique_ptr<HttpServer>> servers_;  // one per listen address
  std::atomic<bool> serving_{false};
  std::atomic<bool> stopping_{false};
  std::mutex reload_mutex_;  // one reload at a time
  mutable std::mutex configuration_mutex_;
  std::shared_ptr<const Configuration> configuration_;
  std::shared_ptr<const FileRecord> last_load_;  // worked or not
  TimePoint configured_at_ = kNoTime;
  std::atomic<bool> last_reload_worked_{false};
  std::unique_ptr<ConfigWatch> watch_;  // null without --config.auto-reload; last: its thread calls reload()
};

}  // namespace tocsin
