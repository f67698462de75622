// Go's fmt: Sprintf with all verbs and flags, Sprint and Sprintln over template values. Free-standing:
// nothing here executes templates. A wrong verb is not an error; it prints Go's note, "%!d(float64=1.5)".
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "core/template/go_float.h"
#include "core/template/go_quote.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

inline constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

// The text stops growing soon after `size_limit` bytes; the caller that sets a limit compares the size
// against it.
std::string sprintf(std::string_view format, std::span<const Value> arguments,
                    std::size_t size_limit = kUnlimited);

// Blanks between operands that are both not strings.
std::string sprint(std::span<const Value> arguments, std::size_t size_limit = kUnlimited);

// Blanks between all operands, and a newline.
std::string sprintln(std::span<const Value> arguments, std::size_t size_limit = kUnlimited);

// One value as %v prints it.
std::string value_text(const Value& value);

}  // namespace tocsin::tmpl
