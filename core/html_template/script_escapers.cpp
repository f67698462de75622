#include <fmt/format.h>
#include <re2/re2.h>

#include "core/html_template/content.h"
#include "core/html_template/escapers.h"
#include "core/html_template/replacements.h"
#include "core/html_template/script_text.h"
#include "core/template/object.h"
#include "core/template/rune.h"
#include "core/value_json.h"

namespace tocsin::tmpl {
namespace {

// Escapes that JSON knows too, since scripts of type application/ld+json hold it.
const Replacements& string_table() {
  static const Replacements kTable = {{'"', "\\u0022"},  {'`', "\\u0060"}, {'&', "\\u0026"},
                                      {'\'', "\\u0027"}, {'+', "\\u002b"}, {'/', "\\/"},
                                      {'<', "\\u003c"},  {'>', "\\u003e"}, {'\\', "\\\\"}};
  return kTable;
}

// Keeps the escapes that a trusted string has.
const Replacements& trusted_string_table() {
  static const Replacements kTable = string_table().without('\\');
  return kTable;
}

const Replacements& template_table() {
  static const Replacements kTable =
      string_table().with({{'$', "\\u0024"}, {'{', "\\u007b"}, {'}', "\\u007d"}});
  return kTable;
}

const Replacements& regexp_table() {
  static const Replacements kTable = string_table().without('`').with({{'$', "\\$"},
                                                                       {'(', "\\("},
                                                                       {')', "\\)"},
                                                                       {'*', "\\*"},
                                                                       {'-', "\\-"},
                                                                       {'.', "\\."},
                                                                       {'?', "\\?"},
                                                                       {'[', "\\["},
                                                                       {']', "\\]"},
                                                                       {'^', "\\^"},
                                                                       {'{', "\\{"},
                                                                       {'|', "\\|"},
                                                                       {'}', "\\}"}});
  return kTable;
}

std::string control_escape(char32_t rune) {
  switch (rune) {
    case '\t':
      return "\\t";
    case '\n':
      return "\\n";
    case '\f':
      return "\\f";
    case '\r':
      return "\\r";
    default:
      return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(rune));
  }
}

std::string replaced(std::string_view text, const Replacements& table) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = decode_rune(text, at);
    const std::string_view replacement = rune.value < 0x80 ? table.text_for(text[at]) : std::string_view();
    // JavaScript ends lines at the last two as well.
    if (rune.value < 0x20 || rune.value == 0x2028 || rune.value == 0x2029) {
      out += control_escape(rune.value);
    } else if (!replacement.empty()) {
      out += replacement;
    } else {
      out.append(text.substr(at, rune.width));
    }
    at += rune.width;
  }
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// A comment that says why there is no value. The blank keeps a slash before it a slash; nothing in the
// message may end the comment or the script.
std::string null_because(std::string why) {
  static const RE2 kScriptTag("(?i)<(/?)script");
  RE2::GlobalReplace(&why, kScriptTag, "\\\\x3C\\1script");
  replace_all(why, "*/", "* /");
  replace_all(why, "<!--", "\\x3C!--");
  return " /* " + why + " */null ";
}

// What becomes JSON: in place of a value whose type has a text of its own, as durations do, that text.
Value json_source(const Value& value) {
  const bool has_text = (value.kind() == Kind::integer && value.integer_type() >= IntegerType::duration) ||
                        (value.kind() == Kind::object && value.as_object()->text());
  return has_text ? Value::string(content_of({&value, 1}).text) : value;
}

}  // namespace

std::string escape_script_value(Arguments arguments) {
  Value value;
  if (arguments.size() == 1) {
    value = arguments[0].unboxed();
    if (value.kind() == Kind::string && value.string_type() == StringType::js) return value.as_string();
    if (value.kind() == Kind::string && value.string_type() == StringType::js_string)
      return "\"" + value.as_string() + "\"";
    value = json_source(value);
  } else {
    value = Value::string(content_of(arguments).text);
  }
  const Result<std::string> json = value_json(value);
  if (!json) return null_because(json.error().message);
  // A name or number must not run into the keyword before or behind it.
  const bool needs_blanks = is_script_identifier(json->front()) || is_script_identifier(json->back());
  return needs_blanks ? " " + *json + " " : *json;
}

std::string escape_script_string(Arguments arguments) {
  const Content content = content_of(arguments);
  return replaced(content.text,
                  content.type == StringType::js_string ? trusted_string_table() : string_table());
}

std::string escape_script_template(Arguments arguments) {
  return replaced(content_of(arguments).text, template_table());
}

std::string escape_script_regexp(Arguments arguments) {
  const std::string text = replaced(content_of(arguments).text, regexp_table());
  return text.empty() ? "(?:)" : text;  // "//" would be a comment
}

}  // namespace tocsin::tmpl
