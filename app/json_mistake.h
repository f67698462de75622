// Where a text stops being JSON, for the answer to whoever sent it. simdjson says quickly *that* a text is
// broken, but not where; this looks again, slowly, and only then.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

struct JsonMistake {
  std::size_t offset = 0;  // in bytes, from 0
  std::string message;     // `expected "," or "]"`
};

// Nothing where no mistake is found: a few things that simdjson refuses (numbers that no double can hold) are
// JSON all the same.
std::optional<JsonMistake> find_json_mistake(std::string_view text);

// For whoever sent a body that is not JSON; `reason` is what is said where no mistake is found.
std::string describe_bad_json(std::string_view body, std::string_view reason);

}  // namespace tocsin
