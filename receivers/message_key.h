// Names what a notification says, for services that tell a repetition by such a key.
#pragma once

#include <string>

#include "core/notification.h"

namespace tocsin {

// Stable over retries, and another one as soon as the alerts are others, so that newer state is never taken
// for a repetition. 64 hexadecimal digits.
std::string message_key(const Notification&);

}  // namespace tocsin
