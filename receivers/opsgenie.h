// The Opsgenie receiver, Alert API version 2. One alert per group: its alias is the SHA-256 of the group key,
// as Alertmanager's, so alerts that are open there are continued and closed here. Opsgenie knows a repeated
// request by the alias, hence any of them may be sent again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "receivers/receiver_config.h"

namespace tocsin {

struct OpsgenieConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  Secret api_key;               // its content may be a template
  TemplateField api_key_field;  // where it stands; without its text
  TemplateField message, description, source, entity, actions, tags, note, priority;
  std::map<std::string, TemplateField> details;
  struct Responder {
    TemplateField id, name, username, type;
  };
  std::vector<Responder> responders;
  bool update_alerts = false;  // message and description of an open alert follow the group
};

OpsgenieConfig read_opsgenie_config(ReceiverBlock&);
// Reads one block of opsgenie_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_opsgenie(ReceiverBlock&);

}  // namespace tocsin
