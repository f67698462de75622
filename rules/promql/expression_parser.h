// The parser's insides: recursive descent over the lexer's tokens, one method for each rule of Prometheus'
// grammar. A method that meets a mistake of syntax reports it and returns nothing; whoever called it returns
// nothing too. Other mistakes are reported and reading goes on.
#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "rules/promql/lexer.h"
#include "rules/promql/parser.h"

namespace tocsin::promql {

class ExpressionParser {
 public:
  ExpressionParser(std::string_view source, const Dialect& dialect);
  Parsed parse();

 private:
  using LabelNames = boost::container::small_vector<LabelName, 8>;

  // parser.cpp: operators.
  Expr* expression(int lowest);
  Expr* unary();
  Expr* binary(Expr* left, int precedence);
  bool binary_modifiers(BinaryExpr& made_later, Matching*& matching);
  bool fill_modifiers(Matching*& matching);
  bool fill_value(double& value);

  // parser_primary.cpp: what operators stand between.
  Expr* primary();
  Expr* number();
  Expr* string();
  Expr* parenthesis();
  Expr* word();
  Expr* call(Token name);
  Expr* aggregation(Token name);
  bool arguments(boost::container::small_vector<Expr*, 6>& out);
  bool label_names(LabelNames& out);
  bool label_name(LabelNames& out);
  const Function* function_named(Token name);
  std::optional<double> number_value(Token token);

  // parser_selector.cpp: selectors and what may follow them.
  Expr* selector(std::string_view name, Extent start);
  bool matcher(boost::container::small_vector<LabelMatcher, 8>& out);
  void check_regex(const LabelMatcher&);
  VectorSelector* selector_of(Expr* operand);
  Expr* with_suffixes(Expr* operand);
  Expr* with_brackets(Expr* operand);
  Expr* range_of(Expr* operand, Extent brackets, const Expr* range);
  bool offset(Expr* operand);
  bool at(Expr* operand);
  void set_at(Expr* operand, Modifiers::At at, double seconds, Extent written);
  void set_extended(Expr* operand, Token word);
  Modifiers** modifiers_of(Expr* operand, std::string_view refusal);

  // parser_duration.cpp: what stands in brackets and after offset.
  const Expr* duration(int lowest);
  const Expr* duration_after(const Expr* left, int lowest);
  const Expr* duration_operand();
  const Expr* positive_duration();
  const Expr* offset_duration();
  const Expr* signed_twice(Token sign);
  const Expr* literal_duration();
  const Expr* negated(Token sign, const Expr* operand);
  const Expr* duration_call(Token name);
  const Expr* in_parentheses();

  void advance() {
    last_end_ = token_.extent.end;
    token_ = lexer_.next();
  }
  bool is(TokenKind kind) const { return token_.kind == kind; }
  std::string_view text(Extent extent) const { return tree_.text(extent); }
  std::string_view string_value(Token string);
  // Takes the token, or reports it as unexpected.
  bool expect(TokenKind kind, std::string_view context, std::string_view expected);

  // Always nullptr, to be returned.
  std::nullptr_t unexpected(std::string_view context, std::string_view expected, std::string hint = "");
  void error(Extent extent, std::string message, std::string hint = "");
  // What only some servers take: refused or warned of, as the dialect says.
  void need(Feature feature, Extent extent, std::string message);
  // Sets the depth of a node above the given one; false where that is too deep.
  bool deepen(Expr& node, const Expr* child);
  bool enter(Extent place);  // a level of recursion; leave with --nesting_
  std::nullptr_t too_deep(Extent place);

  const Dialect& dialect_;
  Tree tree_;
  Lexer lexer_;
  Token token_;
  std::uint32_t last_end_ = 0;
  int nesting_ = 0;
  bool syntax_failed_ = false;
  std::vector<Mistake> errors_;
  std::vector<Mistake> warnings_;
};

// Binding strength of the binary operators.
int precedence_of(BinaryOperator op);
inline constexpr int kLowestPrecedence = 1;
inline constexpr int kPowerPrecedence = 6;

}  // namespace tocsin::promql
