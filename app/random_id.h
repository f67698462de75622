// Names that nobody else has given to anything: random UUIDs (version 4).
#pragma once

#include <string>

namespace tocsin {

std::string random_uuid();

}  // namespace tocsin
