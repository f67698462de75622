// A template's value as JSON, byte for byte as Go's json.Marshal writes the matching Go value. Not JsonValue,
// which is JSON that was read.
#pragma once

#include <string>

#include "core/result.h"
#include "core/template/value.h"

namespace tocsin {

// Fails on functions, complex numbers, NaN and infinities.
Result<std::string> value_json(const tmpl::Value&);

}  // namespace tocsin
