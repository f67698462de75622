#include "core/html_template/content.h"
#include "core/html_template/escapers.h"
#include "core/html_template/replacements.h"
#include "core/html_template/style_text.h"
#include "core/letter_case.h"

namespace tocsin::tmpl {
namespace {

const Replacements& string_table() {
  static const Replacements kTable = {{'\0', "\\0"},  {'\t', "\\9"}, {'\n', "\\a"}, {'\f', "\\c"},
                                      {'\r', "\\d"},  {'"', "\\22"}, {'&', "\\26"}, {'\'', "\\27"},
                                      {'(', "\\28"},  {')', "\\29"}, {'+', "\\2b"}, {'/', "\\2f"},
                                      {':', "\\3a"},  {';', "\\3b"}, {'<', "\\3c"}, {'>', "\\3e"},
                                      {'\\', "\\\\"}, {'{', "\\7b"}, {'}', "\\7d"}};
  return kTable;
}

bool is_harmless(const std::string& value) {
  std::string letters;  // of the names in it, as old browsers read them
  for (std::size_t at = 0; at < value.size(); ++at) {
    constexpr std::string_view kForbidden("\0\"'()/;@[\\]`{}<>", 16);
    const char c = value[at];
    if (kForbidden.find(c) != std::string_view::npos) return false;
    if (c == '-') {
      if (at > 0 && value[at - 1] == '-') return false;  // of <!-- and -->
    } else if (is_css_name_character(c)) {
      letters.push_back(c);
    }
  }
  letters = lower_case(letters);
  return letters.find("expression") == std::string::npos && letters.find("mozbinding") == std::string::npos;
}

}  // namespace

std::string escape_css_string(Arguments arguments) {
  const std::string text = content_of(arguments).text;
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view replacement = string_table().text_for(text[at]);
    if (replacement.empty()) {
      out.push_back(text[at]);
      continue;
    }
    out += replacement;
    // A blank ends a number that a digit or another blank would continue.
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    if (replacement != "\\\\" && (is_hex_digit(next) || is_css_blank(next))) out.push_back(' ');
  }
  return out;
}

std::string filter_css_value(Arguments arguments) {
  const Content content = content_of(arguments);
  if (content.type == StringType::css) return content.text;
  const std::string value = decode_css(content.text);
  return is_harmless(value) ? value : std::string(kUnsafeText);
}

}  // namespace tocsin::tmpl
