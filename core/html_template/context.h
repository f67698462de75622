// HtmlContext: where in a document a reader stands between two nodes of a template: in text, in a tag, in an
// attribute's value, in a script or a style sheet. It is what escaping goes by, and knows no more than that:
// no element tree, no checks of the document. States, their names and how branches join are those of Go's
// html/template, whose words errors use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/html_template/escape_problem.h"
#include "core/template/node.h"

namespace tocsin::tmpl {

enum class HtmlState : std::uint8_t {
  text,
  tag,             // before an attribute or the end of the tag
  attribute_name,  // inside of it
  after_name,      // before a "="
  before_value,    // behind it
  comment,
  rcdata,  // <textarea> or <title>
  attribute,
  url,
  srcset,
  js,
  js_double_quoted,
  js_single_quoted,
  js_template,  // `…`
  js_regexp,
  js_block_comment,
  js_line_comment,
  js_open_comment,   // behind <!--, to the end of the line
  js_close_comment,  // behind -->, likewise
  css,
  css_double_quoted,
  css_single_quoted,
  css_double_quoted_url,
  css_single_quoted_url,
  css_url,
  css_block_comment,
  css_line_comment,
  error,             // nothing after it matters
  meta_content,      // <meta content="…">
  meta_content_url,  // behind "url=" in it
  dead               // behind {{break}} or {{continue}}
};

// What ends the attribute's value.
enum class HtmlDelimiter : std::uint8_t { none, double_quote, single_quote, space_or_tag_end };

// Unknown: branches joined that do not agree.
enum class UrlPart : std::uint8_t { none, before_query, query_or_fragment, unknown };
enum class SlashMeaning : std::uint8_t { regexp, division, unknown };

enum class HtmlAttribute : std::uint8_t { plain, script, script_type, style, url, srcset, meta_content };

// Elements whose content or attributes are read differently.
enum class HtmlElement : std::uint8_t { none, script, style, textarea, title, meta };

struct HtmlContext {
  HtmlState state = HtmlState::text;
  HtmlDelimiter delimiter = HtmlDelimiter::none;
  UrlPart url_part = UrlPart::none;
  SlashMeaning slash = SlashMeaning::regexp;
  std::vector<int> brace_depths;  // open braces in each ${…} of the JavaScript templates around
  HtmlAttribute attribute = HtmlAttribute::plain;
  HtmlElement element = HtmlElement::none;
  const Node* jump = nullptr;                    // the break or continue that is left from here
  std::shared_ptr<const EscapeProblem> problem;  // in the state error

  bool is_error() const { return state == HtmlState::error; }
  // Where the reader stands, whatever led there.
  bool operator==(const HtmlContext& other) const;
  std::string text() const;  // as Go prints it
};

inline HtmlContext in_state(HtmlState state, HtmlElement element = HtmlElement::none) {
  HtmlContext context;
  context.state = state;
  context.element = element;
  return context;
}

HtmlContext in_error(EscapeProblem problem);

bool is_comment(HtmlState state);
bool is_in_tag(HtmlState state);
// A string, template or regular expression of a script, where "</script" must not end the element.
bool is_script_literal(HtmlState state);

// The state at the start of an attribute's value.
HtmlState value_state(HtmlAttribute attribute);

// After the transitions that need no character: an action behind `<a href=` stands in an unquoted value.
HtmlContext nudged(HtmlContext context);

// Where two branches of a template leave the reader; nothing if they end in different places.
std::optional<HtmlContext> join(const HtmlContext& left, const HtmlContext& right);

// The name of a template as it is called in this context; its own in text.
std::string derived_name(const std::string& template_name, const HtmlContext& context);

}  // namespace tocsin::tmpl
