// The three escapers that text templates offer as functions: html, js and urlquery. Not the contextual
// escaper of HTML templates.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::tmpl {

std::string html_escape(std::string_view text);
std::string js_escape(std::string_view text);
std::string url_query_escape(std::string_view text);  // A blank becomes "+".

}  // namespace tocsin::tmpl
