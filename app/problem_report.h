// Problems as they are printed for people: each on a line, and beneath it, where the piece that is wrong is
// known, the line of the file with that piece underlined.
#pragma once

#include <string>
#include <string_view>

#include "app/files.h"
#include "app/source_lines.h"
#include "core/problem.h"

namespace tocsin {

enum class Paint { kPlain, kColours };
enum class Colour { kRed, kYellow, kCyan, kGreen, kBold };

// The text in a colour of the terminal, where there shall be colours.
std::string painted(std::string_view text, Colour, Paint);

void append_problem(std::string& out, const Problem&, SourceLines&, Paint);
// All of them in order, without colours.
std::string problem_report(const Problems&, Files&);

}  // namespace tocsin
