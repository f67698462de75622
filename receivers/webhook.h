// The webhook receiver: Alertmanager's version 4 JSON, byte for byte, or the user's own payload, to any URL.
#pragma once

#include "receivers/payload_value.h"
#include "receivers/receiver_config.h"

namespace tocsin {

struct WebhookConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  Secret url;                  // may be a template
  TemplateField url_field;     // where it stands; without its text
  std::size_t max_alerts = 0;  // 0: all
  std::optional<PayloadValue> payload;
  TemplateField payload_field;
};

// Null where the block cannot be used; the reasons are in its problems.
std::shared_ptr<const Integration> read_webhook(ReceiverBlock&);

}  // namespace tocsin
