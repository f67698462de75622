// Who runs this program, for silences that people make on the command line.
#pragma once

#include <string>

namespace tocsin {

std::string user_name();  // "" where the system knows no name

}  // namespace tocsin
