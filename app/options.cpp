#include "app/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "app/duration_argument.h"
#include "app/version.h"

namespace tocsin {
namespace {

constexpr int kUsage = 2;
constexpr const char* kServing = "Serving";
constexpr const char* kAccepted = "Accepted without effect";
constexpr const char* kNoCluster = "this is one instance, there are no peers";

// Flags of Alertmanager that mean nothing here. They are taken so that its command line starts us, and named
// in the log if given.
struct IgnoredFlag {
  const char* name;
  const char* why;
};
constexpr IgnoredFlag kIgnoredFlags[] = {
    {"--data.maintenance-interval", "every change is stored at once, and old records go as time passes"},
    {"--alerts.gc-interval", "a resolved alert goes as soon as everybody has been told"},
    {"--dispatch.maintenance-interval", "an empty group goes with its last alert"},
    {"--dispatch.start-delay", "after a start, groups go on where the stored state says they were"},
    {"--auto-gomemlimit.ratio", "there is no garbage collector to limit"},
    {"--cluster.listen-address", kNoCluster},
    {"--cluster.advertise-address", kNoCluster},
    {"--cluster.peer", kNoCluster},
    {"--cluster.peer-name", kNoCluster},
    {"--cluster.label", kNoCluster},
    {"--cluster.peer-timeout", kNoCluster},
    {"--cluster.peers-resolve-timeout", kNoCluster},
    {"--cluster.gossip-interval", kNoCluster},
    {"--cluster.pushpull-interval", kNoCluster},
    {"--cluster.tcp-timeout", kNoCluster},
    {"--cluster.probe-timeout", kNoCluster},
    {"--cluster.probe-interval", kNoCluster},
    {"--cluster.settle-timeout", kNoCluster},
    {"--cluster.reconnect-interval", kNoCluster},
    {"--cluster.reconnect-timeout", kNoCluster},
    {"--cluster.tls-config", kNoCluster},
};

// A switch among them.
constexpr const char* kPublicDiscovery = "--cluster.allow-insecure-public-advertise-address-discovery";

constexpr std::string_view kFeaturesWithoutEffect[] = {"alert-names-in-metrics", "group-key-in-metrics",
                                                       "auto-gomemlimit", "event-recorder"};

std::string check_duration(const std::string& text) {
  const auto parsed = parse_duration_argument(text);
  return parsed ? "" : parsed.error().message;
}

std::string check_features(const std::string& text) {
  const auto parsed = parse_features(text);
  return parsed ? "" : parsed.error().message;
}

struct Commands {
  CLI::App app{
      "Turns PromQL rules into pages: evaluates alerting rules against Prometheus and routes what fires like "
      "Alertmanager, to Slack, PagerDuty, e-mail and webhooks. Without a command it serves.",
      "tocsin"};
  ServeOptions serve;
  RenderOptions render;
  std::string retention = "120h";
  std::string web_timeout = "0s";
  std::string features;
  bool public_discovery = false;  // of a cluster, which there is not
  std::map<std::string, std::vector<std::string>> ignored;
  CLI::App* template_command = nullptr;
  CLI::App* render_command = nullptr;
  RouteShowOptions route_show;
  RouteTestOptions route_test;
  bool route_dot = false;
  CLI::App* route_show_command = nullptr;
  CLI::App* route_test_command = nullptr;
  ExplainOptions explain;
  CLI::App* explain_command = nullptr;
  std::optional<CheckCommands> check;
  std::optional<SilenceCommands> silence;
  std::optional<AlertCommands> alert;
  std::optional<ReceiverCommands> receiver;
  std::optional<RulesCommands> rules;

  Commands() {
    app.set_version_flag("--version", std::string("tocsin ") + kVersion);
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.require_subcommand(0, 1);  // in `check rules` the second word is a folder
    add_serve_flags();
    add_web_flags();
    add_limit_flags();
    add_ignored_flags();
    check.emplace(app);
    template_command = app.add_subcommand("template", "work with templates");
    template_command->require_subcommand(1);
    render_command = template_command->add_subcommand("render", "expand a template against JSON data");
    add_render_flags();
    add_route_commands();
    add_explain_command();
    silence.emplace(app);
    alert.emplace(app);
    receiver.emplace(app);
    rules.emplace(app);
  }

  void add_route_commands() {
    CLI::App* route = app.add_subcommand("route", "show the routing tree, or where an alert goes in it");
    route->require_subcommand(1);
    route_show_command = route->add_subcommand("show", "print the routing tree");
    route_test_command = route->add_subcommand(
        "test", "print which receivers, groups and waits an alert with these labels gets");
    for (CLI::App* command : {route, route_show_command, route_test_command}) {
      command->add_option_function<std::string>(
          "--config.file",
          [this](const std::string& file) { route_show.config_file = route_test.config_file = file; },
          "configuration file (default: tocsin.yml, or alertmanager.yml where there is no tocsin.yml)");
    }
    route_show_command->add_flag("--dot", route_dot, "print it for Graphviz");
    route_test_command->add_option("LABELS", route_test.labels, "the alert's labels, each as LABEL=VALUE");
    route_test_command->add_option("--verify.receivers", route_test.verify_receivers,
                                   "fail unless exactly these receivers are found: NAME,NAME in their order");
    route_test_command->add_option("--at", route_test.at,
                                   "look at time intervals at this time (RFC 3339; default: now)");
    route_test_command->add_option("--output", route_test.output, "text or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json"}));
  }

  void add_explain_command() {
    explain_command = app.add_subcommand(
        "explain", "ask a running server why alerts were told or not, and what they wait for");
    explain_command
        ->add_option("MATCHERS", explain.matchers,
                     "which alerts: '{alertname=\"X\"}', team=db, or an alert's name")
        ->required();
    explain_command->add_option("--at", explain.at,
                                "as of this time (RFC 3339), or so long ago (30m); from the history");
    explain_command->add_option("--url", explain.url, "where the server is")->capture_default_str();
    explain_command->add_option("--http.config.file", explain.http_config_file,
                                "file with http_config keys: logins, TLS, proxy");
    explain_command->add_option("--output", explain.output, "text or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json"}));
  }

  void add_serve_flags() {
    app.add_option(
           "--config.file", serve.config_file,
           "configuration file (default: tocsin.yml, or alertmanager.yml where there is no tocsin.yml)")
        ->group(kServing);
    app.add_option("--storage.path", serve.storage_path, "folder of the durable state")
        ->capture_default_str()
        ->group(kServing);
    app.add_option("--data.retention", retention, "how long the history is kept")
        ->capture_default_str()
        ->check(check_duration)
        ->group(kServing);
    app.add_option("--web.listen-address", serve.listen_addresses,
                   "HOST:PORT to listen on; port 0 takes a free one")
        ->capture_default_str()
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(kServing);
    app.add_option("--web.external-url", serve.external_url,
                   "the URL under which people reach this program (default: http://HOST:PORT)")
        ->group(kServing);
    app.add_option("--web.route-prefix", serve.route_prefix,
                   "prefix of all paths (default: the path of --web.external-url)")
        ->group(kServing);
    app.add_option("--log.level", serve.log_level, "debug, info, warn or error")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
        ->group(kServing);
    app.add_option("--log.format", serve.log_format, "logfmt or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"logfmt", "json"}))
        ->group(kServing);
    app.add_flag("--config.auto-reload,!--no-config.auto-reload", serve.auto_reload,
                 "read configuration, rule and template files again when they change")
        ->group(kServing);
    app.add_option(
           "--enable-feature", features,
           "comma separated: classic-mode or utf8-strict-mode (how matchers and label names are read), "
           "receiver-name-in-metrics; accepted without effect: alert-names-in-metrics, "
           "group-key-in-metrics, auto-gomemlimit, event-recorder")
        ->check(check_features)
        ->group(kServing);
    app.add_flag("--log.silences,!--no-log.silences", serve.log_silences,
                 "log each change of a silence's state")
        ->group(kServing);
  }

  void add_web_flags() {
    app.add_option(
           "--web.config.file", serve.web_config_file,
           "file with TLS, logins, headers and rate limit, in the format of Prometheus' exporter toolkit")
        ->group(kServing);
    app.add_flag("--web.systemd-socket,!--no-web.systemd-socket", serve.systemd_socket,
                 "serve on the sockets that systemd hands over instead of --web.listen-address")
        ->group(kServing);
    app.add_option(
           "--web.get-concurrency", serve.get_concurrency,
           "GET requests answered at the same time, more get a 503; below 1: as many as CPUs, at least 8")
        ->capture_default_str()
        ->group(kServing);
    app.add_option("--web.timeout", web_timeout, "a request that takes longer gets a 503; 0: no limit")
        ->capture_default_str()
        ->check(check_duration)
        ->group(kServing);
  }

  void add_limit_flags() {
    app.add_option("--silences.max-silences", serve.max_silences,
                   "how many pending and active silences there may be; below 1: no limit")
        ->capture_default_str()
        ->group(kServing);
    app.add_option("--silences.max-silence-size-bytes", serve.max_silence_bytes,
                   "how large a silence may be; below 1: no limit")
        ->capture_default_str()
        ->group(kServing);
    app.add_flag("--silences.refuse-broad", serve.refuse_broad_silences,
                 "refuse silences that would mute nearly everything, instead of warning")
        ->group(kServing);
    app.add_option("--alerts.per-alertname-limit", serve.alerts_per_name,
                   "how many alerts there may be of one alertname; below 1: no limit")
        ->capture_default_str()
        ->group(kServing);
  }

  void add_ignored_flags() {
    for (const IgnoredFlag& flag : kIgnoredFlags) {
      app.add_option(flag.name, ignored[flag.name], flag.why)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
          ->group(kAccepted);
    }
    app.add_flag(std::string(kPublicDiscovery) + ",!--no-" + (kPublicDiscovery + 2), public_discovery,
                 kNoCluster)
        ->group(kAccepted);
  }

  void add_render_flags() {
    CLI::App& command = *render_command;
    command
        .add_option("--kind", render.kind,
                    "notification (data: a webhook body), rule (data: labels, value, externalLabels, "
                    "externalURL, query) or go "
                    "(any data)")
        ->capture_default_str()
        ->check(CLI::IsMember({"notification", "rule", "go"}));
    command.add_option("--template.glob", render.globs, "template files to load (notification, go)");
    command.add_option("--template.text", render.text, "the template to expand");
    command.add_option("--template.type", render.type, "text or html")
        ->check(CLI::IsMember({"text", "html"}));
    command.add_option("--template.data", render.data_file, "a JSON file");
    command.add_flag("--jsonl", render.jsonl,
                     "read one case a line from standard input, {\"id\", \"kind\", \"template\", \"html\", "
                     "\"files\", \"data\"}, and "
                     "write {\"id\", \"out\", \"err\"}");
  }
};

}  // namespace

Result<Features> parse_features(std::string_view text) {
  Features features;
  bool classic = false;
  bool utf8 = false;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (name == "classic-mode") {
      classic = true;
    } else if (name == "utf8-strict-mode") {
      utf8 = true;
    } else if (name == "receiver-name-in-metrics") {
      features.receiver_names_in_metrics = true;
    } else if (std::count(std::begin(kFeaturesWithoutEffect), std::end(kFeaturesWithoutEffect), name) > 0) {
      features.without_effect.emplace_back(name);
    } else {
      return fail("unknown option '" + std::string(name) + "' for --enable-feature");
    }
  }
  if (classic && utf8) return fail("cannot have both classic and UTF-8 modes enabled");
  if (classic) features.names = NameScheme::kLegacy;
  if (classic || utf8) features.dialect = classic ? MatcherDialect::kClassic : MatcherDialect::kUtf8;
  return features;
}

// Last argument first, as CLI11 takes them. `--flag=` says that the flag is empty, as it does to
// Alertmanager; CLI11 would take the next argument for its value.
std::vector<std::string> arguments_of(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    std::string argument = argv[i];
    if (argument.size() > 3 && argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
      argument.pop_back();
      arguments.emplace_back();
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

Options read_command_line(int argc, const char* const* argv) {
  Commands commands;
  try {
    commands.app.parse(arguments_of(argc, argv));
  } catch (const CLI::ParseError& error) {
    const int code = commands.app.exit(error, std::cout, std::cerr);
    return Finished{code == 0 ? 0 : kUsage};
  }
  if (const auto chosen = commands.check->chosen()) {
    if (const auto* schema = std::get_if<SchemaOptions>(&*chosen)) return *schema;
    return std::get<CheckOptions>(*chosen);
  }
  if (commands.render_command->parsed()) return commands.render;
  if (commands.route_show_command->parsed()) {
    if (commands.route_dot) commands.route_show.format = "dot";
    return commands.route_show;
  }
  if (commands.route_test_command->parsed()) return commands.route_test;
  if (commands.explain_command->parsed()) return commands.explain;
  if (const auto chosen = commands.silence->chosen()) return *chosen;
  if (const auto chosen = commands.alert->chosen()) return *chosen;
  if (const auto chosen = commands.receiver->chosen()) return *chosen;
  if (const auto chosen = commands.rules->chosen()) return *chosen;
  commands.serve.retention = parse_duration_argument(commands.retention).value();
  commands.serve.web_timeout = parse_duration_argument(commands.web_timeout).value();
  commands.serve.features = parse_features(commands.features).value();
  for (const auto& [flag, values] : commands.ignored) {
    if (!values.empty()) commands.serve.ignored.push_back(flag);
  }
  if (commands.public_discovery) commands.serve.ignored.emplace_back(kPublicDiscovery);
  for (const std::string& feature : commands.serve.features.without_effect) {
    commands.serve.ignored.push_back("--enable-feature=" + feature);
  }
  return commands.serve;
}

}  // namespace tocsin
