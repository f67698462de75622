// What the texts of number and string tokens stand for. Go's rules, since Prometheus hands them to Go's
// strconv.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin::promql {

// 23, 0x1f, 0755 (octal), 1_000, .5, 1e3, Inf, NaN.
Result<double> read_number(std::string_view text);
// The inside of a quoted string that the lexer has found good, its escapes replaced.
std::string unescape(std::string_view inside);
// The shortest decimal that reads back as the same number, without an exponent, as Go's FormatFloat(v, 'f',
// -1).
std::string format_number(double value);

}  // namespace tocsin::promql
