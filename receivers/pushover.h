// The Pushover receiver: one message per notification to a user's or group's devices, its text and keys in
// the query of the URL as Alertmanager sends them.
#pragma once

#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct PushoverConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Secret user_key, token;                     // their content may be templates
  TemplateField user_key_field, token_field;  // where they stand; without their texts
  TemplateField title, message, url, url_title, device, sound, priority;
  Duration retry = std::chrono::minutes(1);  // of emergencies: how often, and for how long
  Duration expire = std::chrono::hours(1);
  Duration ttl{};  // zero: for ever
  bool html = false;
  bool monospace = false;
};

// Reads one block of pushover_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_pushover(ReceiverBlock&);

}  // namespace tocsin
