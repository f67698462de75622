// How instances are written to the store and read back. A record names its rule in full, so that a restart
// finds the rule again even where it has moved to another group or file.
#pragma once

#include <string>

#include "core/record.h"
#include "core/result.h"
#include "evaluator/instance.h"
#include "rules/rule.h"

namespace tocsin {

// What identifies a rule over reloads and restarts.
struct RuleKey {
  std::string server, file, group;
  std::string name;
  std::string labels;  // as configured, unexpanded, as text
  int ordinal = 0;     // among rules of the same group, name and labels

  std::string home() const { return server + ";" + file + ";" + group + ";" + loose(); }
  std::string loose() const { return name + ";" + labels + ";" + std::to_string(ordinal); }
  friend auto operator<=>(const RuleKey&, const RuleKey&) = default;
};

inline constexpr std::string_view kInstanceBucket = "instance";

Record instance_record(const RuleKey&, const Instance&);
Record erased_instance_record(const RuleKey&, const Labels& instance_labels);

struct StoredInstance {
  RuleKey rule;
  Instance instance;
};
Result<StoredInstance> read_instance_record(const Record&);

}  // namespace tocsin
