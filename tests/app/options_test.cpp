#include "app/options.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "app/get_limit.h"
#include "app/socket_activation.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

Options read(std::vector<const char*> words) {
  words.insert(words.begin(), "tocsin");
  return read_command_line(static_cast<int>(words.size()), words.data());
}

ServeOptions serve(std::vector<const char*> words) {
  const Options options = read(std::move(words));
  REQUIRE(std::holds_alternative<ServeOptions>(options));
  return std::get<ServeOptions>(options);
}

int exit_code(std::vector<const char*> words) {
  const Options options = read(std::move(words));
  return std::holds_alternative<Finished>(options) ? std::get<Finished>(options).exit_code : -1;
}

}  // namespace

TEST_CASE("without flags it serves with Alertmanager's defaults") {
  const ServeOptions options = serve({});
  CHECK(options.listen_addresses == std::vector<std::string>{":9093"});
  CHECK(options.retention == 120h);
  CHECK(options.web_config_file == "");
  CHECK(options.get_concurrency == 0);
  CHECK(options.web_timeout == Duration::zero());
  CHECK(options.max_silences == 0);
  CHECK(options.max_silence_bytes == 0);
  CHECK(options.alerts_per_name == 0);
  CHECK_FALSE(options.auto_reload);
  CHECK_FALSE(options.systemd_socket);
  CHECK_FALSE(options.log_silences);
  CHECK(options.features.dialect == MatcherDialect::kFallback);
  CHECK(options.features.names == NameScheme::kUtf8);
  CHECK(options.ignored.empty());
}

TEST_CASE("every flag of Alertmanager 0.34 is taken") {
  const ServeOptions options = serve({"--config.file=a.yml",
                                      "--storage.path=d/",
                                      "--data.retention=1.5h",
                                      "--data.maintenance-interval=15m",
                                      "--silences.max-silences=100",
                                      "--silences.max-silence-size-bytes=4096",
                                      "--log.silences",
                                      "--alerts.gc-interval=30m",
                                      "--alerts.per-alertname-limit=-1",
                                      "--dispatch.maintenance-interval=30s",
                                      "--dispatch.start-delay=1m",
                                      "--web.listen-address=:1",
                                      "--web.listen-address=:2",
                                      "--web.systemd-socket",
                                      "--web.config.file=web.yml",
                                      "--web.external-url=https://x",
                                      "--web.route-prefix=/am",
                                      "--web.get-concurrency=3",
                                      "--web.timeout=90s",
                                      "--auto-gomemlimit.ratio=0.9",
                                      "--cluster.listen-address=",
                                      "--cluster.advertise-address=1.2.3.4:1",
                                      "--cluster.peer=a:9094",
                                      "--cluster.peer=b:9094",
                                      "--cluster.peer-name=n",
                                      "--cluster.label=l",
                                      "--cluster.tls-config=t.yml",
                                      "--cluster.allow-insecure-public-advertise-address-discovery",
                                      "--cluster.peer-timeout=15s",
                                      "--cluster.peers-resolve-timeout=15s",
                                      "--cluster.gossip-interval=200ms",
                                      "--cluster.pushpull-interval=1m",
                                      "--cluster.tcp-timeout=10s",
                                      "--cluster.probe-timeout=500ms",
                                      "--cluster.probe-interval=1s",
                                      "--cluster.settle-timeout=1m",
                                      "--cluster.reconnect-interval=10s",
                                      "--cluster.reconnect-timeout=6h",
                                      "--enable-feature=classic-mode,event-recorder",
                                      "--log.level=debug",
                                      "--log.format=json"});
  CHECK(options.retention == 90min);
  CHECK(options.max_silences == 100);
  CHECK(options.max_silence_bytes == 4096);
  CHECK(options.alerts_per_name == -1);
  CHECK(options.log_silences);
  CHECK(options.listen_addresses == std::vector<std::string>{":1", ":2"});
  CHECK(options.systemd_socket);
  CHECK(options.web_config_file == "web.yml");
  CHECK(options.get_concurrency == 3);
  CHECK(options.web_timeout == 90s);
  CHECK(options.features.dialect == MatcherDialect::kClassic);
  CHECK(options.features.names == NameScheme::kLegacy);
  const auto ignored = [&](const char* flag) {
    return std::find(options.ignored.begin(), options.ignored.end(), flag) != options.ignored.end();
  };
  CHECK(ignored("--cluster.tls-config"));
  CHECK(ignored("--cluster.allow-insecure-public-advertise-address-discovery"));
  CHECK(ignored("--dispatch.start-delay"));
  CHECK(ignored("--enable-feature=event-recorder"));
  CHECK_FALSE(ignored("--web.timeout"));
}

TEST_CASE("switches can be switched off by name") {
  const ServeOptions options =
      serve({"--config.auto-reload", "--no-log.silences", "--no-web.systemd-socket"});
  CHECK(options.auto_reload);
  CHECK_FALSE(options.log_silences);
  CHECK_FALSE(options.systemd_socket);
}

TEST_CASE("the features choose how matchers are read, and unknown ones are refused") {
  CHECK(parse_features("")->dialect == MatcherDialect::kFallback);
  CHECK(parse_features("utf8-strict-mode")->dialect == MatcherDialect::kUtf8);
  CHECK(parse_features("utf8-strict-mode")->names == NameScheme::kUtf8);
  CHECK(parse_features("alert-names-in-metrics,receiver-name-in-metrics,group-key-in-metrics,auto-gomemlimit")
            ->without_effect.size() == 3);
  CHECK(parse_features("receiver-name-in-metrics")->receiver_names_in_metrics);
  CHECK(parse_features("classic-mode,nonsense").error().message ==
        "unknown option 'nonsense' for --enable-feature");
  CHECK(parse_features("classic-mode,utf8-strict-mode").error().message ==
        "cannot have both classic and UTF-8 modes enabled");
}

TEST_CASE("a mistake on the command line ends with the code for usage") {
  CHECK(exit_code({"--enable-feature=nonsense"}) == 2);
  CHECK(exit_code({"--web.timeout=soon"}) == 2);
  CHECK(exit_code({"--web.get-concurrency=many"}) == 2);
  CHECK(exit_code({"--no-such-flag"}) == 2);
  CHECK(exit_code({"--log.level=loud"}) == 2);
}

TEST_CASE("sockets of systemd are taken only where they are meant for this process") {
  CHECK(activated_sockets("42", "2", 42) == std::vector<int>{3, 4});
  CHECK_FALSE(activated_sockets("41", "2", 42));
  CHECK_FALSE(activated_sockets("42", "0", 42));
  CHECK_FALSE(activated_sockets("42", "-1", 42));
  CHECK_FALSE(activated_sockets("42", "many", 42));
  CHECK_FALSE(activated_sockets(nullptr, "2", 42));
  CHECK_FALSE(activated_sockets("42", nullptr, 42));
}

TEST_CASE("GET requests above the limit are refused, other methods never") {
  GetLimit limit(1);
  HttpQuery get;
  get.method = "GET";
  HttpQuery post;
  post.method = "POST";
  const HttpHandler fine = [](const HttpQuery&) { return HttpAnswer{}; };
  const HttpAnswer outer = limit.answer(get, [&](const HttpQuery&) {
    CHECK(limit.in_flight() == 1);
    CHECK(limit.answer(post, fine).status == 200);
    return limit.answer(get, fine);
  });
  CHECK(outer.status == 503);
  CHECK(outer.body == "Limit of concurrent GET requests reached (1), try again later.\n\n");
  CHECK(limit.refused() == 1);
  CHECK(limit.in_flight() == 0);
  CHECK(limit.answer(get, fine).status == 200);
}

TEST_CASE("commands about silences and alerts are read as amtool reads them") {
  const auto silence = [](std::vector<const char*> words) {
    const Options options = read(std::move(words));
    REQUIRE(std::holds_alternative<SilenceOptions>(options));
    return std::get<SilenceOptions>(options);
  };
  const auto query = std::get<SilenceQueryOptions>(silence({"silence", "Oven", "-q", "--within=2h"}));
  CHECK(query.matchers == std::vector<std::string>{"Oven"});
  CHECK(query.quiet);
  CHECK(std::get<SilenceQueryOptions>(silence({"silence", "-o", "json", "query", "--id", "x"})).id == "x");
  const auto add =
      std::get<SilenceAddOptions>(silence({"silence", "add", "--annotation", "a=b", "Oven", "-d", "2h",
                                           "--annotation=c=d", "node=~x", "-c", "why", "--url=http://am"}));
  CHECK(add.matchers == std::vector<std::string>{"Oven", "node=~x"});
  CHECK(add.annotations == std::vector<std::string>{"a=b", "c=d"});
  CHECK(add.duration == "2h");
  CHECK(add.api.url == "http://am");
  CHECK_FALSE(add.without_comment);
  CHECK(
      std::get<SilenceAddOptions>(silence({"silence", "add", "x", "--no-require-comment"})).without_comment);
  CHECK(std::get<SilenceExpireOptions>(silence({"silence", "expire", "a", "b"})).ids.size() == 2);
  CHECK(std::get<SilenceImportOptions>(silence({"silence", "import", "-w", "8", "f"})).file == "f");
  CHECK(exit_code({"silence", "expire"}) == 2);
  CHECK(exit_code({"silence", "-o", "yaml"}) == 2);

  const Options alert = read({"alert", "-i", "-s", "Oven"});
  REQUIRE(std::holds_alternative<AlertOptions>(alert));
  const auto& asked = std::get<AlertQueryOptions>(std::get<AlertOptions>(alert));
  CHECK((asked.inhibited && asked.silenced && !asked.active));
  CHECK(exit_code({"alert", "add"}) == 2);
}

TEST_CASE("check is told which Prometheus evaluates the rules") {
  const auto dialect = [](std::vector<const char*> words) {
    words.insert(words.begin(), "check");
    words.push_back("r.yml");
    const Options options = read(std::move(words));
    REQUIRE(std::holds_alternative<CheckOptions>(options));
    return std::get<CheckOptions>(options).dialect;
  };
  CHECK(dialect({}).unknown == promql::Dialect::Unknown::kWarn);
  CHECK(dialect({"--promql.version", "2.42"}).version == promql::Version{2, 42});
  CHECK(dialect({"--promql.version", "2.42"}).unknown == promql::Dialect::Unknown::kRefuse);
  const auto with_flag = dialect({"--promql.version=3.5", "--promql.features=promql-experimental-functions"});
  CHECK(with_flag.has(promql::Feature::kExperimentalFunctions));
  CHECK(!with_flag.has(promql::Feature::kDurationExpressions));
  CHECK(exit_code({"check", "--promql.version", "1.8", "r.yml"}) == 2);
}

TEST_CASE("check is told which Prometheus to ask, how much, and what is too much") {
  const auto online = [](std::vector<const char*> words) {
    words.insert(words.begin(), "check");
    words.push_back("r.yml");
    const Options options = read(std::move(words));
    REQUIRE(std::holds_alternative<CheckOptions>(options));
    return std::get<CheckOptions>(options).online;
  };
  CHECK(online({}).url == "");
  const OnlineFlags plain = online({"--prometheus", "http://p:9090"});
  CHECK(plain.url == "http://p:9090");
  CHECK(plain.concurrency == 4);
  CHECK(plain.max_queries == 5000);
  CHECK(plain.max_time == std::chrono::minutes(5));
  CHECK(plain.timeout == std::chrono::seconds(30));
  CHECK(plain.cost.series == 0);
  CHECK(plain.cost.time == std::chrono::seconds(10));
  const OnlineFlags all =
      online({"--prometheus=http://p:9090", "--http.config.file=h.yml", "--prometheus-concurrency=8",
              "--prometheus-max-queries=3", "--prometheus-max-time=90s", "--prometheus-timeout=500ms",
              "--cost-max-series=1000", "--cost-max-samples=1e6", "--cost-max-peak-samples=5",
              "--cost-max-time=0s"});
  CHECK(all.http_config_file == "h.yml");
  CHECK(all.concurrency == 8);
  CHECK(all.max_queries == 3);
  CHECK(all.max_time == std::chrono::seconds(90));
  CHECK(all.timeout == std::chrono::milliseconds(500));
  CHECK(all.cost.series == 1000);
  CHECK(all.cost.samples == 1e6);
  CHECK(all.cost.peak_samples == 5);
  CHECK(all.cost.time == Duration::zero());
  CHECK(exit_code({"check", "--prometheus-max-queries=3", "r.yml"}) == 2);
  for (const char* flag : {"--prometheus", "--policy", "--baseline", "--changed-since"})
    CHECK(exit_code({"check", flag, "", "r.yml"}) == 2);  // a variable that is not set
  CHECK(exit_code({"check", "--prometheus=http://p", "--prometheus-concurrency=0", "r.yml"}) == 2);
  CHECK(exit_code({"check", "--prometheus=http://p", "--prometheus-timeout=0s", "r.yml"}) == 2);
  CHECK(exit_code({"check", "--prometheus=http://p", "--prometheus-timeout=soon", "r.yml"}) == 2);
  CHECK(exit_code({"check", "--prometheus=http://p", "--cost-max-series=-1", "r.yml"}) == 2);
}

TEST_CASE("check takes files, or a code to explain, and how to report") {
  const Options read_options = read({"check", "--fail-on", "note", "--format=sarif", "--output", "o",
                                     "--color=never", "--changed-since=main", "--baseline", "b",
                                     "--promql.version=2.42", "--policy", "p.yml", "a.yml", "rules"});
  REQUIRE(std::holds_alternative<CheckOptions>(read_options));
  const auto& options = std::get<CheckOptions>(read_options);
  CHECK(options.files == std::vector<std::string>{"a.yml", "rules"});
  CHECK(options.fail_on == Severity::kNote);
  CHECK(options.format == "sarif");
  CHECK(options.output == "o");
  CHECK(options.color == "never");
  CHECK(options.changed_since == "main");
  CHECK(options.baseline == "b");
  CHECK(options.policy == "p.yml");
  const Options plain = read({"check", "a.yml"});
  CHECK(std::get<CheckOptions>(plain).fail_on == Severity::kError);
  CHECK(std::get<CheckOptions>(plain).format == "text");
  CHECK(std::get<CheckOptions>(read({"check", "--explain", "promql/rate"})).explain == "promql/rate");
  CHECK(exit_code({"check"}) == 2);
  CHECK(exit_code({"check", "--fail-on", "never", "a.yml"}) == 2);
  CHECK(exit_code({"check", "--explain", "a/b", "a.yml"}) == 2);
  CHECK(exit_code({"check", "--baseline", "b", "--write-baseline", "c", "a.yml"}) == 2);
}

TEST_CASE("schema wants to know of what") {
  CHECK(std::get<SchemaOptions>(read({"schema", "rules"})).of == "rules");
  CHECK(std::get<SchemaOptions>(read({"schema", "config"})).of == "config");
  CHECK(std::get<SchemaOptions>(read({"schema", "policy"})).of == "policy");
  CHECK(exit_code({"schema"}) == 2);
  CHECK(exit_code({"schema", "dashboards"}) == 2);
}
