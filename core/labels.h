// Labels: an immutable, shared, sorted set of name=value pairs: what identifies an alert, a sample, a group.
// Copying copies a pointer; the fingerprint is computed once, when it is first asked for. Annotations use the
// same block. Names are shared with all sets that have the same (core/label_names.h). It does not judge names
// or values.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/label_names.h"

namespace tocsin {

class Labels {
 public:
  Labels() = default;  // the empty set; allocates nothing
  Labels(std::initializer_list<std::pair<std::string_view, std::string_view>>);
  // Sorts by name (bytes). Of equal names the last wins, as Go's JSON decoder does.
  static Labels from(std::vector<Label> pairs) { return sorting(pairs); }
  // The same without a vector of its own: sorts the pairs where they stand.
  static Labels sorting(std::span<Label> pairs);

  Labels(const Labels& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Labels(Labels&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Labels& operator=(const Labels& other) noexcept {
    Labels copy(other);
    std::swap(block_, copy.block_);
    return *this;
  }
  Labels& operator=(Labels&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Labels() {
    if (block_ != nullptr) release(block_);
  }

  std::size_t size() const { return block_ == nullptr ? 0 : block_->names().size(); }
  bool empty() const { return block_ == nullptr; }
  // In order of name.
  Label operator[](std::size_t index) const {
    const Parts parts = block_->parts();
    return {(*parts.names)[index], parts.value(index)};
  }
  // The value, or "" where the label is absent: as everywhere in Prometheus, absent and empty are the same to
  // a matcher.
  std::string_view value(std::string_view name) const;
  bool has(std::string_view name) const;

  // Without the names given; with one more label (replacing one of that name).
  Labels without(std::string_view name) const;
  Labels with(std::string_view name, std::string_view value) const;

  // All names, and all values, one after the other: to judge their bytes at once.
  std::string_view names_text() const { return block_ == nullptr ? "" : block_->names().text(); }
  std::string_view values_text() const {
    return block_ == nullptr ? std::string_view() : block_->parts().values();
  }

  // They will be read in a moment: fetches them into the cache meanwhile, where many sets are walked over.
  void prefetch() const {
    constexpr std::size_t kLine = 64;
    if (block_ == nullptr) return;
    __builtin_prefetch(block_);
    __builtin_prefetch(reinterpret_cast<const char*>(block_) + kLine);
  }

  // FNV-1a 64 over name 0xFF value 0xFF in order of name, equal to Prometheus' and Alertmanager's
  // fingerprint.
  std::uint64_t fingerprint() const;
  std::string fingerprint_hex() const;  // 16 lowercase digits
  // {a="b", c="d"} with Go-quoted values; "{}" when empty. Feeds group keys, so it is byte-exact
  // (prometheus/common: model/labelset_string.go).
  std::string to_string() const;

  class Iterator;
  Iterator begin() const;
  Iterator end() const;

  friend bool operator==(const Labels& a, const Labels& b);
  // By pairs in order, names before values: the order of Prometheus' LabelSet.Before is not needed anywhere
  // else.
  friend std::strong_ordering operator<=>(const Labels& a, const Labels& b);

 private:
  // Where the parts of a block are: for walking through it.
  struct Parts {
    const LabelNames* names = nullptr;
    const char* ends = nullptr;
    const char* characters = nullptr;
    bool wide = false;

    std::size_t end(std::size_t index) const {
      return wide ? reinterpret_cast<const std::uint32_t*>(ends)[index]
                  : reinterpret_cast<const std::uint16_t*>(ends)[index];
    }
    std::string_view value(std::size_t index) const {
      const std::size_t begin = index == 0 ? 0 : end(index - 1);
      return {characters + begin, end(index) - begin};
    }
    std::string_view values() const { return {characters, end(names->size() - 1)}; }
    // Ends and characters.
    std::string_view bytes() const {
      return {ends, static_cast<std::size_t>(characters - ends) + values().size()};
    }
  };
  // In one allocation: this header, a pointer to the names where they are not shared, the end of each value,
  // then the characters of the values. An end takes two bytes, or four where the characters are too many for
  // that.
  struct Block {
    std::atomic<std::uint32_t> references;
    std::uint32_t wide : 1;
    std::uint32_t shared_names : 31;         // LabelNames::number()
    std::atomic<std::uint64_t> fingerprint;  // 0: not asked for yet

    bool own_names() const { return shared_names == LabelNames::kNotShared; }
    const LabelNames*& named_here() { return *reinterpret_cast<const LabelNames**>(this + 1); }
    const LabelNames& names() const {
      if (own_names()) [[unlikely]]
        return *const_cast<Block*>(this)->named_here();
      return LabelNames::shared(shared_names);
    }
    char* ends() { return reinterpret_cast<char*>(this + 1) + (own_names() ? sizeof(const LabelNames*) : 0); }
    Parts parts() const {
      const LabelNames& its = names();
      const char* ends = const_cast<Block*>(this)->ends();
      const std::size_t end = wide != 0 ? sizeof(std::uint32_t) : sizeof(std::uint16_t);
      return {&its, ends, ends + its.size() * end, wide != 0};
    }
  };
  explicit Labels(Block* block) : block_(block) {}
  static void release(Block* block) noexcept {
    if (block->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(block);
  }
  static void destroy(Block*) noexcept;
  Block* block_ = nullptr;
};

class Labels::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Label;
  using difference_type = std::ptrdiff_t;
  using pointer = const Label*;
  using reference = Label;
  Label operator*() const { return {(*parts_.names)[index_], parts_.value(index_)}; }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  friend class Labels;
  Iterator(const Parts& parts, std::size_t index) : parts_(parts), index_(index) {}

  Parts parts_;
  std::size_t index_;
};

inline Labels::Iterator Labels::begin() const {
  return {block_ == nullptr ? Parts() : block_->parts(), 0};
}

inline Labels::Iterator Labels::end() const {
  return {Parts(), size()};
}

// Collects labels that are set and erased in any order, then makes one Labels.
class LabelsBuilder {
 public:
  LabelsBuilder() = default;
  explicit LabelsBuilder(const Labels& base);
  LabelsBuilder& set(std::string_view name, std::string_view value);
  LabelsBuilder& erase(std::string_view name);
  Labels build() const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct LabelsHash {
  std::size_t operator()(const Labels& labels) const { return labels.fingerprint(); }
};

// Legacy names [a-zA-Z_][a-zA-Z0-9_]*; under the UTF-8 scheme any non-empty valid UTF-8 is a name.
bool is_legacy_label_name(std::string_view);
bool is_valid_utf8(std::string_view);

// "text" with Go's %q escapes: what label sets, group keys and matchers print.
std::string go_quote(std::string_view);

}  // namespace tocsin
