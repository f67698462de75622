// `tocsin check FILE…`: everything that is wrong with configuration and rule files, at once.
#pragma once

#include "app/options.h"

namespace tocsin {

int run_check(const CheckOptions&);

}  // namespace tocsin
