// Escaping what actions of an HTML template print, by where they stand: in text, in an attribute's quotes, in
// a URL, in a style attribute. It follows the markup of each template from its start, as Go's html/template
// does, but does not follow it into JavaScript, style sheets and unquoted attributes: an action there is
// refused, before anything is sent. A template that is called inside an attribute is escaped as text, which
// escapes quotes too.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "core/result.h"
#include "core/template/node.h"
#include "core/template/parser.h"
#include "core/template/value.h"

namespace tocsin {

enum class HtmlPlace {
  kText,       // also inside comments
  kAttribute,  // "…" or '…'
  kUrlStart,   // the first in a URL: its scheme is checked
  kUrlPath,
  kUrlQuery,  // behind ? or #
  kStyle,     // a value inside style="…"
  kEscaped,   // the template escapes it itself, with html at the end of the pipeline
};

struct HtmlAnalysis {
  std::unordered_map<const tmpl::ActionNode*, HtmlPlace> places;
  std::string problem;  // NAME:LINE:COLUMN: what; empty: every action can be escaped
};

HtmlAnalysis analyze_html(const tmpl::Tree&);

std::string escape_html(const tmpl::Value&, HtmlPlace);

}  // namespace tocsin
