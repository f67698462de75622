#include "rules/expression_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/yaml_value_map.h"
#include "rules/promql/parser.h"

namespace tocsin {
namespace {

// Finds the places of mistakes. Made only where there are any: finding one reads the whole scalar again.
class Places {
 public:
  Places(const YamlNode& node, const YamlText& source, const std::string& expression)
      : node_(node), map_(source, node.position(), expression), expression_(expression) {}

  Problem problem(Severity severity, promql::Extent extent, std::string message, std::string hint) const {
    // What is missing at the end is missing behind the last word, not behind the line breaks after it.
    const std::size_t used = expression_.find_last_not_of(" \t\r\n") + 1;
    const std::size_t begin = std::min<std::size_t>(extent.begin, used);
    const std::size_t end = std::min<std::size_t>(extent.end, used);
    return {node_.file(),       map_.position(begin), severity,
            std::move(message), std::move(hint),      map_.length(begin, end)};
  }

 private:
  const YamlNode& node_;
  YamlValueMap map_;
  const std::string& expression_;
};

// Prometheus loads such a rule and fails to evaluate it, every time.
const char* refusal_of_result(promql::ValueType type) {
  switch (type) {
    case promql::ValueType::kMatrix:
      return "the expression gives a range vector, so that every evaluation fails";
    case promql::ValueType::kString:
      return "the expression gives a string, so that every evaluation fails";
    default:
      return nullptr;
  }
}

}  // namespace

promql::Tree check_expression(const YamlNode& node, const YamlText& source, const std::string& rule,
                              const promql::Dialect& dialect, Problems& problems) {
  const std::string expression = node.text();
  promql::Parsed parsed = promql::parse(expression, dialect);
  const promql::Expr* root = parsed.tree.root();
  const char* refusal = root == nullptr ? nullptr : refusal_of_result(root->type);
  if (parsed.errors.empty() && parsed.warnings.empty() && refusal == nullptr) return std::move(parsed.tree);

  const Places places(node, source, expression);
  for (const promql::Mistake& mistake : parsed.errors) {
    problems.add(places.problem(Severity::kError, mistake.extent,
                                fmt::format("{}could not parse expression: {}", rule, mistake.message),
                                mistake.hint));
  }
  for (const promql::Mistake& mistake : parsed.warnings)
    problems.add(places.problem(Severity::kWarning, mistake.extent, rule + mistake.message, mistake.hint));
  if (refusal != nullptr) {
    problems.add(places.problem(Severity::kWarning, root->extent, rule + refusal,
                                "a rule needs an instant vector or a number"));
  }
  return std::move(parsed.tree);
}

}  // namespace tocsin
