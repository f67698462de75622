// The program's own alerts about its store: people have to hear that what is said and silenced would not
// outlive a crash, or that the state of before is gone. Only texts and times: the shell finds out, the engine
// raises them, the router tells.
#pragma once

#include <string>

#include "core/alert.h"

namespace tocsin {

// Fires until commits work again.
Alert storage_failing(const std::string& error, TimePoint now);
// The same alert with its end.
Alert storage_works_again(Alert failing, TimePoint now);
// What was stored could not be read at the start. There is no moment at which it is good again, so it ends by
// itself after an hour.
Alert storage_was_reset(const std::string& message, TimePoint now);

}  // namespace tocsin
