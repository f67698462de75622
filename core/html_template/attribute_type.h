// What the value of an HTML attribute is, judged by its name: a guess that rather thinks too dangerous of it.
#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin::tmpl {

// Unsafe ones change how the rest of the document or a request is understood.
enum class AttributeType : std::uint8_t { plain, css, html, js, url, srcset, unsafe };

AttributeType attribute_type(std::string_view lower_case_name);

// Whether a <script type="…"> holds JavaScript (or JSON).
bool is_script_type(std::string_view mime_type);

}  // namespace tocsin::tmpl
