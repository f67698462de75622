#include <fmt/format.h>

#include "core/html_template/attribute_type.h"
#include "core/html_template/content.h"
#include "core/html_template/escapers.h"
#include "core/html_template/replacements.h"
#include "core/html_template/transition.h"
#include "core/letter_case.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

const Replacements& text_table() {
  static const Replacements kTable = {{'\0', "\uFFFD"}, {'"', "&#34;"}, {'&', "&amp;"}, {'\'', "&#39;"},
                                      {'+', "&#43;"},   {'<', "&lt;"},  {'>', "&gt;"}};
  return kTable;
}

// Keeps the references that trusted HTML has.
const Replacements& trusted_table() {
  static const Replacements kTable = text_table().without('&');
  return kTable;
}

// What an unquoted value could end with, for any browser.
const Replacements& unquoted_table() {
  static const Replacements kTable = text_table().with({{'\0', "&#xfffd;"},
                                                        {'\t', "&#9;"},
                                                        {'\n', "&#10;"},
                                                        {'\v', "&#11;"},
                                                        {'\f', "&#12;"},
                                                        {'\r', "&#13;"},
                                                        {' ', "&#32;"},
                                                        {'=', "&#61;"},
                                                        {'`', "&#96;"}});
  return kTable;
}

const Replacements& trusted_unquoted_table() {
  static const Replacements kTable = unquoted_table().without('&');
  return kTable;
}

// Some runes that are no characters end unquoted values in old browsers.
std::string replaced_unquoted(std::string_view text, const Replacements& table) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = decode_rune(text, at);
    const std::string_view replacement = rune.value < 0x80 ? table.text_for(text[at]) : std::string_view();
    if (!replacement.empty()) {
      out += replacement;
    } else if ((rune.value >= 0xfdd0 && rune.value <= 0xfdef) ||
               (rune.value >= 0xfff0 && rune.value <= 0xffff)) {
      out += fmt::format("&#x{:x};", static_cast<std::uint32_t>(rune.value));
    } else {
      out.append(text.substr(at, rune.width));
    }
    at += rune.width;
  }
  return out;
}

}  // namespace

std::string escape_markup(Arguments arguments) {
  const Content content = content_of(arguments);
  return content.type == StringType::html ? content.text : text_table().apply(content.text);
}

std::string escape_attribute(Arguments arguments) {
  const Content content = content_of(arguments);
  if (content.type == StringType::html) return trusted_table().apply(without_tags(content.text));
  return text_table().apply(content.text);
}

std::string escape_rcdata(Arguments arguments) {
  const Content content = content_of(arguments);
  return (content.type == StringType::html ? trusted_table() : text_table()).apply(content.text);
}

std::string escape_unquoted(Arguments arguments) {
  const Content content = content_of(arguments);
  // Without a value the next attribute would become it.
  if (content.text.empty()) return std::string(kUnsafeText);
  if (content.type == StringType::html)
    return replaced_unquoted(without_tags(content.text), trusted_unquoted_table());
  return replaced_unquoted(content.text, unquoted_table());
}

std::string filter_name(Arguments arguments) {
  const Content content = content_of(arguments);
  if (content.type == StringType::html_attribute) return content.text;
  const std::string name = lower_case(content.text);
  // An empty name would make the next value that of the attribute before.
  const bool harmless = !name.empty() && attribute_type(name) == AttributeType::plain &&
                        name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string::npos;
  return harmless ? name : std::string(kUnsafeText);
}

std::string escape_comment(Arguments) {
  return "";
}

}  // namespace tocsin::tmpl
