// A check's report for people at a terminal: problems with the lines that they are in, then a line for each
// file, then what the baseline hides.
#pragma once

#include <string>

#include "app/check_report.h"
#include "app/problem_report.h"
#include "app/source_lines.h"

namespace tocsin {

std::string text_report(const CheckReport&, SourceLines&, Paint);
// Its last part alone: what the baseline and the limit to changes have hidden.
std::string report_asides(const CheckReport&);

}  // namespace tocsin
