// Reads a Go string literal in double quotes, the inverse of go_quote: what stands in UTF-8 matchers.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin {

// `literal` with its quotes. The message says which escape is wrong: `unknown escape \w`.
Result<std::string> go_unquote(std::string_view literal);

}  // namespace tocsin
