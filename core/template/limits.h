// Limits of one template execution. A template that runs into one fails with an error; it never takes the
// program down.
#pragma once

#include <cstddef>

namespace tocsin::tmpl {

struct Limits {
  std::size_t template_depth = 500;  // {{template}} within {{template}}.
  std::size_t nesting = 1'200;  // All nested blocks, parentheses and templates together; bounds the stack.
  std::size_t steps =
      10'000'000;  // Nodes executed, loop iterations, and text handled by functions (per 64 bytes).
  std::size_t output_bytes = 16U << 20;  // Of the result, and of any one text on the way.
  std::size_t value_depth = 1'000;       // Lists within lists and maps within maps.
};

}  // namespace tocsin::tmpl
