// `tocsin route`: the routing tree of a configuration, and which receivers, groups and waits a label set gets
// in it. Exit codes: 0 fine, 1 a faulty configuration or other receivers than expected, 2 usage.
#pragma once

#include <string>

#include "app/command_output.h"
#include "app/files.h"
#include "app/options.h"
#include "core/time.h"

namespace tocsin {

int run_route_show(const RouteShowOptions&);
int run_route_test(const RouteTestOptions&);

// The same with files and time given, and what is printed as values.
CommandOutput show_routes(const RouteShowOptions&, Files&);
CommandOutput test_routes(const RouteTestOptions&, Files&, TimePoint now);

}  // namespace tocsin
