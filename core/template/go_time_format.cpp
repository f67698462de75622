#include "core/template/go_time_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "core/template/time_layout.h"

namespace tocsin::tmpl {
namespace {

// The offset in the shape the layout element shows: "-07:00", "Z0700", "-070000", …
void append_offset(std::string& out, std::string_view shape, const ZoneOffset& offset) {
  if (shape.front() == 'Z' && offset.seconds == 0) {
    out.push_back('Z');
    return;
  }
  const std::int64_t magnitude = offset.seconds < 0 ? -offset.seconds : offset.seconds;
  const bool colon = shape.find(':') != std::string_view::npos;
  const auto digits = static_cast<std::size_t>(
      std::count_if(shape.begin(), shape.end(), [](char c) { return c >= '0' && c <= '9'; }));
  out.push_back(offset.seconds < 0 ? '-' : '+');
  fmt::format_to(std::back_inserter(out), "{:02}", magnitude / 3600);
  if (digits >= 4) fmt::format_to(std::back_inserter(out), "{}{:02}", colon ? ":" : "", magnitude / 60 % 60);
  if (digits >= 6) fmt::format_to(std::back_inserter(out), "{}{:02}", colon ? ":" : "", magnitude % 60);
}

void append_zone_name(std::string& out, const ZoneOffset& offset) {
  if (!offset.abbreviation.empty()) {
    out += offset.abbreviation;
    return;
  }
  append_offset(out, "-0700", offset);
}

void append_fraction(std::string& out, std::string_view shape, int nanosecond) {
  std::string digits = fmt::format("{:09}", nanosecond);
  digits.resize(shape.size() - 1, '0');
  if (shape[1] == '9') {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) return;
  }
  out.push_back(shape.front());
  out += digits;
}

int hour12(int hour) {
  return hour % 12 == 0 ? 12 : hour % 12;
}

void append_year(std::string& out, std::int64_t year) {
  fmt::format_to(std::back_inserter(out), "{}{:04}", year < 0 ? "-" : "", year < 0 ? -year : year);
}

void append_element(std::string& out, const LayoutPiece& piece, const CivilTime& civil) {
  const auto padded = [&out](auto value) { fmt::format_to(std::back_inserter(out), "{:02}", value); };
  switch (piece.element) {
    case LayoutElement::none:
      return;
    case LayoutElement::long_year:
      return append_year(out, civil.year);
    case LayoutElement::year:
      return padded(std::abs(civil.year) % 100);
    case LayoutElement::long_month:
      out += month_name(civil.month);
      return;
    case LayoutElement::month:
      out += std::string_view(month_name(civil.month)).substr(0, 3);
      return;
    case LayoutElement::number_month:
      out += std::to_string(civil.month);
      return;
    case LayoutElement::zero_month:
      return padded(civil.month);
    case LayoutElement::long_weekday:
      out += weekday_name(civil.weekday);
      return;
    case LayoutElement::weekday:
      out += std::string_view(weekday_name(civil.weekday)).substr(0, 3);
      return;
    case LayoutElement::day:
      out += std::to_string(civil.day);
      return;
    case LayoutElement::under_day:
      out += fmt::format("{:2}", civil.day);
      return;
    case LayoutElement::zero_day:
      return padded(civil.day);
    case LayoutElement::under_year_day:
      out += fmt::format("{:3}", civil.day_of_year);
      return;
    case LayoutElement::zero_year_day:
      out += fmt::format("{:03}", civil.day_of_year);
      return;
    case LayoutElement::hour:
      return padded(civil.hour);
    case LayoutElement::hour12:
      out += std::to_string(hour12(civil.hour));
      return;
    case LayoutElement::zero_hour12:
      return padded(hour12(civil.hour));
    case LayoutElement::minute:
      out += std::to_string(civil.minute);
      return;
    case LayoutElement::zero_minute:
      return padded(civil.minute);
    case LayoutElement::second:
      out += std::to_string(civil.second);
      return;
    case LayoutElement::zero_second:
      return padded(civil.second);
    case LayoutElement::upper_pm:
      out += civil.hour >= 12 ? "PM" : "AM";
      return;
    case LayoutElement::lower_pm:
      out += civil.hour >= 12 ? "pm" : "am";
      return;
    case LayoutElement::zone_name:
      return append_zone_name(out, civil.offset);
    case LayoutElement::offset:
      return append_offset(out, piece.text, civil.offset);
    case LayoutElement::fraction_fixed:
    case LayoutElement::fraction_trimmed:
      return append_fraction(out, piece.text, civil.nanosecond);
  }
}

}  // namespace

std::string format_go_time(const Time& time, std::string_view layout) {
  const CivilTime civil = time.civil();
  std::string out;
  while (!layout.empty()) {
    const LayoutPiece piece = next_layout_piece(layout);
    out += piece.literal;
    if (piece.element == LayoutElement::none) break;
    append_element(out, piece, civil);
    layout = piece.rest;
  }
  return out;
}

std::string time_text(const Time& time) {
  return format_go_time(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

}  // namespace tocsin::tmpl
