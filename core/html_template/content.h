// Content: what an escaper is given, as text, with the type that says where it may stand unescaped.
#pragma once

#include <string>
#include <string_view>

#include "core/template/function.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

// Printed in place of text that could do harm. It means nothing in any language and is easy to search for.
inline constexpr std::string_view kUnsafeText = "ZgotmplZ";

struct Content {
  std::string text;
  StringType type = StringType::plain;
};

// Values print as in text templates, but nil prints nothing.
Content content_of(Arguments arguments);

}  // namespace tocsin::tmpl
