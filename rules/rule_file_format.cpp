#include "rules/rule_file_format.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/yaml_reader.h"
#include "core/yaml_text.h"
#include "core/yaml_value_map.h"
#include "rules/legacy_lexer.h"
#include "rules/legacy_rules.h"
#include "rules/promql/parser.h"
#include "rules/promql/printer.h"
#include "rules/rule_file.h"
#include "rules/rule_file_writer.h"

namespace tocsin {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string canonical(const std::string& expression) {
  const promql::Parsed parsed = promql::parse(expression, promql::Dialect::any());
  return parsed.tree.root() == nullptr ? expression : promql::to_string(*parsed.tree.root());
}

// The rules without their places, to compare what two texts mean.
std::vector<RuleGroup> meaning(std::vector<RuleGroup> groups) {
  for (RuleGroup& group : groups) {
    group.position = {};
    for (Rule& rule : group.rules) {
      rule.position = {};
      rule.expression = canonical(rule.expression);
    }
  }
  return groups;
}

class RuleFileFormatter {
 public:
  explicit RuleFileFormatter(std::string_view text)
      : source_(text), break_(text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n") {}

  std::string format(const YamlNode& root, std::string_view text) {
    for (const YamlNode& group : root.child("groups").items()) {
      for (const YamlNode& rule : group.child("rules").items()) format_rule(rule);
    }
    // The byte order mark, which places do not count.
    std::string out(text.substr(0, text.size() - source_.all().size()));
    std::size_t copied = 0;
    for (const auto& [begin, edit] : edits_) {
      out += source_.all().substr(copied, begin - copied);
      out += edit.text;
      copied = edit.end;
    }
    return out += source_.all().substr(copied);
  }

 private:
  struct Edit {
    std::size_t end;
    std::string text;
  };

  void format_rule(const YamlNode& rule) {
    if (rule.kind() != YamlNode::Kind::kMapping) return;
    const auto entries = rule.entries();
    // A mapping in braces begins before its first key.
    if (entries.empty() || entries.front().first.position() != rule.position()) return;
    for (const auto& [name, value] : entries) {
      if (name.text() == "expr" && value.kind() == YamlNode::Kind::kScalar) format_expression(name, value);
    }
  }

  void format_expression(const YamlNode& key, const YamlNode& value) {
    const std::string_view all = source_.all();
    const std::string expression = value.text();
    const std::size_t begin = source_.offset(key.position()) + std::string_view("expr:").size();
    const std::size_t start = source_.offset(value.position());
    if (all.substr(begin - 5, 5) != "expr:" || start <= begin || start >= all.size()) return;
    if (all.substr(begin, start - begin).find_first_not_of(kBlanks) != std::string_view::npos) return;
    if (std::string_view("&!*").find(all[start]) != std::string_view::npos) return;
    const std::size_t end = end_of_scalar(value, expression, start);
    if (end == std::string_view::npos || !read_legacy_tokens(expression).comments.empty()) return;
    const promql::Parsed parsed = promql::parse(expression, promql::Dialect::any());
    if (parsed.tree.root() == nullptr) return;
    const std::size_t line_end = std::min(all.find_first_of("\r\n", end), all.size());
    std::string_view rest = all.substr(end, line_end - end);  // of the line: a comment
    if (rest.find_first_not_of(" \t") == std::string_view::npos) rest = "";
    std::string text =
        written(*parsed.tree.root(), static_cast<std::size_t>(key.position().column - 1), rest);
    edits_.try_emplace(begin, Edit{rest.empty() ? end : line_end, std::move(text)});
  }

  // npos where it cannot be told.
  std::size_t end_of_scalar(const YamlNode& value, const std::string& text, std::size_t start) const {
    const std::string_view all = source_.all();
    const YamlValueMap map(source_, value.position(), text);
    if (!map.exact() || text.find_first_not_of(kBlanks) == std::string::npos) return std::string_view::npos;
    const char first = all[start];
    if (first == '"' || first == '\'') {
      const std::size_t end = map.source_offset(text.size());
      return end < all.size() && all[end] == first ? end + 1 : std::string_view::npos;
    }
    if (first == '|' || first == '>') {
      const std::size_t header_end = std::min(all.find('\n', start), all.size());
      if (all.substr(start, header_end - start).find('#') != std::string_view::npos)
        return std::string_view::npos;
    }
    return map.source_offset(text.find_last_not_of(kBlanks)) + 1;
  }

  std::string written(const promql::Expr& root, std::size_t indent, std::string_view comment) const {
    const std::vector<std::string> lines = expression_lines(root);
    std::string out = " " + lines.front() + std::string(comment);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      out += break_;
      out.append(indent + 2, ' ');
      out += lines[i];
    }
    return out;
  }

  YamlText source_;
  std::string_view break_;
  std::map<std::size_t, Edit> edits_;  // by where they begin
};

}  // namespace

std::optional<std::string> format_rule_file(std::string_view text, const std::string& file,
                                            Problems& problems) {
  if (const std::optional<Position> statement = find_legacy_statement(text)) {
    problems.error(file, *statement, "this is a Prometheus 1.x rule file",
                   "`tocsin rules convert` makes YAML of it");
    return std::nullopt;
  }
  Problems found;
  const std::vector<RuleGroup> before = read_rule_file(text, file, found);
  if (found.has_errors()) {
    problems.append(found);
    return std::nullopt;
  }
  Problems same;
  const YamlDocument document = YamlDocument::parse(text, file, same);
  std::string formatted = RuleFileFormatter(text).format(document.root(), text);
  Problems after;
  if (meaning(read_rule_file(formatted, file, after)) != meaning(before) || after.has_errors()) {
    problems.error(file, {}, "the file cannot be formatted without changing what it says",
                   "it stays as it is; please report it");
    return std::nullopt;
  }
  return formatted;
}

}  // namespace tocsin
