// Comparison of values as the template functions eq, ne, lt, le, gt and ge define it: integers compare across
// signedness, other kinds only with their own, and lists, maps and functions not at all.
#pragma once

#include "core/result.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

Result<bool> equal_values(const Value& left, const Value& right);
Result<bool> less_value(const Value& left, const Value& right);

}  // namespace tocsin::tmpl
