#include "core/html_template/transition.h"

#include <optional>

#include "core/html_template/attribute_type.h"
#include "core/letter_case.h"
#include "core/template/go_quote.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_letter_or_digit(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_html_blank(text[at])) ++at;
  return at;
}

// Where the tag name that starts here ends: letters and digits, and colons and hyphens between them.
std::size_t end_of_tag_name(std::string_view text, std::size_t at) {
  if (at == text.size() || !is_letter(text[at])) return at;
  for (++at; at < text.size(); ++at) {
    if (is_letter_or_digit(text[at])) continue;
    const bool joins = text[at] == ':' || text[at] == '-';
    if (!joins || at + 1 >= text.size() || !is_letter_or_digit(text[at + 1])) break;
    ++at;
  }
  return at;
}

HtmlElement element_named(const std::string& name) {
  if (name == "script") return HtmlElement::script;
  if (name == "style") return HtmlElement::style;
  if (name == "textarea") return HtmlElement::textarea;
  if (name == "title") return HtmlElement::title;
  return name == "meta" ? HtmlElement::meta : HtmlElement::none;
}

// The end of an attribute's name; nothing, and a problem, where a quote or "<" stands in it.
std::optional<std::size_t> end_of_attribute_name(std::string_view text, std::size_t at,
                                                 HtmlContext& problem) {
  const std::size_t end = text.find_first_of(" \t\n\f\r=>'\"<", at);
  if (end == kNone) return text.size();
  if (text[end] != '\'' && text[end] != '"' && text[end] != '<') return end;
  problem = unreadable(quote(text.substr(end, 1)) + " in attribute name: " + quoted_start(text));
  return std::nullopt;
}

Transition read_text(HtmlContext context, std::string_view text) {
  std::size_t at = 0;
  while (true) {
    at = text.find('<', at);
    if (at == kNone || at + 1 == text.size()) return {std::move(context), text.size()};
    if (text.substr(at, 4) == "<!--") return {in_state(HtmlState::comment), at + 4};
    ++at;
    const bool ends_element = text[at] == '/';
    if (ends_element && ++at == text.size()) return {std::move(context), text.size()};
    const std::size_t end = end_of_tag_name(text, at);
    if (end != at) {
      const HtmlElement element =
          ends_element ? HtmlElement::none : element_named(lower_case(text.substr(at, end - at)));
      return {in_state(HtmlState::tag, element), end};
    }
    at = end;
  }
}

HtmlState content_state(HtmlElement element) {
  switch (element) {
    case HtmlElement::script:
      return HtmlState::js;
    case HtmlElement::style:
      return HtmlState::css;
    case HtmlElement::textarea:
    case HtmlElement::title:
      return HtmlState::rcdata;
    case HtmlElement::none:
    case HtmlElement::meta:
      break;
  }
  return HtmlState::text;
}

HtmlAttribute attribute_named(const std::string& name, HtmlElement element) {
  if (element == HtmlElement::script && name == "type") return HtmlAttribute::script_type;
  if (element == HtmlElement::meta && name == "content") return HtmlAttribute::meta_content;
  switch (attribute_type(name)) {
    case AttributeType::url:
      return HtmlAttribute::url;
    case AttributeType::css:
      return HtmlAttribute::style;
    case AttributeType::js:
      return HtmlAttribute::script;
    case AttributeType::srcset:
      return HtmlAttribute::srcset;
    default:
      return HtmlAttribute::plain;
  }
}

Transition read_tag(HtmlContext context, std::string_view text) {
  const std::size_t at = skip_blanks(text, 0);
  if (at == text.size()) return {std::move(context), text.size()};
  if (text[at] == '>') {
    // <meta> has no end tag.
    const HtmlElement inside = context.element == HtmlElement::meta ? HtmlElement::none : context.element;
    return {in_state(content_state(inside), inside), at + 1};
  }
  HtmlContext problem;
  const auto end = end_of_attribute_name(text, at, problem);
  if (!end) return {problem, text.size()};
  if (*end == at) {
    return {unreadable("expected space, attr name, or end of tag, but got " + quote(text.substr(at))),
            text.size()};
  }
  HtmlContext next =
      in_state(*end == text.size() ? HtmlState::attribute_name : HtmlState::after_name, context.element);
  next.attribute = attribute_named(lower_case(text.substr(at, *end - at)), context.element);
  return {next, *end};
}

Transition read_attribute_name(HtmlContext context, std::string_view text) {
  HtmlContext problem;
  const auto end = end_of_attribute_name(text, 0, problem);
  if (!end) return {problem, text.size()};
  if (*end != text.size()) context.state = HtmlState::after_name;
  return {std::move(context), *end};
}

Transition read_after_name(HtmlContext context, std::string_view text) {
  const std::size_t at = skip_blanks(text, 0);
  if (at == text.size()) return {std::move(context), at};
  const bool has_value = text[at] == '=';
  context.state = has_value ? HtmlState::before_value : HtmlState::tag;
  return {std::move(context), has_value ? at + 1 : at};
}

Transition read_before_value(HtmlContext context, std::string_view text) {
  const std::size_t at = skip_blanks(text, 0);
  if (at == text.size()) return {std::move(context), at};
  context.state = value_state(context.attribute);
  context.delimiter = text[at] == '"'    ? HtmlDelimiter::double_quote
                      : text[at] == '\'' ? HtmlDelimiter::single_quote
                                         : HtmlDelimiter::space_or_tag_end;
  return {context, context.delimiter == HtmlDelimiter::space_or_tag_end ? at : at + 1};
}

Transition read_comment(HtmlContext context, std::string_view text) {
  const std::size_t end = text.find("-->");
  if (end == kNone) return {std::move(context), text.size()};
  return {HtmlContext(), end + 3};
}

// "0; url=…" of a refresh.
Transition read_meta_content(HtmlContext context, std::string_view text) {
  for (std::size_t at = 0; at + 3 < text.size(); ++at) {
    if (lower_case(text.substr(at, 3)) != "url") continue;
    const std::size_t sign = skip_blanks(text, at + 3);
    if (sign == text.size() || text[sign] != '=') continue;
    context.state = HtmlState::meta_content_url;
    return {std::move(context), sign + 1};
  }
  return {std::move(context), text.size()};
}

Transition read_meta_content_url(HtmlContext context, std::string_view text) {
  const std::size_t end = text.find(';');
  if (end == kNone) return {std::move(context), text.size()};
  context.state = HtmlState::meta_content;
  return {std::move(context), end + 1};
}

std::string_view special_name(HtmlElement element) {
  switch (element) {
    case HtmlElement::script:
      return "script";
    case HtmlElement::style:
      return "style";
    case HtmlElement::textarea:
      return "textarea";
    case HtmlElement::title:
      return "title";
    case HtmlElement::none:
    case HtmlElement::meta:
      break;
  }
  return "";
}

}  // namespace

bool is_html_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

HtmlContext unreadable(std::string description) {
  return in_error({std::move(description), "", 0});
}

std::string quoted_start(std::string_view text) {
  std::size_t end = 0;
  for (int runes = 0; runes < 32 && end < text.size(); ++runes) end += decode_rune(text, end).width;
  return quote(text.substr(0, end));
}

std::string_view value_ends(HtmlDelimiter delimiter) {
  switch (delimiter) {
    case HtmlDelimiter::double_quote:
      return "\"";
    case HtmlDelimiter::single_quote:
      return "'";
    case HtmlDelimiter::space_or_tag_end:
      return " \t\n\f\r>";
    case HtmlDelimiter::none:
      break;
  }
  return "";
}

bool has_special_end(const HtmlContext& context) {
  if (context.element == HtmlElement::none) return false;
  return context.element != HtmlElement::script ||
         !(is_script_literal(context.state) || is_comment(context.state));
}

std::size_t find_special_end(std::string_view text, HtmlElement element) {
  const std::string_view name = special_name(element);
  std::size_t at = text.find("</");
  while (at != kNone) {
    std::size_t end = at + 2;
    if (lower_case(text.substr(end, name.size())) == name) {
      end += name.size();
      constexpr std::string_view kSeparators = "> \t\n\f/";
      if (end < text.size() && kSeparators.find(text[end]) != kNone) return at;
    }
    at = text.find("</", end);
  }
  return kNone;
}

Transition read_to_special_end(HtmlContext context, std::string_view text) {
  if (has_special_end(context)) {
    const std::size_t end = find_special_end(text, context.element);
    if (end != kNone) return {HtmlContext(), end};
  }
  return {std::move(context), text.size()};
}

Transition read_token(HtmlContext context, std::string_view text) {
  switch (context.state) {
    case HtmlState::text:
      return read_text(std::move(context), text);
    case HtmlState::tag:
      return read_tag(std::move(context), text);
    case HtmlState::attribute_name:
      return read_attribute_name(std::move(context), text);
    case HtmlState::after_name:
      return read_after_name(std::move(context), text);
    case HtmlState::before_value:
      return read_before_value(std::move(context), text);
    case HtmlState::comment:
      return read_comment(std::move(context), text);
    case HtmlState::rcdata:
      return read_to_special_end(std::move(context), text);
    case HtmlState::url:
    case HtmlState::srcset:
      read_url(context, text);
      return {std::move(context), text.size()};
    case HtmlState::meta_content:
      return read_meta_content(std::move(context), text);
    case HtmlState::meta_content_url:
      return read_meta_content_url(std::move(context), text);
    case HtmlState::attribute:
    case HtmlState::error:
    case HtmlState::dead:
      return {std::move(context), text.size()};
    default:
      break;
  }
  return context.state >= HtmlState::css ? read_style(std::move(context), text)
                                         : read_script(std::move(context), text);
}

}  // namespace tocsin::tmpl
