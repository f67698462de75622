#include "app/route_command.h"

#include <fmt/format.h>

#include "app/clock.h"
#include "app/config_file.h"
#include "app/configuration.h"
#include "app/route_text.h"

namespace tocsin {
namespace {

constexpr int kUsage = 2;

// Null where the configuration is faulty; its problems are then in `output`.
std::shared_ptr<const RoutingConfig> load_routing(const std::string& path, Files& files,
                                                  CommandOutput& output) {
  Problems problems;
  const auto configuration = load_configuration(path, "http://localhost:9093", files, problems);
  output.err += problems.to_string();
  if (configuration) return configuration->engine.routing;
  output.exit_code = 1;
  return nullptr;
}

// alertname="X" team=db: one label an argument, as amtool takes them.
Result<Labels> read_labels(const std::vector<std::string>& texts) {
  LabelsBuilder labels;
  for (const std::string& text : texts) {
    const auto parsed = parse_matcher(text);
    if (!parsed) return fail(fmt::format("label {}: {}", go_quote(text), parsed.error().message));
    const Matcher& matcher = parsed->matchers.front();
    if (matcher.type() != MatchType::kEqual) {
      return fail(fmt::format("{}: labels are given as LABEL=VALUE", go_quote(text)));
    }
    labels.set(matcher.name(), matcher.value());
  }
  return labels.build();
}

}  // namespace

CommandOutput show_routes(const RouteShowOptions& options, Files& files) {
  CommandOutput output;
  const auto routing = load_routing(options.config_file, files, output);
  if (!routing) return output;
  output.out = options.format == "dot" ? route_tree_dot(routing->root) : route_tree_text(routing->root);
  return output;
}

CommandOutput test_routes(const RouteTestOptions& options, Files& files, TimePoint now) {
  CommandOutput output;
  const auto labels = read_labels(options.labels);
  if (!labels) return {"", labels.error().message + "\n", kUsage};
  if (!options.at.empty()) {
    const auto at = parse_rfc3339(options.at);
    if (!at) return {"", fmt::format("--at: {}\n", at.error().message), kUsage};
    now = *at;
  }
  const auto routing = load_routing(options.config_file, files, output);
  if (!routing) return output;
  const std::vector<RoutedTo> routed = route_alert(*routing, *labels, now);
  output.out = options.output == "json" ? routed_json(routed) : routed_text(routed);
  if (options.verify_receivers.empty() || options.verify_receivers == receivers_text(routed)) return output;
  output.err +=
      fmt::format("WARNING: Expected receivers did not match resolved receivers: expected {}, got {}\n",
                  options.verify_receivers, receivers_text(routed));
  output.exit_code = 1;
  return output;
}

int run_route_show(const RouteShowOptions& options) {
  DiskFiles files;
  RouteShowOptions resolved = options;
  resolved.config_file = config_file_or_default(options.config_file);
  return print(show_routes(resolved, files));
}

int run_route_test(const RouteTestOptions& options) {
  DiskFiles files;
  RouteTestOptions resolved = options;
  resolved.config_file = config_file_or_default(options.config_file);
  return print(test_routes(resolved, files, SystemClock().now()));
}

}  // namespace tocsin
