// Transitions: how literal text moves a reader from one place in a document to the next, token by token, as
// the transition functions of Go's html/template do. Each reads some bytes from the front of the text, maybe
// none if the state changes.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/html_template/context.h"

namespace tocsin::tmpl {

struct Transition {
  HtmlContext context;
  std::size_t read = 0;
};

Transition read_token(HtmlContext context, std::string_view text);

// The parts of read_token for scripts, style sheets and URLs.
Transition read_script(HtmlContext context, std::string_view text);
Transition read_style(HtmlContext context, std::string_view text);
void read_url(HtmlContext& context, std::string_view text);

// Everything up to the end tag of the <script>, <style>, <textarea> or <title> around, as RCDATA is read.
Transition read_to_special_end(HtmlContext context, std::string_view text);

// Whether an end tag of the element around ends it in this state: in a script's strings it does not, it is
// escaped there.
bool has_special_end(const HtmlContext& context);
// Where that end tag begins; npos if there is none.
std::size_t find_special_end(std::string_view text, HtmlElement element);

// The characters that end an attribute's value.
std::string_view value_ends(HtmlDelimiter delimiter);

bool is_html_blank(char c);

// The error context, at no known place.
HtmlContext unreadable(std::string description);
// At most 32 characters of the text, quoted.
std::string quoted_start(std::string_view text);

}  // namespace tocsin::tmpl
