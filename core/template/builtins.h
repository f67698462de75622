// The builtin functions of Go templates. and, or and call have entries for their signatures only: the
// executor runs them, because they evaluate their arguments themselves or need the name of what they call.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/template/function.h"

namespace tocsin::tmpl {

struct Builtin {
  Function signature;  // Its `call` is unused.
  Result<Value> (*run)(Arguments arguments,
                       std::size_t size_limit) = nullptr;  // nullptr: the executor's own.
};

// nullptr if there is no builtin of that name.
const Builtin* find_builtin(std::string_view name);

}  // namespace tocsin::tmpl
