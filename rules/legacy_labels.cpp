#include "rules/legacy_labels.h"

#include "rules/promql/lexer.h"
#include "rules/promql/literals.h"
#include "rules/template_check.h"

namespace tocsin {
namespace {

using Kind = LegacyToken::Kind;
using TextMap = std::map<std::string, std::string>;

bool read_label(LegacyCursor& at, TextMap& out, std::string_view kind, std::string_view alert) {
  const LegacyToken name = at.token();
  const std::string written(at.text());
  if (!at.is(Kind::kWord) || written.find(':') != std::string::npos)
    return at.refuse(fmt::format("{}{} is no name of a{} {}", at.place(), at.described(),
                                 kind == "label" ? "" : "n", kind),
                     at.is(Kind::kEnd) ? "add the missing }" : R"(write name="value")");
  at.advance();
  if (!at.is_sign("="))
    return at.refuse(fmt::format("{}expected = after {}, not {}", at.place(), written, at.described()),
                     fmt::format("a rule sets a value: {}=\"…\"", written));
  at.advance();
  if (!at.is(Kind::kString) && !at.is(Kind::kUnclosed))
    return at.refuse(
        fmt::format("{}expected a string after {} =, not {}", at.place(), written, at.described()),
        fmt::format("write {}=\"…\"", written));
  const LegacyToken literal = at.token();
  const std::optional<std::string> value = read_legacy_string(at);
  if (!value) return false;
  if (kind == "label" && written == "__name__")
    at.error(name, at.place() + "invalid label name: __name__", "the metric name cannot be set by a label");
  if (out.contains(written))
    at.warn(name, fmt::format("{}{} {} is given twice", at.place(), kind, go_quote(written)),
            "the last one counts");
  check_legacy_value(at, literal, kind, written, *value, alert);
  at.extents().texts.push_back(
      {kind == "label" ? TextKind::kLabel : TextKind::kAnnotation, written, {literal.begin, literal.end}});
  out[written] = *value;
  return true;
}

}  // namespace

bool read_legacy_labels(LegacyCursor& at, TextMap& out, std::string_view kind, std::string_view alert) {
  if (!at.is_sign("{"))
    return at.refuse(fmt::format("{}expected {{ before the {}s, not {}", at.place(), kind, at.described()),
                     R"(write {name="value", …})");
  at.advance();
  while (!at.is_sign("}")) {
    if (!read_label(at, out, kind, alert)) return false;
    if (at.is_sign("}")) break;
    if (at.is_sign(",")) {
      at.advance();
    } else if (at.is(Kind::kWord) && at.token(1).kind == Kind::kSign) {
      at.error(at.token(),
               fmt::format("{}missing comma before next identifier {}", at.place(), go_quote(at.text())),
               "put a comma between the two");
    } else {
      return at.refuse(fmt::format("{}expected , or }} in the {}s, not {}", at.place(), kind, at.described()),
                       at.is(Kind::kEnd) ? "add the missing }" : "labels are separated by commas");
    }
  }
  at.advance();
  return true;
}

void check_legacy_value(LegacyCursor& at, const LegacyToken& literal, std::string_view kind,
                        const std::string& name, const std::string& value, std::string_view alert) {
  if (!is_valid_utf8(value))
    at.error(literal, fmt::format("{}invalid {} value: {}", at.place(), kind, name), "values are UTF-8");
  if (alert.empty()) return;
  if (const auto mistake = check_rule_template(alert, value)) {
    at.error(literal, fmt::format("{}{} {}: {}", at.place(), kind, go_quote(name), mistake->message),
             mistake->hint);
  }
  const bool shows_value =
      value.find("$value") != std::string::npos || value.find(".Value") != std::string::npos;
  if (kind == "label" && shows_value && value.find("{{") != std::string::npos)
    at.warn(
        literal,
        fmt::format("{}label {}: each new value makes another alert, and starts FOR again; in Prometheus 1.x "
                    "it did not",
                    at.place(), go_quote(name)),
        "move the value to an annotation", "alerts/template");
}

std::optional<std::string> read_legacy_string(LegacyCursor& at) {
  const LegacyToken literal = at.token();
  const std::string_view written = at.text();
  at.advance();
  if (literal.kind == Kind::kUnclosed) {
    at.error(literal, at.place() + "the string has no end", "add the missing quote");
    return std::nullopt;
  }
  const std::string_view inside = written.substr(1, written.size() - 2);
  if (written.front() == '`' || !at.has_escapes()) return std::string(inside);
  const promql::Dialect dialect;
  promql::Lexer lexer(written, dialect);
  if (lexer.next().kind == promql::TokenKind::kString) return promql::unescape(inside);
  at.error(literal, at.place() + lexer.error(),
           lexer.hint().empty() ? "put the text into `backquotes`" : lexer.hint());
  return std::string(inside);
}

}  // namespace tocsin
