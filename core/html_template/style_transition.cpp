#include "core/html_template/style_text.h"
#include "core/html_template/transition.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kBlanks = "\t\n\f\r ";

// Behind the parenthesis of url(
Transition read_url_start(HtmlContext context, std::string_view text, std::size_t at) {
  at = std::min(text.find_first_not_of(kBlanks, at), text.size());
  const char quote_mark = at < text.size() ? text[at] : '\0';
  if (quote_mark == '"' || quote_mark == '\'') {
    context.state = quote_mark == '"' ? HtmlState::css_double_quoted_url : HtmlState::css_single_quoted_url;
    return {std::move(context), at + 1};
  }
  context.state = HtmlState::css_url;
  return {std::move(context), at};
}

// Strings are read as URLs: those that matter are, and others look harmless to the same rules.
Transition read_declarations(HtmlContext context, std::string_view text) {
  for (std::size_t at = text.find_first_of("(\"'/"); at != kNone; at = text.find_first_of("(\"'/", at + 1)) {
    switch (text[at]) {
      case '(': {
        const std::size_t end = text.substr(0, at).find_last_not_of(kBlanks);
        if (end != kNone && ends_with_css_keyword(text.substr(0, end + 1), "url"))
          return read_url_start(std::move(context), text, at + 1);
        break;
      }
      case '/': {
        const char after = at + 1 < text.size() ? text[at + 1] : '\0';
        if (after != '/' && after != '*') break;
        context.state = after == '/' ? HtmlState::css_line_comment : HtmlState::css_block_comment;
        return {std::move(context), at + 2};
      }
      default:
        context.state = text[at] == '"' ? HtmlState::css_double_quoted : HtmlState::css_single_quoted;
        return {std::move(context), at + 1};
    }
  }
  return {std::move(context), text.size()};
}

std::string_view string_specials(HtmlState state) {
  switch (state) {
    case HtmlState::css_double_quoted:
    case HtmlState::css_double_quoted_url:
      return "\\\"";
    case HtmlState::css_single_quoted:
    case HtmlState::css_single_quoted_url:
      return "\\'";
    default:
      return "\\\t\n\f\r )";
  }
}

// A string or URL. Where it does not end in this text, what was read of it says which part of a URL follows.
// Each escape is looked at as it begins and again when it is complete, so that the cost stays linear.
Transition read_css_string(HtmlContext context, std::string_view text) {
  const std::string_view specials = string_specials(context.state);
  std::size_t escape = 0;  // where the latest escape began
  std::size_t rest = 0;    // what was not looked at begins here
  while (true) {
    std::size_t at = text.find_first_of(specials, rest);
    if (at == kNone) {
      read_url(context, decode_css(text.substr(rest)));
      return {std::move(context), text.size()};
    }
    if (text[at] != '\\') {
      context.state = HtmlState::css;
      return {std::move(context), at + 1};
    }
    if (at + 1 == text.size())
      return {unreadable("unfinished escape sequence in CSS string: " + quote(text)), text.size()};
    read_url(context, decode_css(text.substr(escape, at - escape)));
    read_url(context, decode_css(text.substr(at, 2)));
    escape = at;
    rest = at + 2;
  }
}

Transition read_css_comment(HtmlContext context, std::string_view text) {
  const bool is_block = context.state == HtmlState::css_block_comment;
  const std::size_t end = is_block ? text.find("*/") : text.find_first_of("\n\f\r");
  if (end == kNone) return {std::move(context), text.size()};
  context.state = HtmlState::css;
  return {std::move(context), is_block ? end + 2 : end};
}

}  // namespace

void read_url(HtmlContext& context, std::string_view text) {
  if (text.find_first_of("#?") != kNone) {
    context.url_part = UrlPart::query_or_fragment;
  } else if (context.url_part == UrlPart::none && text.find_first_not_of(kBlanks) != kNone) {
    context.url_part = UrlPart::before_query;  // blanks before a URL do not count
  }
}

Transition read_style(HtmlContext context, std::string_view text) {
  switch (context.state) {
    case HtmlState::css:
      return read_declarations(std::move(context), text);
    case HtmlState::css_block_comment:
    case HtmlState::css_line_comment:
      return read_css_comment(std::move(context), text);
    default:
      return read_css_string(std::move(context), text);
  }
}

}  // namespace tocsin::tmpl
