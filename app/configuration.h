// The whole configuration: tocsin.yml (a superset of alertmanager.yml), the rule files and the template
// files, read and checked together. Loading never changes anything that runs: a reload with a mistake in it
// leaves the old configuration standing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/checked_sources.h"
#include "app/delivery_desk.h"
#include "app/event.h"
#include "app/files.h"
#include "app/heartbeat_config.h"
#include "core/problem.h"
#include "core/yaml_reader.h"
#include "receivers/integration.h"
#include "rules/promql/dialect.h"

namespace tocsin {

struct Configuration {
  EngineConfig engine;
  std::shared_ptr<const DeliveryConfig> delivery;
  std::vector<Receiver> receivers;
  std::shared_ptr<const HeartbeatConfig> heartbeat;  // null: none is wanted
  Duration resolve_timeout = std::chrono::minutes(5);
  std::string redacted;               // the file as the API shows it: secrets as <secret>
  std::string redacted_alertmanager;  // the part of it that Alertmanager would load
  std::uint64_t hash = 0;             // of all files, for alertmanager_config_hash
  std::vector<std::string> files;     // every file that was read
  std::size_t rule_count = 0;
  std::size_t unevaluated_recording_rules = 0;
};

// nullopt where there are errors; warnings may come with a configuration. `external_url` is what people reach
// the program by, `promql` what the servers that are asked understand. `kept`, where it is not null, gets
// what the checks of findings want (app/check_findings.h); it is filled also where there are errors.
std::optional<Configuration> load_configuration(const std::string& path, const std::string& external_url,
                                                Files&, Problems&, MatcherDialect = MatcherDialect::kFallback,
                                                const promql::Dialect& promql = promql::Dialect::any(),
                                                CheckedSources* kept = nullptr);

// Reads a sample (core/yaml_sample.h) as load_configuration reads a configuration, to learn what it takes.
void read_configuration_sample(const YamlNode& root);

// A rule file alone, as `tocsin check` is given it: how many rules it holds.
std::size_t check_rule_file(const std::string& path, Files&, Problems&, const promql::Dialect&,
                            CheckedSources* kept = nullptr);
// Whether a file looks like a configuration rather than a rule file: by its top-level keys.
bool looks_like_configuration(const std::string& text);

}  // namespace tocsin
