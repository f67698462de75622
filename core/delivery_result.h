// What became of one attempt to deliver a notification: receivers read it off the service's answer, the
// router decides by it.
#pragma once

#include <string>

#include "core/time.h"

namespace tocsin {

struct DeliveryResult {
  enum class Outcome {
    kDelivered,  // the service said that it has it
    kFailed,     // may work later: network, 5xx, 429
    kRejected,   // will not work as it is: other 4xx, a template that fails, a bad configuration
  };
  Outcome outcome = Outcome::kDelivered;
  int status = 0;           // HTTP or SMTP code, 0 where there was no answer
  std::string reason;       // Alertmanager's metric label: other, clientError, serverError,
                            // contextDeadlineExceeded, authError, rateLimited
  std::string message;      // in words, without secrets; where it was delivered: who was left out
  Duration retry_after{};   // the service's wish (Retry-After); zero: none
  std::string message_ref;  // the service's name for what was posted (Slack channel and ts, PagerDuty dedup
                            // key, Message-ID); may be empty
  // The message that the notification's message_ref names can no longer be changed: forget it, then try
  // again.
  bool message_ref_is_gone = false;
  // A template of the user's failed, and plain words were sent instead: which, and why.
  std::string template_error{};
};

}  // namespace tocsin
