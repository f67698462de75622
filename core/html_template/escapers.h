// The escapers: each makes a value harmless in one place of a document. They are the functions that escaped
// templates call at the end of their pipelines, under Go's names; templates cannot name them themselves.
#pragma once

#include <string>
#include <string_view>

#include "core/template/function.h"
#include "core/template/function_map.h"

namespace tocsin::tmpl {

// In text, quoted attributes, unquoted ones, <title> and <textarea>, names of attributes, and comments.
std::string escape_markup(Arguments);
std::string escape_attribute(Arguments);
std::string escape_unquoted(Arguments);
std::string escape_rcdata(Arguments);
std::string filter_name(Arguments);
std::string escape_comment(Arguments);

// In scripts: a value, the inside of a string, of a template, of a regular expression.
std::string escape_script_value(Arguments);
std::string escape_script_string(Arguments);
std::string escape_script_template(Arguments);
std::string escape_script_regexp(Arguments);

// In style sheets: the inside of a string, a value.
std::string escape_css_string(Arguments);
std::string filter_css_value(Arguments);

// In URLs: the scheme, a part of a query, any part, and lists of images.
std::string filter_url(Arguments);
std::string escape_url(Arguments);
std::string normalize_url(Arguments);
std::string filter_srcset(Arguments);

// The text inside of trusted HTML.
std::string without_tags(std::string_view html);

// The names that escaped templates call them by.
namespace escapers {
inline constexpr std::string_view kAttribute = "_html_template_attrescaper";
inline constexpr std::string_view kComment = "_html_template_commentescaper";
inline constexpr std::string_view kCssString = "_html_template_cssescaper";
inline constexpr std::string_view kCssValue = "_html_template_cssvaluefilter";
inline constexpr std::string_view kName = "_html_template_htmlnamefilter";
inline constexpr std::string_view kMarkup = "_html_template_htmlescaper";
inline constexpr std::string_view kScriptRegexp = "_html_template_jsregexpescaper";
inline constexpr std::string_view kScriptString = "_html_template_jsstrescaper";
inline constexpr std::string_view kScriptTemplate = "_html_template_jstmpllitescaper";
inline constexpr std::string_view kScriptValue = "_html_template_jsvalescaper";
inline constexpr std::string_view kUnquoted = "_html_template_nospaceescaper";
inline constexpr std::string_view kRcdata = "_html_template_rcdataescaper";
inline constexpr std::string_view kSrcset = "_html_template_srcsetescaper";
inline constexpr std::string_view kUrlEscape = "_html_template_urlescaper";
inline constexpr std::string_view kUrlFilter = "_html_template_urlfilter";
inline constexpr std::string_view kUrlNormalize = "_html_template_urlnormalizer";
inline constexpr std::string_view kJoinArguments = "_eval_args_";
}  // namespace escapers

// The functions of a template set and the escapers.
FunctionMap with_escapers(const FunctionMap& functions);

}  // namespace tocsin::tmpl
