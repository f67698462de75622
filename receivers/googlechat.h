// The Google Chat receiver: one message per notification through a space's webhook, all about one group in
// one thread. A preset of the http receiver.
#pragma once

#include <memory>

#include "receivers/receiver_config.h"

namespace tocsin {

// Reads one block of googlechat_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_googlechat(ReceiverBlock&);

}  // namespace tocsin
