#include "rules/rule_file_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"
#include "core/utf8.h"
#include "core/yaml_scalar.h"
#include "rules/promql/parser.h"
#include "rules/promql/printer.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestExpression = 100;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Control characters, and what some reader of YAML takes for a line end.
bool needs_escape(const Rune& rune) {
  const char32_t c = rune.value;
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c >= 0xfffe;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (needs_escape(rune)) return false;
    text.remove_prefix(rune.bytes);
  }
  return true;
}

// What YAML 1.1 or 1.2 might read as something else than text.
bool means_something(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  const bool number = text.find_first_not_of("0123456789abcdefABCDEFxo_+-.:eTZ ") == std::string_view::npos &&
                      text.find_first_of("0123456789") != std::string_view::npos;
  return lower == "null" || lower == "nan" || lower == "inf" || yaml_boolean(text).has_value() ||
         yaml_real(text).has_value() || number;
}

bool is_plain(std::string_view text) {
  if (text.empty() || !(is_letter_or_digit(text.front()) || text.front() == '_' || text.front() == '(' ||
                        text.front() == '/'))
    return false;
  return is_printable(text) && text.back() != ' ' && text.back() != ':' &&
         text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos &&
         !means_something(text);
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (rune.value == '\n') {
      out += "\\n";
    } else if (rune.value == '\t') {
      out += "\\t";
    } else if (rune.value == '"' || rune.value == '\\') {
      out += '\\';
      out += static_cast<char>(rune.value);
    } else if (needs_escape(rune)) {
      out += rune.value > 0xffff ? fmt::format("\\U{:08x}", static_cast<unsigned>(rune.value))
                                 : fmt::format("\\u{:04x}", static_cast<unsigned>(rune.value));
    } else {
      out += text.substr(0, rune.bytes);
    }
    text.remove_prefix(rune.bytes);
  }
  return out + '"';
}

// Whether a block scalar holds it: only line breaks need escapes.
bool fits_a_block(std::string_view text) {
  std::string joined(text);
  std::replace(joined.begin(), joined.end(), '\n', ' ');
  return is_printable(joined);
}

class RuleFileWriter {
 public:
  std::string write(std::span<const CommentedGroup> groups) {
    if (!groups.empty()) write_comments(groups.front().before, 0);
    if (!groups.empty() && !groups.front().before.empty()) out_ += '\n';
    out_ += groups.empty() ? "groups: []\n" : "groups:\n";
    for (const CommentedGroup& group : groups) {
      if (&group != &groups.front()) {
        out_ += '\n';
        write_comments(group.before, 2);
      }
      write_group(group);
    }
    return std::move(out_);
  }

 private:
  void write_group(const CommentedGroup& commented) {
    const RuleGroup& group = commented.group;
    line(2, "- name: " + yaml_scalar(group.name));
    if (group.interval) line(4, "interval: " + format_prometheus_duration(*group.interval));
    if (group.query_offset) line(4, "query_offset: " + format_prometheus_duration(*group.query_offset));
    if (group.limit != 0) line(4, fmt::format("limit: {}", group.limit));
    line(4, group.rules.empty() ? "rules: []" : "rules:");
    for (std::size_t i = 0; i < group.rules.size(); ++i) {
      if (i > 0) out_ += '\n';
      if (i < commented.before_rules.size()) write_comments(commented.before_rules[i], 6);
      write_rule(group.rules[i]);
    }
    if (!commented.after.empty()) out_ += '\n';
    write_comments(commented.after, 6);
  }

  void write_rule(const Rule& rule) {
    line(6, (rule.kind == Rule::Kind::kAlerting ? "- alert: " : "- record: ") + yaml_scalar(rule.name));
    write_expression(rule.expression);
    if (rule.hold_for != Duration::zero()) line(8, "for: " + format_prometheus_duration(rule.hold_for));
    if (rule.keep_firing_for != Duration::zero())
      line(8, "keep_firing_for: " + format_prometheus_duration(rule.keep_firing_for));
    write_map("labels", rule.labels);
    write_map("annotations", rule.annotations);
  }

  void write_expression(const std::string& expression) {
    const promql::Parsed parsed = promql::parse(expression, promql::Dialect::any());
    if (parsed.tree.root() == nullptr) return line(8, "expr: " + yaml_scalar(expression));
    const std::vector<std::string> lines = expression_lines(*parsed.tree.root());
    line(8, "expr: " + lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i) line(10, lines[i]);
  }

  void write_map(std::string_view key, const std::map<std::string, std::string>& map) {
    if (map.empty()) return;
    line(8, fmt::format("{}:", key));
    for (const auto& [name, value] : map)
      line(10, fmt::format("{}: {}", yaml_scalar(name), yaml_scalar(value)));
  }

  void write_comments(const CommentLines& comments, std::size_t indent) {
    for (const std::string& comment : comments) line(comment.empty() ? 0 : indent, comment);
  }

  void line(std::size_t indent, std::string_view text) {
    out_.append(indent, ' ');
    out_ += text;
    out_ += '\n';
  }

  std::string out_;
};

}  // namespace

std::string yaml_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  if (!is_printable(text) || text.find('\'') != std::string_view::npos) return double_quoted(text);
  return text.find('"') == std::string_view::npos && text.find('\\') == std::string_view::npos
             ? fmt::format("\"{}\"", text)
             : fmt::format("'{}'", text);
}

std::vector<std::string> expression_lines(const promql::Expr& root) {
  const std::string short_form = promql::to_string(root);
  std::string pretty = short_form.size() > kLongestExpression ? promql::to_pretty_string(root) : "";
  if (pretty.find('\n') == std::string::npos || !fits_a_block(pretty)) return {yaml_scalar(short_form)};
  // A first line that is deeper than the others needs the indent said.
  std::vector<std::string> lines{pretty.front() == ' ' ? "|2-" : "|-"};
  for (std::size_t begin = 0; begin < pretty.size();) {
    const std::size_t end = std::min(pretty.find('\n', begin), pretty.size());
    lines.push_back(pretty.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string write_rule_file(std::span<const CommentedGroup> groups) {
  return RuleFileWriter().write(groups);
}

}  // namespace tocsin
