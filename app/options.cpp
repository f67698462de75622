#include "app/options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/version.h"
#include "core/duration.h"

namespace tocsin {
namespace {

constexpr int kUsage = 2;

// Flags of Alertmanager that mean nothing here yet. They are taken so that its command line starts us, and
// named in the log if given.
constexpr const char* kIgnoredFlags[] = {"--data.maintenance-interval",
                                         "--silences.max-silences",
                                         "--silences.max-silence-size-bytes",
                                         "--alerts.gc-interval",
                                         "--alerts.per-alertname-limit",
                                         "--dispatch.maintenance-interval",
                                         "--dispatch.start-delay",
                                         "--web.get-concurrency",
                                         "--web.timeout",
                                         "--auto-gomemlimit.ratio",
                                         "--cluster.listen-address",
                                         "--cluster.advertise-address",
                                         "--cluster.peer",
                                         "--cluster.peer-name",
                                         "--cluster.label",
                                         "--cluster.peer-timeout",
                                         "--cluster.peers-resolve-timeout",
                                         "--cluster.gossip-interval",
                                         "--cluster.pushpull-interval",
                                         "--cluster.tcp-timeout",
                                         "--cluster.probe-timeout",
                                         "--cluster.probe-interval",
                                         "--cluster.settle-timeout",
                                         "--cluster.reconnect-interval",
                                         "--cluster.reconnect-timeout",
                                         "--enable-feature"};
// Those whose absence of effect would be a surprise with consequences: refused.
constexpr const char* kRefusedFlags[] = {"--web.config.file", "--cluster.tls-config"};

std::string check_duration(const std::string& text) {
  const auto parsed = parse_prometheus_duration(text);
  return parsed ? "" : parsed.error().message;
}

struct Commands {
  CLI::App app{
      "Turns PromQL rules into pages: evaluates alerting rules against Prometheus and routes what fires like "
      "Alertmanager, to Slack, PagerDuty, e-mail and webhooks. Without a command it serves.",
      "tocsin"};
  ServeOptions serve;
  CheckOptions check;
  RenderOptions render;
  std::string retention = "120h";
  std::map<std::string, std::vector<std::string>> ignored;
  CLI::App* check_command = nullptr;
  CLI::App* template_command = nullptr;
  CLI::App* render_command = nullptr;
  RouteShowOptions route_show;
  RouteTestOptions route_test;
  bool route_dot = false;
  CLI::App* route_show_command = nullptr;
  CLI::App* route_test_command = nullptr;

  Commands() {
    app.set_version_flag("--version", std::string("tocsin ") + kVersion);
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    add_serve_flags();
    check_command = app.add_subcommand(
        "check", "check configuration and rule files; every mistake with file, line and column");
    check_command
        ->add_option("FILE", check.files, "configuration files (tocsin.yml, alertmanager.yml) and rule files")
        ->required();
    template_command = app.add_subcommand("template", "work with templates");
    template_command->require_subcommand(1);
    render_command = template_command->add_subcommand("render", "expand a template against JSON data");
    add_render_flags();
    add_route_commands();
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

  void add_serve_flags() {
    app.add_option(
           "--config.file", serve.config_file,
           "configuration file (default: tocsin.yml, or alertmanager.yml where there is no tocsin.yml)")
        ->group("Serving");
    app.add_option("--storage.path", serve.storage_path, "folder of the durable state")
        ->capture_default_str()
        ->group("Serving");
    app.add_option("--data.retention", retention, "how long the history is kept")
        ->capture_default_str()
        ->check(check_duration)
        ->group("Serving");
    app.add_option("--web.listen-address", serve.listen_addresses,
                   "HOST:PORT to listen on; port 0 takes a free one")
        ->capture_default_str()
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group("Serving");
    app.add_option("--web.external-url", serve.external_url,
                   "the URL under which people reach this program (default: http://HOST:PORT)")
        ->group("Serving");
    app.add_option("--web.route-prefix", serve.route_prefix,
                   "prefix of all paths (default: the path of --web.external-url)")
        ->group("Serving");
    app.add_option("--log.level", serve.log_level, "debug, info, warn or error")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
        ->group("Serving");
    app.add_option("--log.format", serve.log_format, "logfmt or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"logfmt", "json"}))
        ->group("Serving");
    for (const char* flag : kIgnoredFlags) {
      app.add_option(flag, ignored[flag], "accepted, has no effect")
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
          ->group("");
    }
    for (const char* flag : kRefusedFlags) {
      app.add_option_function<std::string>(
             flag,
             [flag](const std::string&) {
               throw CLI::ValidationError(
                   flag, "is not supported yet: TLS and authentication belong to a proxy in front");
             })
          ->group("");
    }
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

Options read_command_line(int argc, const char* const* argv) {
  Commands commands;
  try {
    commands.app.parse(argc, const_cast<char**>(argv));
  } catch (const CLI::ParseError& error) {
    const int code = commands.app.exit(error, std::cout, std::cerr);
    return Finished{code == 0 ? 0 : kUsage};
  }
  if (commands.check_command->parsed()) return commands.check;
  if (commands.render_command->parsed()) return commands.render;
  if (commands.route_show_command->parsed()) {
    if (commands.route_dot) commands.route_show.format = "dot";
    return commands.route_show;
  }
  if (commands.route_test_command->parsed()) return commands.route_test;
  commands.serve.retention = parse_prometheus_duration(commands.retention).value();
  for (const auto& [flag, values] : commands.ignored) {
    if (!values.empty()) commands.serve.ignored.push_back(flag);
  }
  return commands.serve;
}

}  // namespace tocsin
