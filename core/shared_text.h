// SharedText: an immutable text of one pointer's size, shared by those who copy it. For texts that many
// alerts have in common; it compares by content and reads like a std::string_view.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tocsin {

class SharedText {
 public:
  SharedText() = default;  // the empty text; allocates nothing
  SharedText(std::string_view text) : block_(make(text)) {}
  SharedText(const std::string& text) : SharedText(std::string_view(text)) {}
  SharedText(const char* text) : SharedText(std::string_view(text)) {}
  SharedText(const SharedText& other) noexcept;
  SharedText(SharedText&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedText& operator=(SharedText other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedText() {
    if (block_ != nullptr) release(block_);
  }

  std::string_view view() const;
  operator std::string_view() const { return view(); }
  bool empty() const { return block_ == nullptr; }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.block_ == b.block_ || a.view() == b.view();
  }
  friend bool operator==(const SharedText& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const SharedText& a, const char* b) { return a.view() == b; }

 private:
  struct Block;  // reference count, size and characters in one allocation
  static Block* make(std::string_view);
  static void release(Block*) noexcept;
  Block* block_ = nullptr;
};

}  // namespace tocsin
