// `tocsin template render`: what a template makes of JSON data, for notifications, rules and bare Go
// templates.
#pragma once

#include "app/options.h"

namespace tocsin {

int run_template_render(const RenderOptions&);

}  // namespace tocsin
