#include "rules/foreign_keys.h"

#include <array>

namespace tocsin {
namespace {

struct ForeignKey {
  RuleFilePart part;
  std::string_view key;
  std::string_view product;
  std::string_view way_out;
};

constexpr std::string_view kRemove = "remove it";
constexpr auto kGroup = RuleFilePart::kGroup;
constexpr auto kRule = RuleFilePart::kRule;

constexpr std::array kForeignKeys{
    ForeignKey{kGroup, "partial_response_strategy", "Thanos",
               "set partial_response in query_params of the server instead"},
    ForeignKey{kGroup, "source_tenants", "Mimir",
               "set the X-Scope-OrgID header in http_headers of the server instead"},
    ForeignKey{kGroup, "evaluation_delay", "Mimir", "write query_offset, its name in Prometheus"},
    ForeignKey{kGroup, "align_evaluation_time_on_interval", "Mimir", kRemove},
    ForeignKey{kGroup, "remote_write", "Loki and cortextool", "use remote_write of the configuration file"},
    ForeignKey{kGroup, "type", "vmalert", "only Prometheus expressions are evaluated: remove it"},
    ForeignKey{kGroup, "concurrency", "vmalert", kRemove},
    ForeignKey{kGroup, "eval_offset", "vmalert", kRemove},
    ForeignKey{kGroup, "eval_delay", "vmalert", "write query_offset, its name in Prometheus"},
    ForeignKey{kGroup, "eval_alignment", "vmalert", kRemove},
    ForeignKey{kGroup, "params", "vmalert", "use query_params of the server instead"},
    ForeignKey{kGroup, "headers", "vmalert", "use http_headers of the server instead"},
    ForeignKey{kGroup, "notifier_headers", "vmalert", "use http_headers of the receiver instead"},
    ForeignKey{kGroup, "debug", "vmalert", kRemove},
    ForeignKey{kGroup, "tenant", "vmalert", "put the tenant into the url of the server instead"},
    ForeignKey{kRule, "debug", "vmalert", kRemove},
    ForeignKey{kRule, "update_entries_limit", "vmalert", kRemove},
};

}  // namespace

std::string foreign_key_hint(RuleFilePart part, std::string_view key) {
  for (const ForeignKey& foreign : kForeignKeys) {
    if (foreign.part == part && foreign.key == key) {
      return std::string(key) + " is a key of " + std::string(foreign.product) +
             ", Prometheus does not know it: " + std::string(foreign.way_out);
    }
  }
  return "";
}

}  // namespace tocsin
