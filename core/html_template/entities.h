// Character references of HTML ("&quot;", "&#34;", "&#x22;") replaced by what they stand for, as Go's
// html.UnescapeString does it. Escaping is in markup_escapers.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::tmpl {

std::string unescape_entities(std::string_view text);

}  // namespace tocsin::tmpl
