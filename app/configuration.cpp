#include "app/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/config_redaction.h"
#include "app/ineffective_blocks.h"
#include "app/parallel.h"
#include "core/http_config.h"
#include "receivers/notification_templates.h"
#include "receivers/receiver_defaults.h"
#include "receivers/registry.h"
#include "receivers/route_labels.h"
#include "router/inhibition_cycles.h"
#include "router/time_interval_reader.h"
#include "rules/glob.h"
#include "rules/policies/policy_reader.h"
#include "rules/rule_file.h"
#include "rules/rule_set.h"

namespace tocsin {
namespace {

struct Global {
  Duration resolve_timeout = std::chrono::minutes(5);
  Duration evaluation_interval = std::chrono::minutes(1);
  Duration query_offset{};
  Labels external_labels;
  ReceiverDefaults receivers;
};

// Top-level keys of Alertmanager and Prometheus that wait for a later version. Refused, so that nobody
// believes them to work.
constexpr std::pair<std::string_view, std::string_view> kNotYet[] = {
    {"alerting", "forwarding to other Alertmanagers"},
    {"remote_write", "remote write"},
};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : slash == 0 ? "/" : path.substr(0, slash);
}

// Of the value of a key; of the mapping itself where it lacks the key.
Position place_of(const YamlNode& mapping, std::string_view key) {
  for (const auto& [name, value] : mapping.entries()) {
    if (name.text() == key) return value.position();
  }
  return mapping.position();
}

void add_to_hash(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
}

class Loader {
 public:
  Loader(const std::string& path, const std::string& external_url, Files& files, Problems& problems,
         MatcherDialect dialect, const promql::Dialect& promql, CheckedSources* kept)
      : path_(path),
        folder_(folder_of(path)),
        external_url_(external_url),
        files_(files),
        problems_(problems),
        dialect_(dialect),
        promql_(promql),
        kept_(kept) {}

  std::optional<Configuration> load();
  std::optional<Configuration> load(const YamlNode& document);
  // What is asked of the document, and nothing beyond: templates are not tried.
  void load_sample(const YamlNode& document) {
    is_sample_ = true;
    load(document);
  }

 private:
  Global read_global(const YamlNode&);
  Labels read_external_labels(YamlObject&);
  std::shared_ptr<const EvaluatorConfig> read_rules(const YamlNode& prometheus, const Global&);
  std::set<std::string> find_rule_files(const PrometheusServer&, Position place);
  // A rule file on its way to be part of the configuration. Files are understood side by side, and taken in
  // one after the other.
  struct RuleFile {
    std::string path;
    std::shared_ptr<const PrometheusServer> server;
    Result<std::string> text = std::string();
    std::optional<CheckedRuleFile> checked{};  // where it shall be kept
    std::vector<RuleGroup> groups{};
    std::vector<std::vector<std::shared_ptr<const RuleTemplates>>> templates{};  // of each group's rules
    Problems problems{};
  };
  void understand(RuleFile&) const;
  void plan_file(RuleFile&, const Global&, EvaluatorConfig&);
  std::shared_ptr<const NotificationTemplates> read_templates(YamlObject&);
  std::shared_ptr<const RoutingConfig> route(YamlObject& root, Duration resolve_timeout);
  std::shared_ptr<const DeliveryConfig> deliveries(std::shared_ptr<const NotificationTemplates>);
  std::optional<std::string> read(const std::string& path, Position place);

  const std::string& path_;
  const std::string folder_;
  const std::string& external_url_;
  Files& files_;
  Problems& problems_;
  const MatcherDialect dialect_;
  promql::Dialect promql_;
  CheckedSources* kept_;
  bool is_sample_ = false;
  std::set<std::string> kept_paths_;
  Configuration configuration_;
};

std::optional<std::string> Loader::read(const std::string& path, Position place) {
  auto text = files_.read(path);
  if (!text) {
    problems_.error(path_, place, text.error().message);
    return std::nullopt;
  }
  configuration_.files.push_back(path);
  add_to_hash(configuration_.hash, *text);
  return std::move(*text);
}

// Each label where it is written; what a child inherits is its parent's.
void check_labels(const Route& route, const YamlNode& node,
                  const std::map<std::string, std::string>& inherited, const NotificationTemplates& templates,
                  Problems& problems) {
  check_route_labels(route.labels, inherited, node.file(), place_of(node, "labels"), templates, problems);
  for (const auto& [key, value] : node.entries()) {
    if (key.text() != "routes") continue;
    std::vector<YamlNode> children = value.items();
    std::erase_if(children, [](const YamlNode& child) { return child.null(); });  // as read_route does
    for (std::size_t i = 0; i < std::min(children.size(), route.routes.size()); ++i)
      check_labels(route.routes[i], children[i], route.labels, templates, problems);
  }
}

std::optional<Configuration> Loader::load() {
  configuration_.hash = 14695981039346656037ULL;
  const auto text = read(path_, {});
  if (!text) return std::nullopt;
  const YamlDocument document = YamlDocument::parse(*text, path_, problems_);
  if (kept_ != nullptr) kept_->configuration = ConfigurationSource{path_, *text, document.root()};
  if (document.root().null()) {
    if (!problems_.has_errors()) {
      problems_.error(path_, {1, 1}, "no route provided in the configuration",
                      "add `route:` with a receiver, and `receivers:`");
    }
    return std::nullopt;
  }
  return load(document.root());
}

std::optional<Configuration> Loader::load(const YamlNode& document) {
  YamlObject root(document, "the configuration", problems_);
  Global global = read_global(root.child("global"));
  configuration_.resolve_timeout = global.resolve_timeout;
  if (kept_ != nullptr) kept_->evaluation_interval = global.evaluation_interval;
  for (const auto& [key, what] : kNotYet) {
    const YamlNode node = root.child(key);
    const bool empty = node.null() || (node.kind() == YamlNode::Kind::kList && node.items().empty());
    if (!empty)
      root.error(key, fmt::format("{} is not supported yet: `{}` must be empty", what, key),
                 "remove the block");
  }
  const auto templates = read_templates(root);
  // A configuration of Alertmanager's, and one whose templates word its defaults anew, looks as it did there.
  if (!global.receivers.message_style && !root.child("prometheus").items().empty() &&
      !templates->replaces_defaults()) {
    global.receivers.message_style = MessageStyle::kTocsin;
  }
  configuration_.receivers = read_receivers(root.child("receivers"), global.receivers, folder_, problems_);
  if (!is_sample_) check_receiver_templates(configuration_.receivers, *templates, problems_);
  const auto routing = route(root, global.resolve_timeout);
  if (!is_sample_) check_labels(routing->root, root.child("route"), {}, *templates, problems_);
  const auto evaluator = read_rules(root.child("prometheus"), global);
  configuration_.heartbeat = read_heartbeat(root.child("heartbeat"), global.receivers, folder_, problems_);
  std::vector<Policy> policies = read_policies(root.child("checks"), problems_);
  if (kept_ != nullptr) kept_->policies = std::move(policies);
  check_tracing(root.child("tracing"), problems_);
  check_event_recorder(root.child("event_recorder"), problems_);
  root.refuse_unknown_keys();
  if (problems_.has_errors()) return std::nullopt;

  configuration_.engine = {evaluator, routing};
  if (configuration_.heartbeat) configuration_.engine.heartbeat = configuration_.heartbeat->policy;
  configuration_.delivery = deliveries(templates);
  for (const auto& [id, integration] : configuration_.delivery->integrations) {
    if (integration->wants_changes()) configuration_.engine.change_listeners.push_back(id);
  }
  configuration_.redacted = redacted_yaml(document);
  configuration_.redacted_alertmanager = redacted_alertmanager_yaml(document);
  return std::move(configuration_);
}

Global Loader::read_global(const YamlNode& node) {
  Global global;
  if (node.null()) return global;
  YamlObject object(node, "global", problems_);
  object.prometheus_duration("resolve_timeout", global.resolve_timeout);
  object.prometheus_duration("evaluation_interval", global.evaluation_interval);
  if (global.evaluation_interval <= Duration::zero()) {
    object.error("evaluation_interval", "evaluation_interval must be longer than 0", "1m is usual");
    global.evaluation_interval = std::chrono::minutes(1);
  }
  object.prometheus_duration("rule_query_offset", global.query_offset);
  global.external_labels = read_external_labels(object);
  global.receivers = read_receiver_defaults(object, folder_);
  object.refuse_unknown_keys();
  return global;
}

Labels Loader::read_external_labels(YamlObject& object) {
  std::map<std::string, std::string> labels;
  object.text_map("external_labels", labels);
  std::vector<Label> pairs;
  for (const auto& [name, value] : labels) {
    if (name.empty() || !is_valid_utf8(name) || name == "__name__") {
      object.error("external_labels", fmt::format("{} is not a valid label name", go_quote(name)));
    }
    if (!value.empty()) pairs.push_back({name, value});
  }
  return Labels::from(std::move(pairs));
}

std::shared_ptr<const NotificationTemplates> Loader::read_templates(YamlObject& root) {
  std::vector<std::string> patterns;
  root.text_list("templates", patterns);
  if (is_sample_) {  // ours alone, and once: to try them takes longer than all the rest
    static const auto kOurs =
        std::make_shared<const NotificationTemplates>(NotificationTemplates::make({}, problems_));
    return kOurs;
  }
  std::vector<std::pair<std::string, std::string>> texts;
  for (const std::string& pattern : patterns) {
    const auto paths = files_.find(resolve_path(folder_, pattern));
    if (!paths) {
      root.error("templates", fmt::format("{}: {}", pattern, paths.error().message));
      continue;
    }
    for (const std::string& path : *paths) {
      if (auto text = read(path, root.position_of("templates"))) texts.emplace_back(path, std::move(*text));
    }
  }
  return std::make_shared<const NotificationTemplates>(NotificationTemplates::make(texts, problems_));
}

std::shared_ptr<const RoutingConfig> Loader::route(YamlObject& root, Duration resolve_timeout) {
  auto routing = std::make_shared<RoutingConfig>();
  routing->resolve_timeout = resolve_timeout;
  routing->time_intervals =
      read_time_intervals(root.child("time_intervals"), root.child("mute_time_intervals"), problems_);
  routing->inhibit_rules = read_inhibit_rules(root.child("inhibit_rules"), dialect_, problems_);
  check_inhibition_cycles(routing->inhibit_rules, path_, problems_);
  std::vector<std::string> intervals;
  for (const auto& [name, entries] : routing->time_intervals) intervals.push_back(name);
  std::vector<std::string> names;
  for (const Receiver& receiver : configuration_.receivers) {
    names.push_back(receiver.name);
    ReceiverEntry entry{receiver.name, {}};
    for (const auto& integration : receiver.integrations) {
      const auto pace = receiver.paces.find(integration->id());
      entry.integrations.push_back({integration->id(), integration->wants_resolved(),
                                    integration->fingerprint(),
                                    pace == receiver.paces.end() ? Pace{} : pace->second,
                                    receiver.fallback_receiver, receiver.fallback_after});
    }
    routing->receivers.push_back(std::move(entry));
  }
  const YamlNode node = root.child("route");
  if (node.null()) {
    problems_.error(path_, {1, 1}, "no route provided in the configuration", "add `route:` with a receiver");
    return routing;
  }
  routing->root = read_route(node, names, intervals, dialect_, problems_);
  return routing;
}

std::shared_ptr<const DeliveryConfig> Loader::deliveries(
    std::shared_ptr<const NotificationTemplates> templates) {
  auto delivery = std::make_shared<DeliveryConfig>();
  delivery->templates = std::move(templates);
  delivery->external_url = external_url_;
  for (const Receiver& receiver : configuration_.receivers) {
    for (const auto& integration : receiver.integrations)
      delivery->integrations[integration->id()] = integration;
  }
  return delivery;
}

std::shared_ptr<const EvaluatorConfig> Loader::read_rules(const YamlNode& prometheus, const Global& global) {
  auto evaluator = std::make_shared<EvaluatorConfig>();
  std::vector<PrometheusServer> servers = read_prometheus_servers(prometheus, folder_, problems_);
  const std::vector<YamlNode> entries = prometheus.items();
  std::vector<RuleFile> files;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const auto server = std::make_shared<const PrometheusServer>(std::move(servers[i]));
    const Position place = i < entries.size() ? place_of(entries[i], "rule_files") : prometheus.position();
    for (const std::string& path : find_rule_files(*server, place))
      files.push_back({.path = path, .server = server, .text = files_.read(path)});
  }
  in_parallel(files.size(), [&](std::size_t i) { understand(files[i]); });
  for (RuleFile& file : files) plan_file(file, global, *evaluator);
  if (kept_ != nullptr) return evaluator;  // the findings say more of it
  std::vector<RuleGroup> groups;
  for (const auto& plan : evaluator->groups) groups.push_back(plan->group);
  check_rule_set(groups, problems_);
  return evaluator;
}

// Each file once, whatever patterns name it.
std::set<std::string> Loader::find_rule_files(const PrometheusServer& server, Position place) {
  std::set<std::string> paths;
  for (const std::string& pattern : server.rule_files) {
    if (const auto valid = check_rule_file_path(pattern); !valid) {
      problems_.error(path_, place, valid.error().message, "use * only in the last part of the path");
      continue;
    }
    const auto found = files_.find(resolve_path(folder_, pattern));
    if (!found) {
      problems_.error(path_, place, fmt::format("{}: {}", pattern, found.error().message));
    } else if (found->empty() && !has_glob_magic(pattern)) {
      problems_.error(path_, place, fmt::format("rule file {} does not exist", pattern),
                      "paths are relative to the folder of the configuration file");
    } else if (found->empty()) {
      problems_.warning(path_, place, fmt::format("no file matches {}", pattern));
    } else {
      paths.insert(found->begin(), found->end());
    }
  }
  return paths;
}

// On any thread: it changes nothing but the file.
void Loader::understand(RuleFile& file) const {
  if (!file.text) return;
  if (kept_ == nullptr) {
    file.groups = read_rule_file(*file.text, file.path, file.problems, promql_);
  } else {
    file.checked.emplace(read_checked_rule_file(*file.text, file.path, file.problems, promql_));
    for (const CheckedGroup& group : file.checked->groups) file.groups.push_back(*group.group);
  }
  if (file.problems.has_errors()) return;
  for (const RuleGroup& group : file.groups) {
    auto& templates = file.templates.emplace_back();
    for (const Rule& rule : group.rules) {
      // What is only checked is never expanded, and its templates are parsed already.
      const bool wanted = rule.kind == Rule::Kind::kAlerting && kept_ == nullptr;
      templates.push_back(wanted ? std::make_shared<const RuleTemplates>(RuleTemplates::compile(rule))
                                 : nullptr);
    }
  }
}

void Loader::plan_file(RuleFile& file, const Global& global, EvaluatorConfig& evaluator) {
  if (!file.text) return problems_.error(path_, {}, file.text.error().message);
  configuration_.files.push_back(file.path);
  add_to_hash(configuration_.hash, *file.text);
  problems_.append(file.problems);
  if (file.checked) {
    // Rules that several servers are asked for are checked once.
    if (kept_paths_.insert(file.path).second) kept_->rule_files.push_back(std::move(*file.checked));
  }
  if (file.problems.has_errors()) return;
  for (std::size_t i = 0; i < file.groups.size(); ++i) {
    RuleGroup& group = file.groups[i];
    auto plan = std::make_shared<GroupPlan>();
    plan->server = file.server;
    plan->interval = group.interval.value_or(global.evaluation_interval);
    if (plan->interval <= Duration::zero()) plan->interval = global.evaluation_interval;
    plan->query_offset = group.query_offset.value_or(global.query_offset);
    plan->external_labels = global.external_labels;
    plan->external_url = external_url_;
    plan->templates = std::move(file.templates[i]);
    for (const Rule& rule : group.rules) {
      ++configuration_.rule_count;
      if (rule.kind == Rule::Kind::kRecording) ++configuration_.unevaluated_recording_rules;
    }
    plan->group = std::move(group);
    evaluator.groups.push_back(std::move(plan));
  }
}

}  // namespace

std::optional<Configuration> load_configuration(const std::string& path, const std::string& external_url,
                                                Files& files, Problems& problems, MatcherDialect dialect,
                                                const promql::Dialect& promql, CheckedSources* kept) {
  return Loader(path, external_url, files, problems, dialect, promql, kept).load();
}

void read_configuration_sample(const YamlNode& root) {
  MemoryFiles files;
  Problems problems;
  Loader("sample", "http://sample", files, problems, MatcherDialect::kFallback, promql::Dialect::any(),
         nullptr)
      .load_sample(root);
}

std::size_t check_rule_file(const std::string& path, Files& files, Problems& problems,
                            const promql::Dialect& promql, CheckedSources* kept) {
  auto text = files.read(path);
  if (!text) {
    problems.error(path, {}, text.error().message);
    return 0;
  }
  std::size_t rules = 0;
  if (kept != nullptr) {
    kept->rule_files.push_back(read_checked_rule_file(std::move(*text), path, problems, promql));
    for (const CheckedGroup& group : kept->rule_files.back().groups) rules += group.rules.size();
    return rules;
  }
  const std::vector<RuleGroup> groups = read_rule_file(*text, path, problems, promql);
  for (const RuleGroup& group : groups) rules += group.rules.size();
  check_rule_set(groups, problems);
  return rules;
}

namespace {

constexpr std::string_view kConfigurationKeys[] = {"route", "receivers", "global", "prometheus"};

// Whether a line begins with this key, bare or in quotes.
bool has_key_at_the_edge(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    const std::size_t begin = at > 0 && (text[at - 1] == '"' || text[at - 1] == '\'') ? at - 1 : at;
    if (begin == 0 || text[begin - 1] == '\n') return true;
  }
  return false;
}

}  // namespace

bool looks_like_configuration(const std::string& text) {
  // Most files are told apart without reading them twice.
  const bool maybe = std::ranges::any_of(
      kConfigurationKeys, [&](std::string_view key) { return has_key_at_the_edge(text, key); });
  if (!maybe && has_key_at_the_edge(text, "groups:")) return false;
  Problems ignored;
  const YamlDocument document = YamlDocument::parse(text, "", ignored);
  if (document.root().kind() != YamlNode::Kind::kMapping) return false;
  return std::ranges::any_of(document.root().entries(), [](const auto& entry) {
    return std::ranges::find(kConfigurationKeys, entry.first.text()) != std::end(kConfigurationKeys);
  });
}

}  // namespace tocsin
