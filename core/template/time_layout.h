// TimeLayout elements: how a Go layout text is cut into literal text and elements ("2006", "Jan", ".000",
// "-07:00"). Used only by go_time_format.
#pragma once

#include <string_view>

namespace tocsin::tmpl {

enum class LayoutElement {
  none,  // Only literal text is left.
  long_year,
  year,
  long_month,
  month,
  number_month,
  zero_month,
  long_weekday,
  weekday,
  day,
  under_day,
  zero_day,
  under_year_day,
  zero_year_day,
  hour,
  hour12,
  zero_hour12,
  minute,
  zero_minute,
  second,
  zero_second,
  upper_pm,
  lower_pm,
  zone_name,
  offset,            // Any of the ±07 and Z07 forms; the text says which.
  fraction_fixed,    // ".000": always that many digits.
  fraction_trimmed,  // ".999": trailing zeros removed.
};

struct LayoutPiece {
  std::string_view literal;  // Comes before the element.
  LayoutElement element = LayoutElement::none;
  std::string_view text;  // The element as written in the layout.
  std::string_view rest;
};

LayoutPiece next_layout_piece(std::string_view layout);

}  // namespace tocsin::tmpl
