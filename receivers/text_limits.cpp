#include "receivers/text_limits.h"

namespace tocsin {

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    append_rune(out, rune.value);
    text.remove_prefix(rune.bytes);
  }
  return out;
}

std::string cut_to_runes(std::string_view text, std::size_t limit) {
  return truncate_runes(repaired_utf8(text), limit);
}

std::string cut_to_bytes(std::string_view text, std::size_t limit) {
  constexpr std::string_view kMark = "…";
  if (text.size() <= limit) return std::string(text);
  if (limit < kMark.size()) return std::string(limit, '.');
  std::string out = repaired_utf8(text);
  std::size_t end = 0;
  while (end < out.size()) {
    const std::size_t next = end + first_rune(std::string_view(out).substr(end)).bytes;
    if (next + kMark.size() > limit) break;
    end = next;
  }
  return out.substr(0, end).append(kMark);
}

std::size_t largest_fitting(std::size_t most, const std::function<bool(std::size_t)>& fits) {
  std::size_t fitting = 0;
  for (std::size_t low = 1, high = most; low <= high;) {
    const std::size_t middle = low + (high - low) / 2;
    if (fits(middle)) {
      fitting = middle;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return fitting;
}

std::string first_bytes(std::string_view text, std::size_t limit) {
  std::string out = repaired_utf8(text);
  if (out.size() <= limit) return out;
  while (limit > 0 && (static_cast<unsigned char>(out[limit]) & 0xc0) == 0x80) --limit;
  out.resize(limit);
  return out;
}

std::string on_one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!blank) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace tocsin
