// The named character references of HTML, as text that entities.cpp reads once.
#pragma once

#include <string_view>

namespace tocsin::tmpl {

extern const std::string_view kEntityTable;

}  // namespace tocsin::tmpl
