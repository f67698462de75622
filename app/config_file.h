// Which configuration file a command means where none is named.
#pragma once

#include <string>

namespace tocsin {

// `given`; where it is empty tocsin.yml, or alertmanager.yml where there is no tocsin.yml.
std::string config_file_or_default(const std::string& given);

}  // namespace tocsin
