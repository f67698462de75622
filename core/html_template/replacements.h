// Replacements: a table of what stands for single characters in some place, and the loop that applies it.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin::tmpl {

class Replacements {
 public:
  using Row = std::pair<char, const char*>;
  // ASCII characters and their texts; all others are kept.
  Replacements(std::initializer_list<Row> rows) {
    for (const auto& [character, text] : rows) add(character, text);
  }

  // A copy with more rows.
  Replacements with(std::initializer_list<Row> rows) const {
    Replacements out = *this;
    for (const auto& [character, text] : rows) out.add(character, text);
    return out;
  }
  Replacements without(char character) const {
    Replacements out = *this;
    out.add(character, "");
    return out;
  }

  // Empty: the character is kept.
  std::string_view text_for(char character) const {
    const auto byte = static_cast<unsigned char>(character);
    return byte < texts_.size() ? texts_[byte] : std::string_view();
  }

  std::string apply(std::string_view text) const {
    std::string out;
    out.reserve(text.size());
    for (const char character : text) {
      const std::string_view replacement = text_for(character);
      if (replacement.empty()) {
        out.push_back(character);
      } else {
        out += replacement;
      }
    }
    return out;
  }

 private:
  void add(char character, const char* text) { texts_[static_cast<unsigned char>(character)] = text; }
  std::array<std::string_view, 128> texts_;
};

}  // namespace tocsin::tmpl
