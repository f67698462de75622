// The Matrix receiver: one message per notification into a room, under a transaction id that makes a
// repetition harmless. A preset of the http receiver.
#pragma once

#include <memory>

#include "receivers/receiver_config.h"

namespace tocsin {

// Reads one block of matrix_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_matrix(ReceiverBlock&);

}  // namespace tocsin
