// Labels: an immutable, shared, sorted set of name=value pairs: what identifies an alert, a sample, a group.
// Copying copies a pointer; the fingerprint is computed once, when it is first asked for. Annotations use the
// same block. It does not judge names or values.
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

namespace tocsin {

struct Label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Label&, const Label&) = default;
};

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

  std::size_t size() const { return block_ == nullptr ? 0 : block_->count; }
  bool empty() const { return block_ == nullptr; }
  Label operator[](std::size_t index) const { return block_->label(index); }  // in order of name
  // The value, or "" where the label is absent: as everywhere in Prometheus, absent and empty are the same to
  // a matcher.
  std::string_view value(std::string_view name) const;
  bool has(std::string_view name) const;

  // Without the names given; with one more label (replacing one of that name).
  Labels without(std::string_view name) const;
  Labels with(std::string_view name, std::string_view value) const;

  // All names and values, one after the other: to judge their bytes at once.
  std::string_view characters() const;

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

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Label;
    using difference_type = std::ptrdiff_t;
    using pointer = const Label*;
    using reference = Label;
    Iterator(const Labels* labels, std::size_t index) : labels_(labels), index_(index) {}
    Label operator*() const { return (*labels_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Labels* labels_;
    std::size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

  friend bool operator==(const Labels& a, const Labels& b);
  // By pairs in order, names before values: the order of Prometheus' LabelSet.Before is not needed anywhere
  // else.
  friend std::strong_ordering operator<=>(const Labels& a, const Labels& b);

 private:
  // Reference count, fingerprint, offsets and characters in one allocation: this header, then 2 * count end
  // offsets (name end, value end, …), then the characters. An offset takes two bytes, or four where the
  // characters are too many for that.
  struct Block {
    std::atomic<std::uint32_t> references;
    std::uint32_t count : 31;
    std::uint32_t wide : 1;
    std::atomic<std::uint64_t> fingerprint;  // 0: not asked for yet

    std::size_t offset_bytes() const {
      return std::size_t{2} * count * (wide != 0 ? sizeof(std::uint32_t) : sizeof(std::uint16_t));
    }
    char* offsets() { return reinterpret_cast<char*>(this + 1); }
    const char* offsets() const { return reinterpret_cast<const char*>(this + 1); }
    const char* characters() const { return offsets() + offset_bytes(); }
    std::size_t end(std::size_t place) const {
      if (wide != 0) return reinterpret_cast<const std::uint32_t*>(offsets())[place];
      return reinterpret_cast<const std::uint16_t*>(offsets())[place];
    }
    std::size_t size() const { return end(std::size_t{2} * count - 1); }  // of the characters
    Label label(std::size_t index) const {
      const std::size_t begin = index == 0 ? 0 : end(2 * index - 1);
      const std::size_t middle = end(2 * index);
      const char* text = characters();
      return {{text + begin, middle - begin}, {text + middle, end(2 * index + 1) - middle}};
    }
  };
  explicit Labels(Block* block) : block_(block) {}
  static void release(Block* block) noexcept {
    if (block->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(block);
  }
  static void destroy(Block*) noexcept;
  Block* block_ = nullptr;
};

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
