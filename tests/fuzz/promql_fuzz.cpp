// Whatever bytes are read as PromQL: see the properties. The first byte chooses the dialect.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/rules/promql_properties.h"

namespace {

using tocsin::promql::Dialect;

const std::array<Dialect, 6>& dialects() {
  static const std::array<Dialect, 6> kAll = {
      Dialect::newest_with_everything(),       Dialect::of({2, 42}), Dialect{},
      Dialect::of({3, 5}).with_all_features(), Dialect::of({2, 54}), Dialect::any()};
  return kAll;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view source(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string broken = tocsin::promql::broken_property(source, dialects()[data[0] % dialects().size()]);
  if (!broken.empty()) {
    std::fprintf(stderr, "broken: %s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
