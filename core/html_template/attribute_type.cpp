#include "core/html_template/attribute_type.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "core/letter_case.h"

namespace tocsin::tmpl {
namespace {

using Names = std::unordered_map<std::string_view, AttributeType>;

// HTML's own attributes. Event handlers are not among them: every name that starts with "on" is one.
Names html_attributes() {
  Names names;
  for (const char* name : {"accept",
                           "alt",
                           "autocomplete",
                           "autofocus",
                           "autoplay",
                           "border",
                           "checked",
                           "class",
                           "cols",
                           "colspan",
                           "contenteditable",
                           "contextmenu",
                           "controls",
                           "coords",
                           "datetime",
                           "default",
                           "dir",
                           "dirname",
                           "disabled",
                           "draggable",
                           "dropzone",
                           "for",
                           "formtarget",
                           "headers",
                           "height",
                           "hidden",
                           "high",
                           "hreflang",
                           "id",
                           "ismap",
                           "kind",
                           "label",
                           "lang",
                           "list",
                           "loop",
                           "low",
                           "max",
                           "maxlength",
                           "media",
                           "mediagroup",
                           "min",
                           "multiple",
                           "name",
                           "open",
                           "optimum",
                           "placeholder",
                           "preload",
                           "pubdate",
                           "radiogroup",
                           "readonly",
                           "required",
                           "reversed",
                           "rows",
                           "rowspan",
                           "spellcheck",
                           "scope",
                           "scoped",
                           "seamless",
                           "selected",
                           "shape",
                           "size",
                           "sizes",
                           "span",
                           "srclang",
                           "start",
                           "step",
                           "tabindex",
                           "target",
                           "title",
                           "width",
                           "wrap"}) {
    names.emplace(name, AttributeType::plain);
  }
  for (const char* name :
       {"action", "archive", "background", "cite", "classid", "codebase", "data", "formaction", "href",
        "icon", "longdesc", "manifest", "poster", "profile", "src", "usemap", "xmlns"}) {
    names.emplace(name, AttributeType::url);
  }
  for (const char* name : {"accept-charset", "async",          "challenge",  "charset", "content",
                           "crossorigin",    "defer",          "enctype",    "form",    "formenctype",
                           "formmethod",     "formnovalidate", "http-equiv", "keytype", "language",
                           "method",         "novalidate",     "pattern",    "rel",     "sandbox",
                           "type",           "value"}) {
    names.emplace(name, AttributeType::unsafe);
  }
  names.emplace("srcdoc", AttributeType::html);
  names.emplace("srcset", AttributeType::srcset);
  names.emplace("style", AttributeType::css);
  return names;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// As Go's strings.TrimSpace, for what can stand in a MIME type.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

AttributeType attribute_type(std::string_view name) {
  static const Names kNames = html_attributes();
  if (name.starts_with("data-")) {
    name.remove_prefix(5);  // data-action holds a URL as well
  } else if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    if (name.substr(0, colon) == "xmlns") return AttributeType::url;
    name.remove_prefix(colon + 1);  // xlink:href is an href
  }
  if (const auto known = kNames.find(name); known != kNames.end()) return known->second;
  if (name.starts_with("on")) return AttributeType::js;
  // People name their own attributes for URLs so.
  const bool like_url = contains(name, "src") || contains(name, "uri") || contains(name, "url");
  return like_url ? AttributeType::url : AttributeType::plain;
}

bool is_script_type(std::string_view mime_type) {
  constexpr std::array<std::string_view, 20> kTypes = {"",
                                                       "application/ecmascript",
                                                       "application/javascript",
                                                       "application/json",
                                                       "application/ld+json",
                                                       "application/x-ecmascript",
                                                       "application/x-javascript",
                                                       "module",
                                                       "text/ecmascript",
                                                       "text/javascript",
                                                       "text/javascript1.0",
                                                       "text/javascript1.1",
                                                       "text/javascript1.2",
                                                       "text/javascript1.3",
                                                       "text/javascript1.4",
                                                       "text/javascript1.5",
                                                       "text/jscript",
                                                       "text/livescript",
                                                       "text/x-ecmascript",
                                                       "text/x-javascript"};
  const std::string type = lower_case(mime_type.substr(0, mime_type.find(';')));
  return std::find(kTypes.begin(), kTypes.end(), trimmed(type)) != kTypes.end();
}

}  // namespace tocsin::tmpl
