#include "router/routing_config.h"

namespace tocsin {

const ReceiverEntry* RoutingConfig::receiver(std::string_view name) const {
  for (const ReceiverEntry& entry : receivers) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace tocsin
