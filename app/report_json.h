// A check's report as one JSON document, for programs of the user's own. Its keys stay; new ones may come.
#pragma once

#include <string>

#include "app/check_report.h"

namespace tocsin {

std::string json_report(const CheckReport&);

}  // namespace tocsin
