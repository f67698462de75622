// The part of the one-line printer that writes times: literals, brackets, offset, @.
#include <fmt/format.h>

#include "core/duration.h"
#include "rules/promql/literals.h"
#include "rules/promql/one_line_printer.h"

namespace tocsin::promql {
namespace {

// Durations have milliseconds; what is finer is written as seconds.
std::string duration_text(Duration duration) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  if (duration.count() % kMillisecond == 0) return format_prometheus_duration(duration);
  return format_number(static_cast<double>(duration.count()) / 1e9);
}

std::string_view sign_of(DurationExpr::Op op) {
  switch (op) {
    case DurationExpr::Op::kAdd:
      return " + ";
    case DurationExpr::Op::kSub:
      return " - ";
    case DurationExpr::Op::kMul:
      return " * ";
    case DurationExpr::Op::kDiv:
      return " / ";
    case DurationExpr::Op::kMod:
      return " % ";
    case DurationExpr::Op::kPow:
      return " ^ ";
    default:
      return ", ";
  }
}

}  // namespace

void OneLinePrinter::print_at(const Modifiers* modifiers) {
  if (modifiers == nullptr) return;
  switch (modifiers->at) {
    case Modifiers::At::kNone:
      return;
    case Modifiers::At::kTime:
      out_ += fmt::format(" @ {:.3f}", static_cast<double>(modifiers->at_milliseconds) / 1000.0);
      return;
    case Modifiers::At::kStart:
      out_ += " @ start()";
      return;
    case Modifiers::At::kEnd:
      out_ += " @ end()";
  }
}

void OneLinePrinter::print_offset(const Modifiers* modifiers) {
  if (modifiers == nullptr || modifiers->offset == Duration::zero()) return;
  out_ += " offset ";
  print_duration(modifiers->offset, nullptr);
}

// Before @: arithmetic would otherwise go on with an operator that follows the selector.
void OneLinePrinter::print_computed_offset(const Modifiers* modifiers) {
  if (modifiers == nullptr || modifiers->offset_expression == nullptr) return;
  out_ += " offset ";
  print_node(*modifiers->offset_expression);
}

void OneLinePrinter::print_duration(Duration duration, const DurationExpr* expression) {
  if (expression != nullptr) return print_node(*expression);
  out_ += duration_text(duration);
}

void OneLinePrinter::print_node(const NumberLiteral& literal) {
  constexpr double kNanoseconds = 1e9;
  if (literal.duration) {
    out_ += duration_text(Duration(static_cast<std::int64_t>(literal.value * kNanoseconds)));
  } else {
    out_ += format_number(literal.value);
  }
}

void OneLinePrinter::print_node(const DurationExpr& duration) {
  if (duration.wrapped) out_ += '(';
  switch (duration.op) {
    case DurationExpr::Op::kStep:
      out_ += "step()";
      break;
    case DurationExpr::Op::kRange:
      out_ += "range()";
      break;
    case DurationExpr::Op::kNegate:
      out_ += '-';
      [[fallthrough]];
    case DurationExpr::Op::kSame:
      print(*duration.right);
      break;
    default: {
      const bool least = duration.op == DurationExpr::Op::kMin;
      const bool call = least || duration.op == DurationExpr::Op::kMax;
      if (call) out_ += least ? "min_of(" : "max_of(";
      print(*duration.left);
      out_ += sign_of(duration.op);
      print(*duration.right);
      if (call) out_ += ')';
    }
  }
  if (duration.wrapped) out_ += ')';
}

}  // namespace tocsin::promql
