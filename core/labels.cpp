#include "core/labels.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/ascii.h"
#include "core/check.h"
#include "core/template/go_quote.h"

namespace tocsin {

namespace {

constexpr std::uint64_t kFnvOffset = 14695981039346656037ULL;
constexpr std::uint64_t kFnvPrime = 1099511628211ULL;

void fnv_add(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  hash = (hash ^ 0xFFU) * kFnvPrime;
}

// A handful of pairs, often sorted already: each moves down to its place, and equal names keep their order.
void sort_by_name(std::span<Label> pairs) {
  constexpr std::size_t kFew = 32;
  if (pairs.size() > kFew) {
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Label& a, const Label& b) { return a.name < b.name; });
    return;
  }
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    const Label pair = pairs[i];
    std::size_t place = i;
    for (; place > 0 && pair.name < pairs[place - 1].name; --place) pairs[place] = pairs[place - 1];
    pairs[place] = pair;
  }
}

// Most values are plain ASCII, which needs no escapes.
void append_quoted(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  if (plain)
    out.append(1, '"').append(text).append(1, '"');
  else
    out += tmpl::quote(text);
}

char* append(char* out, std::string_view text) {
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

template <class End>
void write_values(std::span<const Label> pairs, char* memory) {
  auto* ends = reinterpret_cast<End*>(memory);
  char* const characters = memory + pairs.size() * sizeof(End);
  char* out = characters;
  for (const Label& pair : pairs) {
    out = append(out, pair.value);
    *ends++ = static_cast<End>(out - characters);
  }
}

}  // namespace

Labels Labels::sorting(std::span<Label> pairs) {
  sort_by_name(pairs);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i + 1 < pairs.size() && pairs[i + 1].name == pairs[i].name) continue;
    pairs[kept++] = pairs[i];
  }
  pairs = pairs.first(kept);
  if (pairs.empty()) return {};

  std::size_t names_size = 0, characters = 0;
  for (const Label& pair : pairs) {
    names_size += pair.name.size();
    characters += pair.value.size();
  }
  TOCSIN_CHECK(characters < UINT32_MAX && names_size < UINT32_MAX, "a label set is smaller than 4 GiB");
  const LabelNames* names = LabelNames::of(pairs);
  const bool own = names->number() == LabelNames::kNotShared, wide = characters > UINT16_MAX;
  const std::size_t end = wide ? sizeof(std::uint32_t) : sizeof(std::uint16_t);
  void* memory = ::operator new(sizeof(Block) + (own ? sizeof names : 0) + pairs.size() * end + characters);
  auto* block = new (memory) Block{{1}, wide, names->number(), {0}};
  if (own) block->named_here() = names;
  if (wide)
    write_values<std::uint32_t>(pairs, block->ends());
  else
    write_values<std::uint16_t>(pairs, block->ends());
  return Labels(block);
}

Labels::Labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::vector<Label> list;
  list.reserve(pairs.size());
  for (const auto& [name, value] : pairs) list.push_back({name, value});
  *this = from(std::move(list));
}

void Labels::destroy(Block* block) noexcept {
  if (block->own_names()) delete block->named_here();
  block->~Block();
  ::operator delete(block);
}

std::string_view Labels::value(std::string_view name) const {
  if (block_ == nullptr) return {};
  const Parts parts = block_->parts();
  const std::size_t index = parts.names->find(name);
  return index == parts.names->size() ? std::string_view() : parts.value(index);
}

bool Labels::has(std::string_view name) const {
  return block_ != nullptr && block_->names().find(name) != size();
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

// Threads that ask at the same time compute the same.
std::uint64_t Labels::fingerprint() const {
  if (block_ == nullptr) return kFnvOffset;
  std::uint64_t hash = block_->fingerprint.load(std::memory_order_relaxed);
  if (hash != 0) return hash;
  hash = kFnvOffset;
  for (const Label label : *this) {
    fnv_add(hash, label.name);
    fnv_add(hash, label.value);
  }
  block_->fingerprint.store(hash, std::memory_order_relaxed);
  return hash;
}

std::string Labels::fingerprint_hex() const {
  std::string text;
  append_hex(text, fingerprint());
  return text;
}

std::string Labels::to_string() const {
  std::string text = "{";
  if (block_ != nullptr) text.reserve(names_text().size() + values_text().size() + 5 * size() + 2);
  for (const Label label : *this) {
    if (text.size() > 1) text += ", ";
    text.append(label.name).append("=");
    append_quoted(text, label.value);
  }
  return text += "}";
}

bool operator==(const Labels& a, const Labels& b) {
  if (a.block_ == b.block_) return true;
  if (a.empty() || b.empty()) return false;
  // Just at the limit of the table, equal names may be shared by one and not by the other.
  const bool own = a.block_->own_names() || b.block_->own_names();
  if (own ? a.block_->names() != b.block_->names() : a.block_->shared_names != b.block_->shared_names)
    return false;
  // Equal values have equal ends and characters.
  return a.block_->parts().bytes() == b.block_->parts().bytes();
}

std::strong_ordering operator<=>(const Labels& a, const Labels& b) {
  if (a.block_ == b.block_) return std::strong_ordering::equal;
  if (a.empty() || b.empty()) return a.size() <=> b.size();
  const Labels::Parts of_a = a.block_->parts(), of_b = b.block_->parts();
  const bool same_names = of_a.names == of_b.names;
  const std::size_t common = std::min(of_a.names->size(), of_b.names->size());
  for (std::size_t i = 0; i < common; ++i) {
    if (!same_names) {
      if (const auto order = (*of_a.names)[i] <=> (*of_b.names)[i]; order != 0) return order;
    }
    if (const auto order = of_a.value(i) <=> of_b.value(i); order != 0) return order;
  }
  return of_a.names->size() <=> of_b.names->size();
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

std::string go_quote(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  return quoted;
}

}  // namespace tocsin
