#include "core/labels.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "core/check.h"
#include "core/template/go_quote.h"

namespace tocsin {

// One allocation: this header, then 2 * count end offsets (name end, value end, …), then the characters.
struct Labels::Block {
  std::atomic<std::uint32_t> references;
  std::uint32_t count;
  std::uint64_t fingerprint;

  std::uint32_t* ends() { return reinterpret_cast<std::uint32_t*>(this + 1); }
  const std::uint32_t* ends() const { return reinterpret_cast<const std::uint32_t*>(this + 1); }
  char* characters() { return reinterpret_cast<char*>(ends() + 2 * count); }
  const char* characters() const { return reinterpret_cast<const char*>(ends() + 2 * count); }

  Label label(std::size_t index) const {
    const std::uint32_t begin = index == 0 ? 0 : ends()[2 * index - 1];
    const std::uint32_t middle = ends()[2 * index];
    const std::uint32_t end = ends()[2 * index + 1];
    return {{characters() + begin, middle - begin}, {characters() + middle, end - middle}};
  }
};

namespace {

constexpr std::uint64_t kFnvOffset = 14695981039346656037ULL;
constexpr std::uint64_t kFnvPrime = 1099511628211ULL;

void fnv_add(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  hash = (hash ^ 0xFFU) * kFnvPrime;
}

}  // namespace

Labels Labels::from(std::vector<Label> pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Label& a, const Label& b) { return a.name < b.name; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i + 1 < pairs.size() && pairs[i + 1].name == pairs[i].name) continue;
    pairs[kept++] = pairs[i];
  }
  pairs.resize(kept);
  if (pairs.empty()) return {};

  std::size_t characters = 0;
  for (const Label& pair : pairs) characters += pair.name.size() + pair.value.size();
  TOCSIN_CHECK(characters < UINT32_MAX, "a label set is smaller than 4 GiB");
  void* memory = ::operator new(sizeof(Block) + 2 * pairs.size() * sizeof(std::uint32_t) + characters);
  auto* block = new (memory) Block{{1}, static_cast<std::uint32_t>(pairs.size()), kFnvOffset};
  std::uint32_t position = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [name, value] = pairs[i];
    if (!name.empty()) std::memcpy(block->characters() + position, name.data(), name.size());
    position += static_cast<std::uint32_t>(name.size());
    block->ends()[2 * i] = position;
    if (!value.empty()) std::memcpy(block->characters() + position, value.data(), value.size());
    position += static_cast<std::uint32_t>(value.size());
    block->ends()[2 * i + 1] = position;
    fnv_add(block->fingerprint, name);
    fnv_add(block->fingerprint, value);
  }
  return Labels(block);
}

Labels::Labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::vector<Label> list;
  list.reserve(pairs.size());
  for (const auto& [name, value] : pairs) list.push_back({name, value});
  *this = from(std::move(list));
}

Labels::Labels(const Labels& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}
Labels::Labels(Labels&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
Labels& Labels::operator=(const Labels& other) noexcept {
  Labels copy(other);
  std::swap(block_, copy.block_);
  return *this;
}
Labels& Labels::operator=(Labels&& other) noexcept {
  std::swap(block_, other.block_);
  return *this;
}
Labels::~Labels() {
  release(block_);
}

void Labels::release(Block* block) noexcept {
  if (block == nullptr || block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block->~Block();
  ::operator delete(block);
}

std::size_t Labels::size() const {
  return block_ == nullptr ? 0 : block_->count;
}
Label Labels::operator[](std::size_t index) const {
  return block_->label(index);
}

std::string_view Labels::value(std::string_view name) const {
  for (const Label label : *this) {
    if (label.name == name) return label.value;
    if (label.name > name) break;
  }
  return {};
}

bool Labels::has(std::string_view name) const {
  return std::any_of(begin(), end(), [&](Label label) { return label.name == name; });
}

Labels Labels::without(std::string_view name) const {
  if (!has(name)) return *this;
  std::vector<Label> kept;
  kept.reserve(size());
  for (const Label label : *this) {
    if (label.name != name) kept.push_back(label);
  }
  return from(std::move(kept));
}

Labels Labels::with(std::string_view name, std::string_view value) const {
  std::vector<Label> all(begin(), end());
  all.push_back({name, value});
  return from(std::move(all));
}

std::uint64_t Labels::fingerprint() const {
  return block_ == nullptr ? kFnvOffset : block_->fingerprint;
}

std::string Labels::fingerprint_hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  std::uint64_t rest = fingerprint();
  for (std::size_t i = 16; i-- > 0; rest >>= 4) text[i] = kDigits[rest & 0xF];
  return text;
}

std::string Labels::to_string() const {
  std::string text = "{";
  for (const Label label : *this) {
    if (text.size() > 1) text += ", ";
    text.append(label.name).append("=").append(go_quote(label.value));
  }
  return text += "}";
}

bool operator==(const Labels& a, const Labels& b) {
  if (a.block_ == b.block_) return true;
  if (a.size() != b.size() || a.fingerprint() != b.fingerprint()) return false;
  return std::equal(a.begin(), a.end(), b.begin());
}

std::strong_ordering operator<=>(const Labels& a, const Labels& b) {
  if (a.block_ == b.block_) return std::strong_ordering::equal;
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (const auto order = a[i].name <=> b[i].name; order != 0) return order;
    if (const auto order = a[i].value <=> b[i].value; order != 0) return order;
  }
  return a.size() <=> b.size();
}

LabelsBuilder::LabelsBuilder(const Labels& base) {
  pairs_.reserve(base.size() + 2);
  for (const Label label : base) pairs_.emplace_back(label.name, label.value);
}

LabelsBuilder& LabelsBuilder::set(std::string_view name, std::string_view value) {
  for (auto& pair : pairs_) {
    if (pair.first == name) {
      pair.second = value;
      return *this;
    }
  }
  pairs_.emplace_back(name, value);
  return *this;
}

LabelsBuilder& LabelsBuilder::erase(std::string_view name) {
  std::erase_if(pairs_, [&](const auto& pair) { return pair.first == name; });
  return *this;
}

Labels LabelsBuilder::build() const {
  std::vector<Label> list;
  list.reserve(pairs_.size());
  for (const auto& [name, value] : pairs_) list.push_back({name, value});
  return Labels::from(std::move(list));
}

bool is_legacy_label_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string go_quote(std::string_view text) { return tmpl::quote(text); }

}  // namespace tocsin
