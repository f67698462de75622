// The VictorOps receiver (now Splunk On-Call), its generic REST endpoint. One incident per group: the entity
// id is the SHA-256 of the group key, as Alertmanager's, so incidents that are open there are continued and
// resolved here.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct VictorOpsConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  Secret api_key;
  TemplateField routing_key, message_type, state_message, entity_display_name, monitoring_tool;
  std::map<std::string, TemplateField> custom_fields;
};

// Reads one block of victorops_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_victorops(ReceiverBlock&);

}  // namespace tocsin
