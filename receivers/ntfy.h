// The ntfy receiver: one push message per notification to a topic of ntfy.sh or of a server of one's own. A
// preset of the http receiver.
#pragma once

#include <memory>

#include "receivers/receiver_config.h"

namespace tocsin {

// Reads one block of ntfy_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_ntfy(ReceiverBlock&);

}  // namespace tocsin
