#include "core/template/printer.h"

#include <optional>

#include "core/template/go_quote.h"
#include "core/template/go_time_format.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

// Values nest at most as deep as the execution limits allow; this guards values that C++ code built.
constexpr int kDeepest = 2000;

std::optional<std::string> own_text(const Value& value) {
  if (value.kind() == Kind::time) return time_text(value.as_time());
  if (value.kind() == Kind::object) return value.as_object()->text();
  if (value.kind() != Kind::integer) return std::nullopt;
  const std::int64_t number = value.as_integer();
  switch (value.integer_type()) {
    case IntegerType::duration:
      return duration_text(value.as_duration());
    case IntegerType::month: {
      const char* name = month_name(number);
      return name != nullptr ? name : "%!Month(" + std::to_string(static_cast<std::uint64_t>(number)) + ")";
    }
    case IntegerType::weekday: {
      const char* name = weekday_name(number);
      return name != nullptr ? name : "%!Weekday(" + std::to_string(static_cast<std::uint64_t>(number)) + ")";
    }
    default:
      return std::nullopt;
  }
}

bool verb_takes_text(char32_t verb) {
  return verb == 'v' || verb == 's' || verb == 'x' || verb == 'X' || verb == 'q';
}

}  // namespace

void Printer::print(const Value& value, char32_t verb) {
  if (value.is_invalid()) return print_nil(value, verb, 0);
  if (verb == 'T') return format_.append_text(out_, value.type_name());
  print_at(value, verb, 0);
}

void Printer::print_at(const Value& value, char32_t verb, int depth) {
  if (is_full() || depth > kDeepest) return;
  if (value.is_invalid()) return print_nil(value, verb, depth);
  if (verb == 'p') return print_bad_verb(value, verb, depth);
  if (print_own_text(value, verb)) return;
  print_kind(value, verb, depth);
}

void Printer::print_nil(const Value& value, char32_t verb, int depth) {
  if (depth > 0) {
    out_ += format_.sharp_v ? "interface {}(nil)" : "<nil>";
    return;
  }
  if (verb == 'T' || verb == 'v') return format_.append_padded(out_, "<nil>");
  print_bad_verb(value, verb, depth);
}

bool Printer::print_own_text(const Value& value, char32_t verb) {
  if (in_note_ || format_.sharp_v || !verb_takes_text(verb)) return false;
  const auto text = own_text(value);
  return text && append_string(*text, verb);
}

void Printer::print_kind(const Value& value, char32_t verb, int depth) {
  switch (value.kind()) {
    case Kind::invalid:
      return;
    case Kind::boolean:
      return print_boolean(value, verb, depth);
    case Kind::integer:
    case Kind::unsigned_integer:
      return print_integer(value, verb, depth);
    case Kind::floating:
      return print_floating(value, verb, depth);
    case Kind::complex:
      return print_complex(value, verb, depth);
    case Kind::string:
      return print_string(value, verb, depth);
    case Kind::list:
      return print_list(value, verb, depth);
    case Kind::map:
      return print_map(value, verb, depth);
    case Kind::time: {
      // Without its String method Go would show the private fields; the text says more.
      if (verb == 'v') return format_.append_text(out_, time_text(value.as_time()));
      return print_bad_verb(value, verb, depth);
    }
    case Kind::function:
      if (verb == 'v') return format_.append_text(out_, value.type_name());
      return print_bad_verb(value, verb, depth);
    case Kind::object:
      break;
  }
  if (value.list_data() != nullptr) return print_list(value, verb, depth);
  if (value.map_data() != nullptr) return print_map(value, verb, depth);
  print_fields(value, verb, depth);
}

void Printer::print_bad_verb(const Value& value, char32_t verb, int depth) {
  const bool nested = in_note_;
  in_note_ = true;
  out_ += "%!";
  append_rune(out_, verb);
  out_.push_back('(');
  if (value.is_invalid()) {
    out_ += "<nil>";
  } else {
    out_ += value.type_name();
    out_.push_back('=');
    if (verb != 'v') print_at(value, 'v', depth);
  }
  out_.push_back(')');
  in_note_ = nested;
}

void Printer::print_boolean(const Value& value, char32_t verb, int depth) {
  if (verb != 't' && verb != 'v') return print_bad_verb(value, verb, depth);
  format_.append_padded(out_, value.as_boolean() ? "true" : "false");
}

void Printer::print_integer(const Value& value, char32_t verb, int depth) {
  const bool has_sign = value.kind() == Kind::integer;
  const bool negative = has_sign && value.as_integer() < 0;
  const std::uint64_t bits = has_sign ? static_cast<std::uint64_t>(value.as_integer()) : value.as_unsigned();
  const std::uint64_t magnitude = negative ? ~bits + 1 : bits;
  const auto in_base = [&](unsigned base) { format_.append_integer(out_, magnitude, negative, base, verb); };
  switch (verb) {
    case 'v':
      if (format_.sharp_v && !has_sign) {
        FieldFormat hex = format_;
        hex.sharp = true;
        return hex.append_integer(out_, magnitude, false, 16, 'v');
      }
      return in_base(10);
    case 'd':
      return in_base(10);
    case 'b':
      return in_base(2);
    case 'o':
    case 'O':
      return in_base(8);
    case 'x':
    case 'X':
      return in_base(16);
    case 'c':
      return format_.append_rune_text(out_, bits);
    case 'q':
      return format_.append_quoted_rune(out_, bits);
    case 'U':
      return format_.append_code_point(out_, bits);
    default:
      return print_bad_verb(value, verb, depth);
  }
}

bool Printer::append_floating(double number, char32_t verb) {
  switch (verb) {
    case 'v':
      format_.append_float(out_, number, 'g', -1);
      return true;
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      format_.append_float(out_, number, static_cast<char>(verb), -1);
      return true;
    case 'f':
    case 'e':
    case 'E':
      format_.append_float(out_, number, static_cast<char>(verb), 6);
      return true;
    case 'F':
      format_.append_float(out_, number, 'f', 6);
      return true;
    default:
      return false;
  }
}

void Printer::print_floating(const Value& value, char32_t verb, int depth) {
  if (!append_floating(value.as_floating(), verb)) print_bad_verb(value, verb, depth);
}

void Printer::print_complex(const Value& value, char32_t verb, int depth) {
  const std::size_t start = out_.size();
  const bool plus = format_.plus;
  out_.push_back('(');
  const bool known = append_floating(value.as_complex().real(), verb);
  if (!known) {
    out_.resize(start);
    return print_bad_verb(value, verb, depth);
  }
  format_.plus = true;  // The imaginary part always has a sign.
  append_floating(value.as_complex().imag(), verb);
  format_.plus = plus;
  out_ += "i)";
}

bool Printer::append_string(std::string_view text, char32_t verb) {
  switch (verb) {
    case 'v':
      if (format_.sharp_v) {
        format_.append_quoted(out_, text);
      } else {
        format_.append_text(out_, text);
      }
      return true;
    case 's':
      format_.append_text(out_, text);
      return true;
    case 'x':
    case 'X':
      format_.append_hex(out_, text, verb == 'X');
      return true;
    case 'q':
      format_.append_quoted(out_, text);
      return true;
    default:
      return false;
  }
}

void Printer::print_string(const Value& value, char32_t verb, int depth) {
  if (!append_string(value.as_string(), verb)) print_bad_verb(value, verb, depth);
}

void Printer::print_list(const Value& value, char32_t verb, int depth) {
  if (format_.sharp_v) out_ += value.type_name();
  out_.push_back(format_.sharp_v ? '{' : '[');
  const char* separator = "";
  for (const Value& item : value.list_data()->items) {
    out_ += separator;
    separator = format_.sharp_v ? ", " : " ";
    print_at(item, verb, depth + 1);
    if (is_full()) return;
  }
  out_.push_back(format_.sharp_v ? '}' : ']');
}

void Printer::print_map(const Value& value, char32_t verb, int depth) {
  out_ += format_.sharp_v ? value.type_name() + "{" : "map[";
  const char* separator = "";
  for (const auto& [key, entry] : value.map_data()->entries) {
    out_ += separator;
    separator = format_.sharp_v ? ", " : " ";
    print_at(Value::string(key), verb, depth + 1);
    out_.push_back(':');
    print_at(entry, verb, depth + 1);
    if (is_full()) return;
  }
  out_.push_back(format_.sharp_v ? '}' : ']');
}

void Printer::print_fields(const Value& value, char32_t verb, int depth) {
  if (format_.sharp_v) {
    const std::string name = value.type_name();
    out_ += name.starts_with("*") ? "&" + name.substr(1) : name;
  }
  out_.push_back('{');
  const char* separator = "";
  for (const auto& [name, field] : value.as_object()->fields()) {
    out_ += separator;
    separator = format_.sharp_v ? ", " : " ";
    if (format_.plus_v || format_.sharp_v) out_.append(name).push_back(':');
    print_at(field, verb, depth + 1);
    if (is_full()) return;
  }
  out_.push_back('}');
}

}  // namespace tocsin::tmpl
