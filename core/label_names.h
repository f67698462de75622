// LabelNames: the names of a label set, in order. Few sets of names are in use where there are many sets of
// labels, so equal ones are shared: a label set then holds little more than its values.
//
// What is shared is kept for good, in a table that any thread may read. The table has a limit: where it is
// full (somebody invents names all the time), a label set has names of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

struct Label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const Label&, const Label&) = default;
};

class LabelNames {
 public:
  static constexpr std::uint32_t kNotShared = 0;

  // Those of the labels, which are in order. Shared ones live for ever; others are the caller's: see
  // shared().
  static const LabelNames* of(std::span<const Label> sorted);
  // The shared ones with that number.
  static const LabelNames& shared(std::uint32_t number) {
    return *numbered[number].load(std::memory_order_relaxed);
  }

  // How many are shared, and the most that can be.
  static std::size_t in_use();
  static constexpr std::size_t limit() { return kMost - 1; }

  LabelNames(const LabelNames&) = delete;
  LabelNames& operator=(const LabelNames&) = delete;

  // kNotShared: whoever got them from of() deletes them.
  std::uint32_t number() const { return number_; }
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return {text_.data() + begin, ends_[index] - begin};
  }
  // All of them, one after the other.
  std::string_view text() const { return text_; }
  // The index of that one; size() where there is none.
  std::size_t find(std::string_view name) const;
  friend bool operator==(const LabelNames& a, const LabelNames& b) {
    return a.ends_ == b.ends_ && a.text_ == b.text_;
  }

 private:
  class Table;
  static constexpr std::size_t kMost = std::size_t{1} << 14;
  static std::array<std::atomic<const LabelNames*>, kMost> numbered;

  explicit LabelNames(std::span<const Label>);
  bool are_of(std::span<const Label>) const;

  std::string text_;
  std::vector<std::uint32_t> ends_;
  std::uint32_t number_ = kNotShared;
};

}  // namespace tocsin
