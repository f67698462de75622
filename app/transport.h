// The Transport seam: carries requests to services and brings back answers. It never decides: retries,
// back-off and meaning belong to the engine and the receivers. Safe to call from any thread.
#pragma once

#include <functional>
#include <string>

#include "core/outbound.h"

namespace tocsin {

class Transport {
 public:
  using Done = std::function<void(OutboundAnswer)>;
  virtual ~Transport() = default;
  // Starts a request; `done` is called exactly once, on a thread of the transport's: it must not block.
  virtual void send(OutboundRequest request, Done done) = 0;
  // Carries it and waits; the request's timeout bounds the wait.
  OutboundAnswer perform(OutboundRequest request);
  // Ends what is under way: each pending `done` is called with kClosedEarly.
  virtual void stop() = 0;
};

}  // namespace tocsin
