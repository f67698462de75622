// parse_go_time: reading a time by a Go layout. The rules, also the odd ones (a fraction after the seconds is
// read even if the layout has none; "Z" for some offset forms only), are those of Go's time.Parse.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "core/template/go_quote.h"
#include "core/template/go_time_format.h"
#include "core/template/time_layout.h"

namespace tocsin::tmpl {
namespace {

bool is_digit(std::string_view text, std::size_t position) {
  return position < text.size() && text[position] >= '0' && text[position] <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct ParseFailure {
  std::string_view element;  // What the layout wanted.
  std::string_view value;    // What was left of the text.
  std::string message;       // ": month out of range"; empty for the "cannot parse" form.
};

struct Fields {
  std::int64_t year = 0;
  int month = -1;
  int day = -1;
  int day_of_year = -1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanosecond = 0;
  bool am = false;
  bool pm = false;
  bool utc = false;
  std::optional<std::int64_t> offset;
  std::string zone_name;
};

class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  std::optional<ParseFailure> read(std::string_view layout) {
    while (true) {
      const LayoutPiece piece = next_layout_piece(layout);
      if (!skip_literal(piece.literal)) return ParseFailure{piece.literal, rest_, ""};
      if (piece.element == LayoutElement::none) {
        if (!rest_.empty()) return ParseFailure{"", rest_, ": extra text: " + quote(rest_)};
        return finish();
      }
      layout = piece.rest;
      const std::string_view before = rest_;
      range_error_ = "";
      const bool good = read_element(piece, layout);
      if (*range_error_ != '\0')
        return ParseFailure{piece.text, rest_, std::string(": ") + range_error_ + " out of range"};
      if (!good) return ParseFailure{piece.text, before, ""};
    }
  }

  const Fields& fields() const { return fields_; }

 private:
  // Blanks in the layout match any number of blanks, including none at the end.
  bool skip_literal(std::string_view literal) {
    while (!literal.empty()) {
      if (literal.front() == ' ') {
        if (!rest_.empty() && rest_.front() != ' ') return false;
        trim_blanks(literal);
        trim_blanks(rest_);
        continue;
      }
      if (rest_.empty() || rest_.front() != literal.front()) return false;
      literal.remove_prefix(1);
      rest_.remove_prefix(1);
    }
    return true;
  }

  static void trim_blanks(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }

  bool read_element(const LayoutPiece& piece, std::string_view layout_rest) {
    switch (piece.element) {
      case LayoutElement::none:
        return true;
      case LayoutElement::long_year:
        return read_long_year();
      case LayoutElement::year:
        return read_short_year();
      case LayoutElement::long_month:
        return read_name(month_name, 1, 12, 0, fields_.month);
      case LayoutElement::month:
        return read_name(month_name, 1, 12, 3, fields_.month);
      case LayoutElement::number_month:
        return read_ranged(fields_.month, 1, 1, 12, "month");
      case LayoutElement::zero_month:
        return read_ranged(fields_.month, 2, 1, 12, "month");
      case LayoutElement::long_weekday:
        return read_name(weekday_name, 0, 6, 0, ignored_);
      case LayoutElement::weekday:
        return read_name(weekday_name, 0, 6, 3, ignored_);
      case LayoutElement::under_day:
        skip_blanks(1);
        return read_number(fields_.day, 1, 2);
      case LayoutElement::day:
        return read_number(fields_.day, 1, 2);
      case LayoutElement::zero_day:
        return read_number(fields_.day, 2, 2);
      case LayoutElement::under_year_day:
        skip_blanks(2);
        return read_number(fields_.day_of_year, 1, 3);
      case LayoutElement::zero_year_day:
        return read_number(fields_.day_of_year, 3, 3);
      case LayoutElement::hour:
        return read_ranged(fields_.hour, 1, 0, 23, "hour");
      case LayoutElement::hour12:
        return read_ranged(fields_.hour, 1, 0, 12, "hour");
      case LayoutElement::zero_hour12:
        return read_ranged(fields_.hour, 2, 0, 12, "hour");
      case LayoutElement::minute:
        return read_ranged(fields_.minute, 1, 0, 59, "minute");
      case LayoutElement::zero_minute:
        return read_ranged(fields_.minute, 2, 0, 59, "minute");
      case LayoutElement::second:
        return read_second(1, layout_rest);
      case LayoutElement::zero_second:
        return read_second(2, layout_rest);
      case LayoutElement::upper_pm:
        return read_half("AM", "PM");
      case LayoutElement::lower_pm:
        return read_half("am", "pm");
      case LayoutElement::zone_name:
        return read_zone_name();
      case LayoutElement::offset:
        return read_offset(piece.text);
      case LayoutElement::fraction_fixed:
        return read_fixed_fraction(piece.text.size());
      case LayoutElement::fraction_trimmed:
        return read_optional_fraction();
    }
    return false;
  }

  void skip_blanks(int count) {
    for (; count > 0 && !rest_.empty() && rest_.front() == ' '; --count) rest_.remove_prefix(1);
  }

  bool read_long_year() {
    if (rest_.size() < 4) return false;
    std::int64_t year = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      if (!is_digit(rest_, i)) return false;
      year = year * 10 + (rest_[i] - '0');
    }
    fields_.year = year;
    rest_.remove_prefix(4);
    return true;
  }

  bool read_short_year() {
    int year = 0;
    if (!read_number(year, 2, 2)) return false;
    fields_.year = year >= 69 ? 1900 + year : 2000 + year;  // Unix time starts in 1969 in some zones.
    return true;
  }

  // A name out of first..last, cut to `length` letters unless that is 0, in any case.
  bool read_name(const char* (*name_of)(std::int64_t), int first, int last, std::size_t length, int& value) {
    for (int i = first; i <= last; ++i) {
      std::string_view name = name_of(i);
      if (length > 0) name = name.substr(0, length);
      if (rest_.size() < name.size()) continue;
      const bool same = std::equal(name.begin(), name.end(), rest_.begin(),
                                   [](char a, char b) { return lower(a) == lower(b); });
      if (!same) continue;
      value = i;
      rest_.remove_prefix(name.size());
      return true;
    }
    return false;
  }

  bool read_number(int& value, std::size_t least_digits, std::size_t most_digits) {
    std::size_t count = 0;
    int number = 0;
    while (count < most_digits && is_digit(rest_, count)) number = number * 10 + (rest_[count++] - '0');
    if (count < least_digits || count == 0) return false;
    value = number;
    rest_.remove_prefix(count);
    return true;
  }

  bool read_ranged(int& value, std::size_t least_digits, int low, int high, const char* what) {
    if (!read_number(value, least_digits, 2)) return false;
    if (value < low || value > high) range_error_ = what;
    return true;
  }

  bool read_second(std::size_t least_digits, std::string_view layout_rest) {
    if (!read_ranged(fields_.second, least_digits, 0, 59, "second")) return false;
    const auto next = next_layout_piece(layout_rest).element;
    if (next == LayoutElement::fraction_fixed || next == LayoutElement::fraction_trimmed) return true;
    return read_optional_fraction();
  }

  bool at_fraction() const {
    return rest_.size() >= 2 && (rest_.front() == '.' || rest_.front() == ',') && is_digit(rest_, 1);
  }

  void take_fraction(std::size_t length) {
    int nanoseconds = 0;
    for (std::size_t i = 1; i <= 9; ++i) nanoseconds = nanoseconds * 10 + (i < length ? rest_[i] - '0' : 0);
    fields_.nanosecond = nanoseconds;
    rest_.remove_prefix(length);
  }

  bool read_optional_fraction() {
    if (!at_fraction()) return true;
    std::size_t length = 2;
    while (is_digit(rest_, length)) ++length;
    take_fraction(length);
    return true;
  }

  bool read_fixed_fraction(std::size_t length) {
    if (rest_.size() < length || (rest_.front() != '.' && rest_.front() != ',')) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if (!is_digit(rest_, i)) return false;
    }
    take_fraction(length);
    return true;
  }

  bool read_half(std::string_view am, std::string_view pm) {
    fields_.am = fields_.am || rest_.starts_with(am);
    fields_.pm = fields_.pm || rest_.starts_with(pm);
    if (!rest_.starts_with(am) && !rest_.starts_with(pm)) return false;
    rest_.remove_prefix(2);
    return true;
  }

  bool read_zone_name() {
    if (rest_.starts_with("UTC")) {
      fields_.utc = true;
      rest_.remove_prefix(3);
      return true;
    }
    const std::size_t length = zone_name_length();
    if (length == 0) return false;
    fields_.zone_name = std::string(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return true;
  }

  // "CET", "CEST", "+03", "GMT-8": what Go takes for an abbreviation; 0 if there is none.
  std::size_t zone_name_length() const {
    if (rest_.starts_with("ChST") || rest_.starts_with("MeST")) return 4;
    if (rest_.starts_with("GMT")) return 3 + signed_hours_length(rest_.substr(3));
    if (!rest_.empty() && (rest_[0] == '+' || rest_[0] == '-')) return signed_hours_length(rest_);
    std::size_t count = 0;
    while (count < 6 && count < rest_.size() && rest_[count] >= 'A' && rest_[count] <= 'Z') ++count;
    if (count == 3) return 3;
    if (count == 4 && (rest_[3] == 'T' || rest_.starts_with("WITA"))) return 4;
    return count == 5 && rest_[4] == 'T' ? 5 : 0;
  }

  static std::size_t signed_hours_length(std::string_view text) {
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return 0;
    std::size_t length = 1;
    int hours = 0;
    while (length < text.size() && is_digit(text, length) && hours < 100)
      hours = hours * 10 + (text[length++] - '0');
    return length == 1 || hours > 23 ? 0 : length;
  }

  bool read_offset(std::string_view shape) {
    const bool with_seconds = shape.size() >= 7;
    if (shape.front() == 'Z' && !with_seconds && rest_.starts_with("Z")) {
      fields_.utc = true;
      rest_.remove_prefix(1);
      return true;
    }
    if (rest_.size() < shape.size() || (rest_[0] != '+' && rest_[0] != '-')) return false;
    std::array<int, 3> parts{};
    std::size_t part = 0;
    for (std::size_t i = 1; i < shape.size(); ++i) {
      if (shape[i] == ':') {
        if (rest_[i] != ':') return false;
        continue;
      }
      if (!is_digit(rest_, i)) return false;
      parts[part / 2] = parts[part / 2] * 10 + (rest_[i] - '0');
      ++part;
    }
    if (parts[0] > 24) range_error_ = "time zone offset hour";
    if (parts[1] > 60) range_error_ = "time zone offset minute";
    if (parts[2] > 60) range_error_ = "time zone offset second";
    const std::int64_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    fields_.offset = rest_[0] == '-' ? -seconds : seconds;
    rest_.remove_prefix(shape.size());
    return true;
  }

  // What can only be judged when everything is read: AM/PM, the day of the month, the day of the year.
  std::optional<ParseFailure> finish() {
    if (fields_.pm && fields_.hour < 12) fields_.hour += 12;
    if (fields_.am && !fields_.pm && fields_.hour == 12) fields_.hour = 0;
    if (fields_.day_of_year >= 0) {
      if (const char* problem = apply_day_of_year()) return ParseFailure{"", rest_, problem};
    }
    if (fields_.month < 0) fields_.month = 1;
    if (fields_.day < 0) fields_.day = 1;
    if (fields_.day < 1 || fields_.day > days_in_month())
      return ParseFailure{"", rest_, ": day out of range"};
    return std::nullopt;
  }

  std::int64_t days_in_month() const {
    const std::int64_t next_year = fields_.month == 12 ? fields_.year + 1 : fields_.year;
    const int next_month = fields_.month == 12 ? 1 : fields_.month + 1;
    return days_from_civil(next_year, next_month, 1) - days_from_civil(fields_.year, fields_.month, 1);
  }

  const char* apply_day_of_year() {
    const std::int64_t first = days_from_civil(fields_.year, 1, 1);
    const std::int64_t length = days_from_civil(fields_.year + 1, 1, 1) - first;
    if (fields_.day_of_year < 1 || fields_.day_of_year > length) return ": day-of-year out of range";
    int month = 12;
    while (days_from_civil(fields_.year, month, 1) - first >= fields_.day_of_year) --month;
    const int day = static_cast<int>(fields_.day_of_year - (days_from_civil(fields_.year, month, 1) - first));
    if (fields_.month >= 0 && fields_.month != month) return ": day-of-year does not match month";
    if (fields_.day >= 0 && fields_.day != day) return ": day-of-year does not match day";
    fields_.month = month;
    fields_.day = day;
    return nullptr;
  }

  std::string_view rest_;
  Fields fields_;
  int ignored_ = 0;
  const char* range_error_ = "";
};

Zone zone_of(const Fields& fields) {
  if (fields.utc) return Zone::utc();
  if (fields.offset) {
    if (*fields.offset == 0 && fields.zone_name.empty()) return Zone::utc();
    return Zone::fixed(fields.zone_name, *fields.offset);
  }
  if (fields.zone_name.empty()) return Zone::utc();
  // An unknown abbreviation has offset zero, except "GMT+3", which says its own.
  std::int64_t offset = 0;
  if (fields.zone_name.size() > 3 && fields.zone_name.starts_with("GMT")) {
    offset = std::int64_t{std::stoi(fields.zone_name.substr(3))} * 3600;
  }
  return Zone::fixed(fields.zone_name, offset);
}

}  // namespace

Result<Time> parse_go_time(std::string_view layout, std::string_view text) {
  TimeReader reader(text);
  if (const auto failure = reader.read(layout)) {
    const std::string start = "parsing time " + quote(text);
    if (!failure->message.empty()) return fail(start + failure->message);
    return fail(start + " as " + quote(layout) + ": cannot parse " + quote(failure->value) + " as " +
                quote(failure->element));
  }
  const Fields& fields = reader.fields();
  return Time::from_civil(fields.year, fields.month, fields.day, fields.hour, fields.minute, fields.second,
                          fields.nanosecond, zone_of(fields));
}

}  // namespace tocsin::tmpl
