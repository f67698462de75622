// Go's reference-time layouts ("2006-01-02 15:04:05.000 -0700 MST"): writing and reading times by them, all
// layout elements. Not strftime, and not the RFC 3339 reader of the API.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/template/go_time.h"

namespace tocsin::tmpl {

// Time.Format.
std::string format_go_time(const Time& time, std::string_view layout);

// Time.String: "2006-01-02 15:04:05.999999999 -0700 MST".
std::string time_text(const Time& time);

// time.Parse: text without a zone is UTC. The error is Go's: parsing time "x" as "2006": cannot parse "x" as
// "2006".
Result<Time> parse_go_time(std::string_view layout, std::string_view text);

}  // namespace tocsin::tmpl
