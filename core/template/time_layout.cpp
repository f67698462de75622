#include "core/template/time_layout.h"

#include <array>

namespace tocsin::tmpl {
namespace {

struct Spelling {
  std::string_view text;
  LayoutElement element;
  bool word = false;  // Not an element if a lower case letter follows ("Janet" is literal text).
};

// Where two spellings start alike the one that Go prefers comes first.
constexpr std::array kSpellings = {
    Spelling{"January", LayoutElement::long_month},
    Spelling{"Jan", LayoutElement::month, true},
    Spelling{"Monday", LayoutElement::long_weekday},
    Spelling{"Mon", LayoutElement::weekday, true},
    Spelling{"MST", LayoutElement::zone_name},
    Spelling{"01", LayoutElement::zero_month},
    Spelling{"02", LayoutElement::zero_day},
    Spelling{"03", LayoutElement::zero_hour12},
    Spelling{"04", LayoutElement::zero_minute},
    Spelling{"05", LayoutElement::zero_second},
    Spelling{"06", LayoutElement::year},
    Spelling{"002", LayoutElement::zero_year_day},
    Spelling{"15", LayoutElement::hour},
    Spelling{"1", LayoutElement::number_month},
    Spelling{"2006", LayoutElement::long_year},
    Spelling{"2", LayoutElement::day},
    Spelling{"_2", LayoutElement::under_day},
    Spelling{"__2", LayoutElement::under_year_day},
    Spelling{"3", LayoutElement::hour12},
    Spelling{"4", LayoutElement::minute},
    Spelling{"5", LayoutElement::second},
    Spelling{"PM", LayoutElement::upper_pm},
    Spelling{"pm", LayoutElement::lower_pm},
    Spelling{"-070000", LayoutElement::offset},
    Spelling{"-07:00:00", LayoutElement::offset},
    Spelling{"-0700", LayoutElement::offset},
    Spelling{"-07:00", LayoutElement::offset},
    Spelling{"-07", LayoutElement::offset},
    Spelling{"Z070000", LayoutElement::offset},
    Spelling{"Z07:00:00", LayoutElement::offset},
    Spelling{"Z0700", LayoutElement::offset},
    Spelling{"Z07:00", LayoutElement::offset},
    Spelling{"Z07", LayoutElement::offset},
};

constexpr std::string_view kFirstLetters = "JM0123456_PpZ-.,";

bool starts_lower(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z';
}

// The length of ".000" or ",999" at the start, 0 if there is none.
std::size_t fraction_length(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || (text[1] != '0' && text[1] != '9')) return 0;
  std::size_t end = 1;
  while (end < text.size() && text[end] == text[1]) ++end;
  const bool digit_follows = end < text.size() && text[end] >= '0' && text[end] <= '9';
  return digit_follows ? 0 : end;
}

}  // namespace

LayoutPiece next_layout_piece(std::string_view layout) {
  for (std::size_t i = 0; i < layout.size(); ++i) {
    if (kFirstLetters.find(layout[i]) == std::string_view::npos) continue;
    const std::string_view here = layout.substr(i);
    if (here.starts_with("_2006")) {
      return {layout.substr(0, i + 1), LayoutElement::long_year, here.substr(1, 4), here.substr(5)};
    }
    if (const std::size_t length = fraction_length(here); length > 0) {
      const auto element = here[1] == '0' ? LayoutElement::fraction_fixed : LayoutElement::fraction_trimmed;
      return {layout.substr(0, i), element, here.substr(0, length), here.substr(length)};
    }
    for (const Spelling& spelling : kSpellings) {
      if (!here.starts_with(spelling.text)) continue;
      const std::string_view rest = here.substr(spelling.text.size());
      if (spelling.word && starts_lower(rest)) continue;
      return {layout.substr(0, i), spelling.element, here.substr(0, spelling.text.size()), rest};
    }
  }
  return {layout, LayoutElement::none, {}, {}};
}

}  // namespace tocsin::tmpl
