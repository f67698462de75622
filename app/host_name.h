// The name of this machine, for links and for people.
#pragma once

#include <string>

namespace tocsin {

std::string host_name();  // "localhost" where it has none

}  // namespace tocsin
