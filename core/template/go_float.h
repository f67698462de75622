// Floating point text as Go's strconv writes and reads it. Not fmt's padding and flags: those are in
// go_format.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::tmpl {

// strconv.FormatFloat: verb is one of e E f g G b x X; precision -1 asks for the fewest digits that read back
// the same. NaN, +Inf and -Inf are written so.
std::string format_float(double value, char verb, int precision);

// strconv.ParseFloat without "inf" and "nan": decimal and hexadecimal forms, underscores between digits.
// Nothing if malformed or out of range.
std::optional<double> parse_float_literal(std::string_view text);

// strconv.ParseFloat as users meet it in functions: also [+-]inf, infinity and nan in any case, no
// underscores in decimals other than Go's rule allows. Nothing if malformed; out of range gives ±Inf as Go's
// value does.
std::optional<double> parse_float(std::string_view text);

// Whether every underscore separates digits or follows a base prefix (strconv's underscoreOK).
bool underscores_are_well_placed(std::string_view text);

}  // namespace tocsin::tmpl
