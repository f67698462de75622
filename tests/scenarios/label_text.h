// Label sets and samples as scenarios write them: {a="b"} 1.5, {a="c"} 2.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/labels.h"
#include "evaluator/sample.h"

namespace tocsin {

// Takes `{…}` off the front; nullopt where there is none.
std::optional<Labels> take_labels(std::string_view& text);
std::optional<std::vector<Sample>> read_samples(std::string_view text);
// The first word is taken off the front, with the blanks around it.
std::string_view take_word(std::string_view& text);

}  // namespace tocsin
