// The `http` receiver: any HTTP service, without code. Method, URL, headers and body are the user's, and so
// is what an answer means; what is resolved may be said by another request. Unlike the webhook's, nothing of
// it is Alertmanager's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "receivers/payload_value.h"
#include "receivers/receiver_config.h"

namespace tocsin {

// One request as the user writes it.
struct HttpRequestPlan {
  struct Header {
    std::string name;
    TemplateField value;
    Secret secret;  // set: instead of the value
  };
  struct StandardMessage {};  // the webhook's
  struct Json {
    PayloadValue value;
    TemplateField field;  // where it stands; without its text
  };
  using Body = std::variant<StandardMessage, TemplateField, Json>;

  std::string method = "POST";
  Secret url;               // may be a template
  TemplateField url_field;  // where it stands; without its text
  std::vector<Header> headers;
  Body body;
};

struct GenericHttpConfig {
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  HttpRequestPlan firing;
  std::optional<HttpRequestPlan> resolved;  // where nothing fires any more; unset: as while it fires
};

// Reads one block of http_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_generic_http(ReceiverBlock&);

}  // namespace tocsin
