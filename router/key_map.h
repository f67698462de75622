// KeyMap: what is known per alert, ordered by key: the members of a group, what was told about them. As a
// std::map, but a value costs little more than its bytes: items lie side by side in pieces of limited length,
// so that a group of a hundred thousand alerts still grows quickly. Adding and removing move items:
// references and iterators hold until then.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "router/alert_key.h"

namespace tocsin {

template <class Value>
class KeyMap {
 public:
  using value_type = std::pair<AlertKey, Value>;

 private:
  using Piece = std::vector<value_type>;
  using Pieces = std::vector<Piece>;  // none is empty; sorted within and among each other
  static constexpr std::size_t kLongestPiece = 256;

  template <class PiecesOrConst, class Item>
  class Place {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = KeyMap::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = Item*;
    using reference = Item&;
    Place() = default;
    Place(PiecesOrConst* pieces, std::size_t piece, std::size_t item)
        : pieces_(pieces), piece_(piece), item_(item) {}
    // An iterator serves where a const one is asked for.
    operator Place<const Pieces, const KeyMap::value_type>() const { return {pieces_, piece_, item_}; }
    Item& operator*() const { return (*pieces_)[piece_][item_]; }
    Item* operator->() const { return &**this; }
    Place& operator++() {
      if (++item_ == (*pieces_)[piece_].size()) {
        ++piece_;
        item_ = 0;
      }
      return *this;
    }
    Place operator++(int) {
      Place before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Place&, const Place&) = default;

   private:
    friend class KeyMap;
    PiecesOrConst* pieces_ = nullptr;
    std::size_t piece_ = 0;
    std::size_t item_ = 0;
  };

 public:
  using iterator = Place<Pieces, value_type>;
  using const_iterator = Place<const Pieces, const value_type>;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  iterator begin() { return {&pieces_, 0, 0}; }
  iterator end() { return {&pieces_, pieces_.size(), 0}; }
  const_iterator begin() const { return {&pieces_, 0, 0}; }
  const_iterator end() const { return {&pieces_, pieces_.size(), 0}; }

  iterator find(AlertKey key) {
    const auto [piece, item] = lower_bound(key);
    const bool found = piece < pieces_.size() && pieces_[piece][item].first == key;
    return found ? iterator(&pieces_, piece, item) : end();
  }
  const_iterator find(AlertKey key) const { return const_cast<KeyMap*>(this)->find(key); }
  bool contains(AlertKey key) const { return find(key) != end(); }
  const Value& at(AlertKey key) const {
    const const_iterator found = find(key);
    if (found == end()) throw std::out_of_range("KeyMap::at");
    return found->second;
  }
  Value& at(AlertKey key) { return const_cast<Value&>(std::as_const(*this).at(key)); }
  Value& operator[](AlertKey key) { return try_emplace(key).first->second; }

  // Adds a default value where the key is missing.
  std::pair<iterator, bool> try_emplace(AlertKey key) {
    auto [piece, item] = lower_bound(key);
    if (piece < pieces_.size() && pieces_[piece][item].first == key) return {{&pieces_, piece, item}, false};
    if (pieces_.empty()) pieces_.emplace_back();
    if (piece == pieces_.size()) item = pieces_[--piece].size();
    if (pieces_[piece].size() == kLongestPiece) {
      split(piece,
            item == kLongestPiece && piece + 1 == pieces_.size() ? kLongestPiece - 1 : kLongestPiece / 2);
      if (item > pieces_[piece].size()) item -= pieces_[piece++].size();
    }
    Piece& room = pieces_[piece];
    // By a quarter, not by double: most groups are small, and there are many.
    if (room.size() == room.capacity()) room.reserve(room.size() + room.size() / 4 + 1);
    room.insert(room.begin() + static_cast<std::ptrdiff_t>(item), value_type{key, Value{}});
    ++size_;
    return {{&pieces_, piece, item}, true};
  }

  std::size_t erase(AlertKey key) {
    const iterator found = find(key);
    if (found == end()) return 0;
    erase(found);
    return 1;
  }
  // The one after it.
  iterator erase(iterator place) {
    Piece& piece = pieces_[place.piece_];
    piece.erase(piece.begin() + static_cast<std::ptrdiff_t>(place.item_));
    --size_;
    if (piece.empty()) {
      pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(place.piece_));
    } else if (place.item_ == piece.size()) {
      return {&pieces_, place.piece_ + 1, 0};
    }
    return place;
  }
  template <class Condition>
  void erase_if(Condition condition) {
    for (iterator it = begin(); it != end();) it = condition(*it) ? erase(it) : std::next(it);
  }

 private:
  // Where the first item is that is not before the key: its piece and its place there; the number of pieces
  // where there is none.
  std::pair<std::size_t, std::size_t> lower_bound(AlertKey key) const {
    const auto ends_before = [](const Piece& piece, AlertKey k) { return piece.back().first < k; };
    const auto piece = std::lower_bound(pieces_.begin(), pieces_.end(), key, ends_before);
    if (piece == pieces_.end()) return {pieces_.size(), 0};
    const auto is_before = [](const value_type& item, AlertKey k) { return item.first < k; };
    const auto item = std::lower_bound(piece->begin(), piece->end(), key, is_before);
    return {static_cast<std::size_t>(piece - pieces_.begin()),
            static_cast<std::size_t>(item - piece->begin())};
  }

  void split(std::size_t piece, std::size_t at) {
    Piece& first = pieces_[piece];
    const auto middle = first.begin() + static_cast<std::ptrdiff_t>(at);
    Piece second(std::make_move_iterator(middle), std::make_move_iterator(first.end()));
    first.erase(middle, first.end());
    first.shrink_to_fit();
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(piece) + 1, std::move(second));
  }

  Pieces pieces_;
  std::size_t size_ = 0;
};

}  // namespace tocsin
