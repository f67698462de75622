// The Gotify receiver: one push message per notification, as an application of a Gotify server. A preset of
// the http receiver.
#pragma once

#include <memory>

#include "receivers/receiver_config.h"

namespace tocsin {

// Reads one block of gotify_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_gotify(ReceiverBlock&);

}  // namespace tocsin
