// A check's report as SARIF 2.1.0, which code scanning of GitHub and others reads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/check_report.h"
#include "app/source_lines.h"
#include "core/finding.h"

namespace tocsin {

// What is known of a code; null where nothing is.
using FindKind = std::function<const FindingKind*(std::string_view code)>;

std::string sarif_report(const CheckReport&, SourceLines&, const FindKind&,
                         const std::string& current_folder);

}  // namespace tocsin
