// The form on several lines: a part that does not fit on one has its own parts on lines of their own.
#include <algorithm>

#include "rules/promql/one_line_printer.h"
#include "rules/promql/printer.h"

namespace tocsin::promql {
namespace {

constexpr std::size_t kLongestLine = 100;
// Deeper levels are no longer told apart by the eye, and a long chain has one for each link.
constexpr int kDeepestIndent = 60;

class PrettyPrinter {
 public:
  void print(const Expr& expr, int level) {
    if (fits(expr)) {
      indent(level);
      out_ += to_string(expr);
      return;
    }
    switch (expr.kind) {
      case NodeKind::kBinary:
        return print_chain(*as<BinaryExpr>(&expr), level);
      case NodeKind::kUnary: {
        indent(level);
        out_ += as<UnaryExpr>(&expr)->negative ? '-' : '+';
        suppress_indent_ = true;
        return print(*as<UnaryExpr>(&expr)->expression, level);
      }
      case NodeKind::kSubquery: {
        print(*as<Subquery>(&expr)->expression, level);
        OneLinePrinter suffix;
        suffix.print_suffix(*as<Subquery>(&expr));
        out_ += suffix.take();
        return;
      }
      case NodeKind::kParenthesis:
        indent(level);
        out_ += '(';
        print_inside({&as<Parenthesis>(&expr)->expression, 1}, level);
        return;
      case NodeKind::kCall:
        indent(level);
        out_ += as<Call>(&expr)->name;
        out_ += '(';
        print_inside(as<Call>(&expr)->arguments, level);
        return;
      case NodeKind::kAggregation:
        return print_aggregation(*as<Aggregation>(&expr), level);
      default:  // what has no parts stays whole
        indent(level);
        out_ += to_string(expr);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  static bool fits(const Expr& expr) {
    OneLinePrinter printer(kLongestLine);
    printer.print(expr);
    return !printer.full();
  }

  void indent(int level) {
    if (!suppress_indent_) out_.append(2 * static_cast<std::size_t>(std::min(level, kDeepestIndent)), ' ');
    suppress_indent_ = false;
  }

  // Whatever stands in parentheses, one part a line, with the closing one.
  void print_inside(std::span<Expr* const> parts, int level) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      out_ += i == 0 ? "\n" : ",\n";
      print(*parts[i], level + 1);
    }
    out_ += '\n';
    indent(level);
    out_ += ')';
  }

  void print_aggregation(const Aggregation& aggregation, int level) {
    indent(level);
    OneLinePrinter head;
    head.print_head(aggregation);
    out_ += head.take();
    out_ += '(';
    Expr* const both[] = {aggregation.parameter, aggregation.expression};
    const bool parameter = aggregation.parameter != nullptr;
    print_inside(std::span<Expr* const>(both).subspan(parameter ? 0 : 1), level);
  }

  // Each operator on a line of its own between its operands. The left operand is a level deeper, and so on
  // down the chain until the rest of it fits on a line.
  void print_chain(const BinaryExpr& outermost, int level) {
    const std::vector<const BinaryExpr*> chain = chain_of(outermost);
    const std::size_t broken = chain.size() - links_on_one_line(chain);
    const int deepest = level + static_cast<int>(broken);
    if (broken < chain.size()) {
      print(*chain[broken], deepest);
    } else if (chain.back()->left->kind == NodeKind::kNumber) {
      indent(deepest);
      OneLinePrinter number;
      number.print_left(*chain.back());
      out_ += number.take();
    } else {
      print(*chain.back()->left, deepest);
    }
    for (std::size_t i = broken; i-- > 0;) {
      const int here = level + static_cast<int>(i);
      out_ += '\n';
      indent(here);
      OneLinePrinter sign;
      sign.print_operator(*chain[i]);
      out_ += sign.take().substr(1);  // without the blank before it
      out_ += '\n';
      print(*chain[i]->right, here + 1);
    }
  }

  // How many of the innermost links fit on a line together.
  static std::size_t links_on_one_line(const std::vector<const BinaryExpr*>& chain) {
    OneLinePrinter line(kLongestLine);
    line.print_left(*chain.back());
    std::size_t count = 0;
    for (; count < chain.size(); ++count) {
      line.print_link(*chain[chain.size() - 1 - count]);
      if (line.full()) break;
    }
    return count;
  }

  std::string out_;
  bool suppress_indent_ = false;
};

}  // namespace

std::string to_pretty_string(const Expr& expr) {
  PrettyPrinter printer;
  printer.print(expr, 0);
  return printer.take();
}

}  // namespace tocsin::promql
