#include "rules/promql/tree.h"

#include <algorithm>
#include <cstring>

namespace tocsin::promql {
namespace {

// A usual expression needs about this many bytes for each byte of source; what needs more takes more chunks.
constexpr std::size_t kBytesPerByte = 10;
constexpr std::size_t kSmallestChunk = 512;
constexpr std::size_t kLargestChunk = 1U << 20U;

}  // namespace

Tree::Tree(std::string_view source) {
  chunk_size_ = std::clamp(source.size() * kBytesPerByte, kSmallestChunk, kLargestChunk);
  source_ = keep_text(source);
}

std::string_view Tree::keep_text(std::string_view text) {
  if (text.empty()) return {};
  char* kept = static_cast<char*>(take(text.size(), 1));
  std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

void* Tree::take(std::size_t size, std::size_t alignment) {
  void* place = free_;
  if (std::align(alignment, size, place, left_) == nullptr) {
    add_chunk(size + alignment);
    place = free_;
    std::align(alignment, size, place, left_);
  }
  free_ = static_cast<std::byte*>(place) + size;
  left_ -= size;
  return place;
}

void Tree::add_chunk(std::size_t least) {
  const std::size_t size = std::max(least, chunk_size_);
  chunks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[size]));  // not zeroed
  free_ = chunks_.back().get();
  left_ = size;
  chunk_size_ = std::min(kLargestChunk, chunk_size_ * 2);
}

}  // namespace tocsin::promql
