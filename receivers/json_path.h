// A JsonPath names one place in a JSON answer: ".error.code", ".results[0].id", ".". It is only a way to a
// value: no wildcards, no filters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace tocsin {

class JsonPath {
 public:
  // Fails in words that say what a path looks like.
  static Result<JsonPath> parse(std::string_view text);
  // Null where there is nothing.
  const JsonValue& in(const JsonValue& root) const;
  const std::string& text() const { return text_; }

 private:
  using Step = std::variant<std::string, std::size_t>;  // a key, or a place in a list
  std::string text_;
  std::vector<Step> steps_;
};

// A text as it is, a number as JSON writes it; empty for everything else.
std::string plain_text(const JsonValue&);

}  // namespace tocsin
