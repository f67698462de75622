// A check's report as JUnit XML, which every CI system shows: a suite for each file, a case for each problem.
// What makes the check fail is a failure; the rest are cases that passed and have something to say.
#pragma once

#include <string>

#include "app/check_report.h"

namespace tocsin {

std::string junit_report(const CheckReport&);

}  // namespace tocsin
