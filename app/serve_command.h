// `tocsin` with flags and no command: serve until a signal ends it. SIGHUP reloads; SIGTERM and SIGINT stop
// gracefully.
#pragma once

#include "app/options.h"

namespace tocsin {

int run_serve(const ServeOptions&);

}  // namespace tocsin
