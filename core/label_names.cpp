#include "core/label_names.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace tocsin {
namespace {

// What all shared names together may take, and one set of them.
constexpr std::size_t kMostBytes = std::size_t{8} << 20, kMostBytesOfOne = std::size_t{64} << 10;

std::size_t hash_of(std::span<const Label> labels) {
  std::uint64_t hash = labels.size();
  for (const Label& label : labels) {
    std::string_view rest = label.name;
    do {
      std::uint64_t bytes = rest.size() << 56;
      const std::size_t count = std::min(rest.size(), sizeof bytes);
      if (count > 0) std::memcpy(&bytes, rest.data(), count);
      hash = (hash ^ bytes) * 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 32;
      rest.remove_prefix(count);
    } while (!rest.empty());
  }
  return hash;
}

}  // namespace

std::array<std::atomic<const LabelNames*>, LabelNames::kMost> LabelNames::numbered{};

// Names find their slot by hash, or a free one close to it. A slot that is taken stays so.
class LabelNames::Table {
 public:
  static Table& the() {
    static auto* const kTable = new Table;  // used until the program's last moment
    return *kTable;
  }

  const LabelNames* find(std::span<const Label> labels, std::size_t hash) const {
    for (std::size_t i = 0; i < kTried; ++i) {
      const LabelNames* names = slot(hash + i).load(std::memory_order_acquire);
      if (names == nullptr || names->are_of(labels)) return names;
    }
    return nullptr;
  }

  // Null: it is full.
  const LabelNames* add(std::span<const Label> labels, std::size_t hash) {
    std::size_t i = 0;
    while (i < kTried && slot(hash + i).load(std::memory_order_relaxed) != nullptr) ++i;
    if (i == kTried || in_use() == limit() || bytes_.load(std::memory_order_relaxed) >= kMostBytes)
      return nullptr;
    std::unique_ptr<LabelNames> made(new LabelNames(labels));
    if (made->text_.size() > kMostBytesOfOne) return nullptr;
    const std::uint32_t number = last_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (number > limit()) return nullptr;
    bytes_.fetch_add(sizeof(LabelNames) + made->text_.size() + made->size() * sizeof made->ends_[0],
                     std::memory_order_relaxed);
    made->number_ = number;
    numbered[number].store(made.get(), std::memory_order_release);
    for (; i < kTried; ++i) {
      const LabelNames* there = nullptr;
      if (slot(hash + i).compare_exchange_strong(there, made.get(), std::memory_order_acq_rel))
        return made.release();
      if (there->are_of(labels)) return there;  // another thread was faster; the number is lost
    }
    return nullptr;
  }

  std::size_t in_use() const { return std::min<std::size_t>(last_.load(std::memory_order_relaxed), limit()); }

 private:
  static constexpr std::size_t kSlots = 2 * kMost;
  static constexpr std::size_t kTried =
      64;  // so that names chosen to meet in one slot cost no more than this
  std::atomic<const LabelNames*>& slot(std::size_t place) { return slots_[place % kSlots]; }
  const std::atomic<const LabelNames*>& slot(std::size_t place) const { return slots_[place % kSlots]; }

  std::array<std::atomic<const LabelNames*>, kSlots> slots_{};
  std::atomic<std::uint32_t> last_ = kNotShared;  // number that was given
  std::atomic<std::size_t> bytes_ = 0;
};

LabelNames::LabelNames(std::span<const Label> labels) {
  std::size_t bytes = 0;
  for (const Label& label : labels) bytes += label.name.size();
  text_.reserve(bytes);
  ends_.reserve(labels.size());
  for (const Label& label : labels) {
    text_ += label.name;
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
}

bool LabelNames::are_of(std::span<const Label> labels) const {
  if (labels.size() != size()) return false;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if ((*this)[i] != labels[i].name) return false;
  }
  return true;
}

std::size_t LabelNames::find(std::string_view name) const {
  std::size_t index = 0;
  while (index < size() && (*this)[index] != name) ++index;
  return index;
}

std::size_t LabelNames::in_use() {
  return Table::the().in_use();
}

const LabelNames* LabelNames::of(std::span<const Label> labels) {
  // Of what comes one after the other, most has the names that something of that size had before.
  thread_local std::array<const LabelNames*, 8> recent{};
  const LabelNames*& guess = recent[labels.size() % recent.size()];
  if (guess != nullptr && guess->are_of(labels)) return guess;
  Table& table = Table::the();
  const std::size_t hash = hash_of(labels);
  const LabelNames* names = table.find(labels, hash);
  if (names == nullptr) names = table.add(labels, hash);
  if (names != nullptr) return guess = names;
  return new LabelNames(labels);
}

}  // namespace tocsin
