// A request as people read it before it is sent: the first one of an integration's delivery, with what the
// transport adds from http_config (headers, credentials), and with secrets hidden. Left out is what depends
// on the connection: Host, Content-Length, Accept-Encoding, and an oauth2 token, which only its server gives.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/delivery_desk.h"
#include "app/secret_mask.h"

namespace tocsin {

struct RequestPreview {
  IntegrationId integration;
  OutboundRequest request;  // with the headers of its http_config; secrets are still in it
  std::string warning;
  bool more_may_follow = false;
  std::string error;  // it cannot be built
};

enum class SecretsShown { kNo, kYes };

// `mask` learns every secret that was read on the way.
RequestPreview preview_request(const Integration&, const Notification&, const DeliveryConfig&, TimePoint now,
                               SecretMask& mask);

std::string preview_text(const RequestPreview&, const SecretMask&, SecretsShown);
// An array.
std::string previews_json(const std::vector<RequestPreview>&, const SecretMask&, SecretsShown);

}  // namespace tocsin
