// Alerts about the program itself, made as a rule's are: nobody outside can end them. One that has an end
// ends by itself; any other is ended by whoever raised it.
#pragma once

#include "core/alert.h"

namespace tocsin {

Alert own_alert(Labels labels, Labels annotations, TimePoint now);
// The end of one that fires.
Alert ended(Alert firing, TimePoint now, ResolveCause cause = ResolveCause::kConditionFalse);

}  // namespace tocsin
