// The default texts of the services that Alertmanager does not know: a title as everywhere, and a line per
// alert, short enough for a phone.
#pragma once

#include <string_view>

namespace tocsin {

std::string_view push_templates();

}  // namespace tocsin
