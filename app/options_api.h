// The flags that every command which speaks to a running server takes.
#pragma once

#include "app/api_flags.h"

namespace CLI {
class App;
}

namespace tocsin {

// `command` writes what it is given into `flags`, which has to outlive it.
void add_api_flags(CLI::App& command, ApiFlags& flags);

}  // namespace tocsin
