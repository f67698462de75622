#include "core/template/go_format.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/template/printer.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

constexpr int kLargestNumber = 1'000'000;  // Go's bound on widths, precisions and argument indexes.

// One pass over a format text; each step consumes part of a verb as Go does, notes included.
class FormatRun {
 public:
  FormatRun(std::string_view format, std::span<const Value> arguments, std::size_t size_limit)
      : format_(format), arguments_(arguments), printer_(size_limit) {}

  std::string run() {
    while (position_ < format_.size() && !printer_.is_full()) {
      const std::size_t percent = std::min(format_.find('%', position_), format_.size());
      printer_.out().append(format_.substr(position_, percent - position_));
      position_ = percent + 1;
      if (percent >= format_.size()) break;
      if (!print_verb()) break;
    }
    note_extra_arguments();
    return std::move(printer_.out());
  }

 private:
  bool at_end() const { return position_ >= format_.size(); }
  char here() const { return format_[position_]; }

  // False at the end of the format text.
  bool print_verb() {
    printer_.format() = FieldFormat{};
    good_index_ = true;
    after_index_ = false;
    read_flags();
    read_index();
    read_width();
    read_precision();
    if (!after_index_) read_index();
    if (at_end()) {
      printer_.out() += "%!(NOVERB)";
      return false;
    }
    const Rune verb = decode_rune(format_, position_);
    position_ += verb.width;
    apply(verb.value);
    return true;
  }

  void apply(char32_t verb) {
    if (verb == '%') {
      printer_.out().push_back('%');
    } else if (!good_index_) {
      note(verb, "(BADINDEX)");
    } else if (next_argument_ >= arguments_.size()) {
      note(verb, "(MISSING)");
    } else {
      FieldFormat& format = printer_.format();
      if (verb == 'v') {
        format.sharp_v = std::exchange(format.sharp, false);
        format.plus_v = std::exchange(format.plus, false);
      }
      printer_.print(arguments_[next_argument_++], verb);
    }
  }

  void note(char32_t verb, std::string_view text) {
    printer_.out() += "%!";
    append_rune(printer_.out(), verb);
    printer_.out() += text;
  }

  void read_flags() {
    FieldFormat& format = printer_.format();
    for (; !at_end(); ++position_) {
      switch (here()) {
        case '#':
          format.sharp = true;
          break;
        case '0':
          format.zero = !format.minus;
          break;
        case '+':
          format.plus = true;
          break;
        case '-':
          format.minus = true;
          format.zero = false;  // No zeros to the right.
          break;
        case ' ':
          format.space = true;
          break;
        default:
          return;
      }
    }
  }

  // "[3]": which argument comes next.
  void read_index() {
    if (at_end() || here() != '[') return;
    reordered_ = true;
    const std::size_t close = format_.find(']', position_);
    if (close == std::string_view::npos) {
      good_index_ = false;
      ++position_;
      return;
    }
    std::size_t cursor = position_ + 1;
    const auto number = read_number(cursor);
    after_index_ = number && cursor == close;
    const bool good = after_index_ && *number >= 1 && static_cast<std::size_t>(*number) <= arguments_.size();
    position_ = close + 1;
    if (good) {
      next_argument_ = static_cast<std::size_t>(*number) - 1;
    } else {
      good_index_ = false;
    }
  }

  void read_width() {
    FieldFormat& format = printer_.format();
    if (!at_end() && here() == '*') {
      ++position_;
      const auto width = integer_argument();
      if (!width) printer_.out() += "%!(BADWIDTH)";
      format.has_width = width.has_value();
      format.width = width.value_or(0);
      if (format.width < 0) {
        format.width = -format.width;
        format.minus = true;
        format.zero = false;
      }
      after_index_ = false;
      return;
    }
    if (const auto width = read_number(position_)) {
      format.has_width = true;
      format.width = *width;
      if (after_index_) good_index_ = false;  // "%[3]2d"
    }
  }

  void read_precision() {
    if (position_ + 1 >= format_.size() || here() != '.') return;
    ++position_;
    if (after_index_) good_index_ = false;  // "%[3].2d"
    after_index_ = false;
    read_index();
    FieldFormat& format = printer_.format();
    if (!at_end() && here() == '*') {
      ++position_;
      const auto precision = integer_argument();
      format.has_precision = precision && *precision >= 0;
      format.precision = format.has_precision ? *precision : 0;
      if (!format.has_precision) printer_.out() += "%!(BADPREC)";
      after_index_ = false;
      return;
    }
    format.precision = read_number(position_).value_or(0);
    format.has_precision = true;
  }

  // Decimal digits at the cursor; nothing if there are none or the number is too large.
  std::optional<int> read_number(std::size_t& cursor) const {
    std::optional<int> number;
    std::size_t i = cursor;
    for (; i < format_.size() && format_[i] >= '0' && format_[i] <= '9'; ++i) {
      if (number.value_or(0) > kLargestNumber) return std::nullopt;
      number = number.value_or(0) * 10 + (format_[i] - '0');
    }
    if (number) cursor = i;
    return number;
  }

  // The value for a "*".
  std::optional<int> integer_argument() {
    if (next_argument_ >= arguments_.size()) return std::nullopt;
    const Value& value = arguments_[next_argument_++];
    std::int64_t number = 0;
    if (value.kind() == Kind::integer) {
      number = value.as_integer();
    } else if (value.kind() == Kind::unsigned_integer) {
      number = value.as_unsigned() > kLargestNumber ? kLargestNumber + 1
                                                    : static_cast<std::int64_t>(value.as_unsigned());
    } else {
      return std::nullopt;
    }
    if (number > kLargestNumber || number < -kLargestNumber) return std::nullopt;
    return static_cast<int>(number);
  }

  void note_extra_arguments() {
    if (reordered_ || next_argument_ >= arguments_.size() || printer_.is_full()) return;
    printer_.format() = FieldFormat{};
    std::string& out = printer_.out();
    out += "%!(EXTRA ";
    const char* separator = "";
    for (const Value& value : arguments_.subspan(next_argument_)) {
      out += separator;
      separator = ", ";
      if (value.is_invalid()) {
        out += "<nil>";
      } else {
        out += value.type_name() + "=";
        printer_.print(value, 'v');
      }
    }
    out.push_back(')');
  }

  std::string_view format_;
  std::span<const Value> arguments_;
  Printer printer_;
  std::size_t position_ = 0;
  std::size_t next_argument_ = 0;
  bool reordered_ = false;
  bool good_index_ = true;
  bool after_index_ = false;
};

}  // namespace

std::string sprintf(std::string_view format, std::span<const Value> arguments, std::size_t size_limit) {
  return FormatRun(format, arguments, size_limit).run();
}

std::string sprint(std::span<const Value> arguments, std::size_t size_limit) {
  Printer printer(size_limit);
  bool after_string = true;
  for (std::size_t i = 0; i < arguments.size() && !printer.is_full(); ++i) {
    const bool is_string = arguments[i].kind() == Kind::string;
    if (i > 0 && !is_string && !after_string) printer.out().push_back(' ');
    printer.print(arguments[i], 'v');
    after_string = is_string;
  }
  return std::move(printer.out());
}

std::string sprintln(std::span<const Value> arguments, std::size_t size_limit) {
  Printer printer(size_limit);
  for (std::size_t i = 0; i < arguments.size() && !printer.is_full(); ++i) {
    if (i > 0) printer.out().push_back(' ');
    printer.print(arguments[i], 'v');
  }
  printer.out().push_back('\n');
  return std::move(printer.out());
}

std::string value_text(const Value& value) {
  return sprint({&value, 1});
}

}  // namespace tocsin::tmpl
