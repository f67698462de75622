#include "core/shared_text.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>

namespace tocsin {

struct SharedText::Block {
  std::atomic<std::uint32_t> references;
  std::size_t size;

  char* characters() { return reinterpret_cast<char*>(this + 1); }
};

SharedText::SharedText(const SharedText& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}

std::string_view SharedText::view() const {
  return block_ == nullptr ? std::string_view() : std::string_view(block_->characters(), block_->size);
}

SharedText::Block* SharedText::make(std::string_view text) {
  if (text.empty()) return nullptr;
  void* memory = ::operator new(sizeof(Block) + text.size());
  auto* block = new (memory) Block{{1}, text.size()};
  std::memcpy(block->characters(), text.data(), text.size());
  return block;
}

void SharedText::release(Block* block) noexcept {
  if (block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block->~Block();
  ::operator delete(block);
}

}  // namespace tocsin
