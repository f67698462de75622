// The methods of time.Time, time.Duration, time.Month and time.Weekday that templates call: {{
// .StartsAt.Format "15:04" }}.
#pragma once

#include <memory>
#include <string_view>

#include "core/template/function.h"

namespace tocsin::tmpl {

// nullptr if the value is not of one of these types or has no such method. `local` is what Local() converts
// to.
std::shared_ptr<const Function> time_method(const Value& receiver, std::string_view name, const Zone& local);

}  // namespace tocsin::tmpl
