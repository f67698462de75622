#include "router/sort_by_key.h"

#include <doctest/doctest.h>

#include <random>
#include <tuple>

using namespace tocsin;

namespace {

struct Item {
  AlertKey key;
  int order = 0;
};

AlertKey key_of(const Item& item) {
  return item.key;
}
bool before(const Item& a, const Item& b) {
  return std::tie(a.key, a.order) < std::tie(b.key, b.order);
}

}  // namespace

TEST_CASE("items are sorted by key and what they add to it, few and many, however their keys lie") {
  std::mt19937_64 random(7);
  for (const std::size_t count : {0, 1, 100, 16'383, 16'384, 50'000}) {
    for (const std::uint64_t mask : {~0ULL, 0xFULL, 0xFULL << 60}) {
      std::vector<Item> items;
      for (std::size_t i = 0; i < count; ++i)
        items.push_back({{random() & mask, 0}, static_cast<int>(count - i)});
      std::vector<Item> expected = items;
      std::sort(expected.begin(), expected.end(), before);
      sort_by_key(items, key_of, before);
      const auto same = [](const Item& a, const Item& b) { return a.key == b.key && a.order == b.order; };
      CHECK(std::equal(items.begin(), items.end(), expected.begin(), expected.end(), same));
    }
  }
}
