#include "app/schema_command.h"

#include "app/configuration.h"
#include "app/json_schema.h"
#include "app/policy_file.h"
#include "core/yaml_sample.h"
#include "rules/rule_file.h"

namespace tocsin {

CommandOutput schema(const SchemaOptions& options) {
  if (options.of == "rules") {
    return {json_schema(*learn_yaml_shape(read_rule_file_sample),
                        {"tocsin-rules", "Rules of Prometheus and Tocsin"}),
            "", 0};
  }
  if (options.of == "policy") {
    return {
        json_schema(*learn_yaml_shape(read_policy_sample), {"tocsin-policy", "Checks of rules by Tocsin"}),
        "", 0};
  }
  return {json_schema(*learn_yaml_shape(read_configuration_sample),
                      {"tocsin-config", "Configuration of Tocsin, a superset of Alertmanager's"}),
          "", 0};
}

int run_schema(const SchemaOptions& options) {
  return print(schema(options));
}

}  // namespace tocsin
