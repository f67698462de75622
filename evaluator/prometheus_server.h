// A server whose Prometheus API is asked, and the rules that are evaluated against it: one entry of
// `prometheus:` in the configuration. It does not connect to anything.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/http_config.h"
#include "core/problem.h"
#include "core/time.h"
#include "core/yaml_reader.h"

namespace tocsin {

struct PrometheusServer {
  std::string name;  // unique; "prometheus-1" and so on where the user gave none
  std::string url;   // http or https, without a slash at the end; a path is a prefix (Mimir: /prometheus)
  std::vector<std::string> rule_files;  // glob patterns, as written
  std::map<std::string, std::string>
      query_params;  // added to every query: Thanos' partial_response, a tenant, …
  std::shared_ptr<const HttpConfig> http;
  Duration timeout = std::chrono::minutes(2);  // of one query
  // How far back pages show what a rule watches; zero: they do not, and it is not asked for.
  Duration trend_span = std::chrono::hours(1);
};

// Reads the whole list. Unknown keys, and a name that is used twice, are problems.
std::vector<PrometheusServer> read_prometheus_servers(const YamlNode& list, const std::string& base_folder,
                                                      Problems&);

}  // namespace tocsin
