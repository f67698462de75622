// Percent-encoding as RFC 3986 has it. Forms (a blank is "+") are tmpl::url_query_escape's.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// Letters, digits and -._~ stay, and what `also_kept` names: all that a place of the URL gives no meaning to.
std::string percent_encoded(std::string_view text, std::string_view also_kept = "");

}  // namespace tocsin
