#include "core/percent_encoding.h"

#include "core/ascii.h"

namespace tocsin {

std::string percent_encoded(std::string_view text, std::string_view also_kept) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  static constexpr std::string_view kMarks = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const auto in = [c](std::string_view some) { return some.find(c) != std::string_view::npos; };
    if (is_ascii_letter_or_digit(c) || in(kMarks) || in(also_kept)) {
      out.push_back(c);
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace tocsin
