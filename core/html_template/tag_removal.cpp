#include "core/html_template/escapers.h"
#include "core/html_template/transition.h"

namespace tocsin::tmpl {
namespace {

bool is_shown(HtmlState state) {
  return state == HtmlState::text || state == HtmlState::rcdata;
}

// One token outside of attributes' values. Scripts and style sheets are read to their end tags.
Transition read_markup(const HtmlContext& context, std::string_view text) {
  if (context.element != HtmlElement::none && !is_in_tag(context.state))
    return read_to_special_end(context, text);
  return read_token(context, text);
}

}  // namespace

std::string without_tags(std::string_view html) {
  std::string out;
  HtmlContext context;
  bool only_text = true;
  std::size_t at = 0;
  while (at < html.size()) {
    if (context.delimiter != HtmlDelimiter::none) {
      const std::size_t end = html.find_first_of(value_ends(context.delimiter), at);
      if (end == std::string_view::npos) break;
      at = context.delimiter == HtmlDelimiter::space_or_tag_end ? end : end + 1;
      context = in_state(HtmlState::tag, context.element);
      continue;
    }
    const Transition next = read_markup(context, html.substr(at));
    if (is_shown(context.state)) {
      std::string_view shown = html.substr(at, next.read);
      // Not the beginning of the tag or comment that was read.
      if (next.context.state != context.state) {
        const std::size_t less = shown.rfind('<');
        if (less != std::string_view::npos) shown = shown.substr(0, less);
      }
      out += shown;
    } else {
      only_text = false;
    }
    context = next.context;
    at += next.read;
  }
  if (only_text) return std::string(html);
  if (is_shown(context.state)) out += html.substr(at);
  return out;
}

}  // namespace tocsin::tmpl
