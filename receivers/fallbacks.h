// Checks which receiver stands in for which: each must exist and have somebody to tell, and none may come
// back to itself, because then a page that nobody takes would go in circles.
#pragma once

#include <string>
#include <vector>

#include "core/problem.h"
#include "receivers/integration.h"

namespace tocsin {

// `places` has the place of each receiver's fallback_receiver, in the order of the receivers.
void check_fallbacks(const std::vector<Receiver>&, const std::vector<Position>& places,
                     const std::string& file, Problems&);

}  // namespace tocsin
