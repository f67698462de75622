// Sorts what is known per alert by key, quickly: fingerprints are hashes, so equal parts of their range hold
// equally many. Items are dealt into such parts, each small enough for the nearest cache, and those are
// sorted.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "router/alert_key.h"

namespace tocsin {

// `key_of` gives an item's key, `before` says which of two items comes first: by key, and then as it likes.
template <class Item, class KeyOf, class Before>
void sort_by_key(std::vector<Item>& items, KeyOf key_of, Before before) {
  constexpr std::size_t kParts = 1024;
  constexpr std::size_t kWorthDealing = 16 * kParts;
  if (items.size() < kWorthDealing) {
    std::sort(items.begin(), items.end(), before);
    return;
  }
  const auto part_of = [&](const Item& item) {
    return static_cast<std::size_t>(key_of(item).fingerprint >> 54);  // the ten highest bits
  };
  std::array<std::uint32_t, kParts + 1> ends{};  // first of all: where each part begins
  for (const Item& item : items) ++ends[part_of(item) + 1];
  for (std::size_t part = 1; part <= kParts; ++part) ends[part] += ends[part - 1];
  std::vector<Item> dealt(items.size());
  for (Item& item : items) dealt[ends[part_of(item)]++] = std::move(item);
  std::size_t begin = 0;
  for (std::size_t part = 0; part < kParts; ++part) {
    const auto first = dealt.begin();
    std::sort(first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(ends[part]),
              before);
    begin = ends[part];
  }
  items = std::move(dealt);
}

}  // namespace tocsin
