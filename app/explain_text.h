// An explanation for people: what GET /api/tocsin/v1/explain answered, as text for a terminal.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin {

struct ExplanationText {
  std::string text;
  bool found = false;  // any alert at all
};

// Fails where the answer is not of this API.
Result<ExplanationText> explanation_text(std::string_view json);

}  // namespace tocsin
