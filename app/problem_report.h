// Problems as `tocsin check` prints them for people: each on a line, and beneath it, where the piece that is
// wrong is known, the line of the file with that piece underlined.
#pragma once

#include <string>

#include "app/files.h"
#include "core/problem.h"

namespace tocsin {

std::string problem_report(const Problems&, Files&);

}  // namespace tocsin
