// The functions that notification templates may call besides the language's own: Alertmanager's list, with
// its results and errors.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/template/function_map.h"
#include "core/time.h"

namespace tocsin {

// All of them; `now`, `since` and `routeLabels` as of no moment and without labels. Made once, shared by all
// templates.
std::shared_ptr<const tmpl::FunctionMap> notification_functions();

// Those that depend on the moment and on the notification; they replace their namesakes for one execution.
// `route_label` expands a route label; it fails where the label's template does or where labels refer to one
// another in a circle.
tmpl::FunctionMap moment_functions(TimePoint now,
                                   std::function<Result<std::string>(const std::string& name)> route_label);

}  // namespace tocsin
