// Whatever bytes are read as PromQL: the parser ends, in time, with a tree or with mistakes inside the
// source; and what it takes, the printers write so that it reads back the same. The first byte chooses the
// dialect.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "rules/promql/parser.h"
#include "rules/promql/printer.h"
#include "rules/promql/visitor.h"

namespace {

using namespace tocsin::promql;

const std::array<Dialect, 6>& dialects() {
  static const std::array<Dialect, 6> kAll = {
      Dialect::newest_with_everything(),       Dialect::of({2, 42}), Dialect{},
      Dialect::of({3, 5}).with_all_features(), Dialect::of({2, 54}), Dialect::any()};
  return kAll;
}

void check_places(const Parsed& parsed, std::string_view source) {
  for (const auto* list : {&parsed.errors, &parsed.warnings}) {
    for (const Mistake& mistake : *list) {
      TOCSIN_CHECK(mistake.extent.begin <= mistake.extent.end && mistake.extent.end <= source.size());
      TOCSIN_CHECK(!mistake.message.empty());
    }
  }
  if (parsed.tree.root() == nullptr) return;
  walk(*parsed.tree.root(), [&](const Expr& node) {
    TOCSIN_CHECK(node.extent.begin < node.extent.end && node.extent.end <= source.size());
    TOCSIN_CHECK(node.type != ValueType::kNone && node.depth <= kDeepest);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Dialect& dialect = dialects()[data[0] % dialects().size()];
  const std::string_view source(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Parsed parsed = parse(source, dialect);
  check_places(parsed, source);
  if (!parsed.errors.empty()) {
    TOCSIN_CHECK(parsed.tree.root() == nullptr);
    return 0;
  }
  const std::string text = to_string(*parsed.tree.root());
  for (const std::string& printed : {text, to_pretty_string(*parsed.tree.root())}) {
    const Parsed again = parse(printed, dialect);
    TOCSIN_CHECK(again.errors.empty(), "what is printed can be read");
    TOCSIN_CHECK(to_string(*again.tree.root()) == text, "what is printed is read as the same");
  }
  return 0;
}
