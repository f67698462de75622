#include <array>

#include "core/html_template/script_text.h"
#include "core/html_template/transition.h"
#include "core/letter_case.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

HtmlContext cut_escape(std::string_view text) {
  return unreadable("unfinished escape sequence in JS string: " + quote(text));
}

// A closing brace may end the ${…} of a template.
void read_brace(HtmlContext& context, char brace) {
  if (context.brace_depths.empty()) return;
  if (brace == '{') {
    ++context.brace_depths.back();
  } else if (--context.brace_depths.back() < 0) {
    context.brace_depths.pop_back();
    context.state = HtmlState::js_template;
  }
}

Transition read_slash(HtmlContext context, std::string_view text, std::size_t at) {
  const char after = at + 1 < text.size() ? text[at + 1] : '\0';
  if (after == '/' || after == '*') {
    context.state = after == '/' ? HtmlState::js_line_comment : HtmlState::js_block_comment;
    return {std::move(context), at + 2};
  }
  switch (context.slash) {
    case SlashMeaning::regexp:
      context.state = HtmlState::js_regexp;
      break;
    case SlashMeaning::division:
      context.slash = SlashMeaning::regexp;
      break;
    case SlashMeaning::unknown:
      return {unreadable("'/' could start a division or regexp: " + quoted_start(text.substr(at))),
              text.size()};
  }
  return {std::move(context), at + 1};
}

Transition read_code(HtmlContext context, std::string_view text) {
  const std::size_t at = text.find_first_of("\"`'/{}<-#");
  context.slash = slash_after(text.substr(0, at), context.slash);
  if (at == kNone) return {std::move(context), text.size()};
  const auto comment = [&](HtmlState state, std::string_view mark) {
    const bool begins = text.substr(at, mark.size()) == mark;
    if (begins) context.state = state;
    return Transition{context, at + (begins ? mark.size() : 1)};
  };
  switch (text[at]) {
    case '"':
      context.state = HtmlState::js_double_quoted;
      context.slash = SlashMeaning::regexp;
      break;
    case '\'':
      context.state = HtmlState::js_single_quoted;
      context.slash = SlashMeaning::regexp;
      break;
    case '`':
      context.state = HtmlState::js_template;
      context.slash = SlashMeaning::regexp;
      break;
    case '/':
      return read_slash(std::move(context), text, at);
    // Old browsers' way to hide scripts: both marks begin a comment to the end of the line.
    case '<':
      return comment(HtmlState::js_open_comment, "<!--");
    case '-':
      return comment(HtmlState::js_close_comment, "-->");
    case '#':
      return comment(HtmlState::js_line_comment, "#!");
    default:
      read_brace(context, text[at]);
      break;
  }
  return {std::move(context), at + 1};
}

Transition read_template(HtmlContext context, std::string_view text) {
  for (std::size_t at = text.find_first_of("`\\$"); at != kNone; at = text.find_first_of("`\\$", at + 1)) {
    if (text[at] == '\\') {
      if (++at == text.size()) return {cut_escape(text), text.size()};
    } else if (text[at] == '`') {
      context.state = HtmlState::js;
      return {std::move(context), at + 1};
    } else if (at + 1 < text.size() && text[at + 1] == '{') {
      context.brace_depths.push_back(0);
      context.state = HtmlState::js;
      return {std::move(context), at + 2};
    }
  }
  return {std::move(context), text.size()};
}

Transition end_literal(HtmlContext context, std::size_t read) {
  context.state = HtmlState::js;
  context.slash = SlashMeaning::division;
  return {std::move(context), read};
}

Transition read_string(HtmlContext context, std::string_view text) {
  const std::string_view specials = context.state == HtmlState::js_double_quoted ? "\\\"" : "\\'";
  for (std::size_t at = text.find_first_of(specials); at != kNone;
       at = text.find_first_of(specials, at + 1)) {
    if (text[at] != '\\') return end_literal(std::move(context), at + 1);
    if (++at == text.size()) return {cut_escape(text), text.size()};
  }
  return {std::move(context), text.size()};
}

Transition read_regexp(HtmlContext context, std::string_view text) {
  constexpr std::string_view kSpecials = "\\/[]";
  bool in_class = false;
  for (std::size_t at = text.find_first_of(kSpecials); at != kNone;
       at = text.find_first_of(kSpecials, at + 1)) {
    switch (text[at]) {
      case '\\':
        if (++at == text.size()) return {cut_escape(text), text.size()};
        break;
      case '[':
        in_class = true;
        break;
      case ']':
        in_class = false;
        break;
      default:
        // The slash of "</script" does not end the literal: it will be escaped.
        if (at > 0 && lower_case(text.substr(at - 1, 8)) == "</script") {
          ++at;
        } else if (!in_class) {
          return end_literal(std::move(context), at + 1);
        }
    }
  }
  if (in_class) return {unreadable("unfinished JS regexp charset: " + quote(text)), text.size()};
  return {std::move(context), text.size()};
}

Transition read_block_comment(HtmlContext context, std::string_view text) {
  const std::size_t end = text.find("*/");
  if (end == kNone) return {std::move(context), text.size()};
  context.state = HtmlState::js;
  return {std::move(context), end + 2};
}

// The line's end is not part of the comment.
Transition read_line_comment(HtmlContext context, std::string_view text) {
  std::size_t end = text.size();
  for (const std::string_view terminator : {"\n", "\r", "\u2028", "\u2029"})
    end = std::min(end, text.substr(0, end).find(terminator));
  if (end == text.size()) return {std::move(context), end};
  context.state = HtmlState::js;
  return {std::move(context), end};
}

}  // namespace

Transition read_script(HtmlContext context, std::string_view text) {
  switch (context.state) {
    case HtmlState::js:
      return read_code(std::move(context), text);
    case HtmlState::js_template:
      return read_template(std::move(context), text);
    case HtmlState::js_regexp:
      return read_regexp(std::move(context), text);
    case HtmlState::js_block_comment:
      return read_block_comment(std::move(context), text);
    case HtmlState::js_double_quoted:
    case HtmlState::js_single_quoted:
      return read_string(std::move(context), text);
    default:
      return read_line_comment(std::move(context), text);
  }
}

}  // namespace tocsin::tmpl
