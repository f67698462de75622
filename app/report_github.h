// A check's report as workflow commands of GitHub Actions: each problem is shown at its line of the change.
#pragma once

#include <string>

#include "app/check_report.h"
#include "app/source_lines.h"

namespace tocsin {

// ::warning file=rules/a.yml,line=3,col=9,endColumn=13,title=promql/rate::MESSAGE
std::string github_report(const CheckReport&, SourceLines&, const std::string& current_folder);

}  // namespace tocsin
