#include "router/key_map.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace tocsin;

namespace {

AlertKey key(std::uint64_t fingerprint) {
  return {fingerprint, 0};
}

// What a map of the standard library holds after the same.
void check_same(const KeyMap<int>& map, const std::map<AlertKey, int>& model) {
  REQUIRE(map.size() == model.size());
  REQUIRE(map.empty() == model.empty());
  auto it = map.begin();
  for (const auto& [expected, value] : model) {
    REQUIRE(it != map.end());
    REQUIRE(it->first == expected);
    REQUIRE(it->second == value);
    ++it;
  }
  REQUIRE(it == map.end());
}

}  // namespace

TEST_CASE("A KeyMap holds what a std::map holds, in its order, whatever is added and removed") {
  struct Row {
    std::string name;
    std::uint64_t keys;
    int steps;
    int adds;  // of ten steps; the others remove
  };
  const std::vector<Row> rows = {
      {"few keys come and go", 8, 2000, 5},
      {"thousands grow over many pieces", 5000, 20000, 8},
      {"as many go as come", 3000, 20000, 5},
      {"it empties again", 1000, 20000, 2},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    std::mt19937_64 chance(7);
    KeyMap<int> map;
    std::map<AlertKey, int> model;
    for (int i = 0; i < row.steps; ++i) {
      const AlertKey k = key(chance() % row.keys);
      if (static_cast<int>(chance() % 10) < row.adds) {
        map[k] = i;
        model[k] = i;
      } else {
        CHECK(map.erase(k) == model.erase(k));
      }
      CHECK(map.contains(k) == model.contains(k));
    }
    check_same(map, model);
  }
}

TEST_CASE("A KeyMap takes keys in order, in reverse order, and says whether one is new") {
  KeyMap<int> up, down;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    CHECK(up.try_emplace(key(i)).second);
    CHECK(down.try_emplace(key(3000 - i)).second);
  }
  CHECK(!up.try_emplace(key(17)).second);
  CHECK(up.size() == 3000);
  CHECK(up.begin()->first == key(0));
  CHECK(down.begin()->first == key(1));
  CHECK_THROWS_AS(up.at(key(3000)), std::out_of_range);
  CHECK(up.find(key(3000)) == up.end());
}

TEST_CASE("Items of a KeyMap leave while it is walked, and by a condition") {
  KeyMap<int> map;
  for (std::uint64_t i = 0; i < 1000; ++i) map[key(i)] = static_cast<int>(i);
  for (auto it = map.begin(); it != map.end();) {
    if (it->second % 3 == 0)
      it = map.erase(it);
    else
      ++it;
  }
  CHECK(map.size() == 666);
  map.erase_if([](const auto& item) { return item.second % 3 == 1; });
  CHECK(map.size() == 333);
  for (const auto& [k, value] : map) CHECK(value % 3 == 2);
  map.erase_if([](const auto&) { return true; });
  CHECK(map.empty());
  CHECK(map.begin() == map.end());
}
