#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "core/template/go_format.h"
#include "core/template/template_set.h"

namespace tocsin::tmpl {
namespace {

Value number(double value) {
  return Value::floating(value);
}
Value integer(std::int64_t value) {
  return Value::integer(value);
}
Value text(const char* value) {
  return Value::string(value);
}

struct FormatCase {
  const char* format;
  std::vector<Value> arguments;
  const char* want;
};

TEST_CASE("sprintf writes verbs, flags, widths and Go's notes") {
  const std::vector<FormatCase> table = {
      {"%d|%5d|%-5d|%05d|%+d|% d",
       {integer(42), integer(42), integer(42), integer(42), integer(42), integer(42)},
       "42|   42|42   |00042|+42| 42"},
      {"%x %X %#x %o %O %b %c %U %q",
       {integer(255), integer(255), integer(255), integer(8), integer(8), integer(5), integer(0x263A),
        integer(0x263A), integer(65)},
       "ff FF 0xff 10 0o10 101 ☺ U+263A 'A'"},
      {"%v %g %e %E %f %.2f %8.2f|%-8.1f|%+.1f %G",
       {number(1.5), number(1e21), number(1.5), number(1.5), number(1.5), number(1.005), number(3.14159),
        number(2.5), number(1), number(1e-7)},
       "1.5 1e+21 1.500000e+00 1.500000E+00 1.500000 1.00     3.14|2.5     |+1.0 1E-07"},
      {"%.4g %.4g %.4g %.3g",
       {number(1234567.891), number(0.00012345), number(100000), number(100)},
       "1.235e+06 0.0001234 1e+05 100"},
      {"%s|%10s|%-10s|%.2s|%q|%x|% X|%#q",
       {text("héy"), text("héy"), text("héy"), text("héy"), text("a\"b"), text("hi"), text("hi"), text("a`")},
       "héy|       héy|héy       |hé|\"a\\\"b\"|6869|68 69|\"a`\""},
      {"%t %v %v", {Value::boolean(true), Value::nil(), Value()}, "true <nil> <nil>"},
      {"%T %T %T %T",
       {integer(1), number(1), text(""), Value::list({})},
       "int float64 string []interface {}"},
      {"%d", {number(1.5)}, "%!d(float64=1.5)"},
      {"%s", {number(1234567.891)}, "%!s(float64=1.234567891e+06)"},
      {"%s", {}, "%!s(MISSING)"},
      {"a", {integer(1)}, "a%!(EXTRA int=1)"},
      {"%z", {integer(1)}, "%!z(int=1)"},
      {"%d", {Value()}, "%!d(<nil>)"},
      {"%", {}, "%!(NOVERB)"},
      {"100%%", {}, "100%"},
      {"%[2]d %[1]d", {integer(1), integer(2)}, "2 1"},
      {"%[3]d", {integer(1)}, "%!d(BADINDEX)"},
      {"%*d|%-*d|", {integer(5), integer(42), integer(4), integer(7)}, "   42|7   |"},
      {"%.*f", {integer(1), number(2.25)}, "2.2"},
      {"%v %+v %#v",
       {Value::list({integer(1), text("a"), Value()}), Value::map({{"k", integer(1)}}),
        Value::strings({"x"})},
       "[1 a <nil>] map[k:1] []string{\"x\"}"},
      {"%d %s",
       {Value::list({integer(1), text("a")}), Value::list({integer(1), text("a")})},
       "[1 %!d(string=a)] [%!s(int=1) a]"},
      {"%v %s %d %5.1f",
       {Value::duration({90'000'000'000}), Value::duration({1}), Value::duration({1500}), number(2.25)},
       "1m30s 1ns 1500   2.2"},
      {"%v %s %d",
       {Value::integer(3, IntegerType::month), Value::integer(6, IntegerType::weekday),
        Value::integer(3, IntegerType::month)},
       "March Saturday 3"},
      {"%5t|%6v|%06d|%x",
       {Value::boolean(true), Value::nil(), integer(-42), number(1)},
       " true| <nil>|-00042|0x1p+00"},
  };
  for (const FormatCase& item : table) {
    CAPTURE(item.format);
    CHECK(sprintf(item.format, item.arguments) == item.want);
  }
}

TEST_CASE("sprint puts blanks between operands that are not strings, sprintln between all") {
  const std::vector<Value> values = {integer(1), integer(2), text("a"), text("b"), integer(3)};
  CHECK(sprint(values) == "1 2ab3");
  CHECK(sprintln(values) == "1 2 a b 3\n");
}

TEST_CASE("floats print the fewest digits that read back, in exponent form outside 1e-4 to 1e6") {
  struct Row {
    double value;
    const char* want;
  };
  const std::vector<Row> rows = {{0.0001, "0.0001"},     {0.00001, "1e-05"}, {100000, "100000"},
                                 {123456.7, "123456.7"}, {1000000, "1e+06"}, {1234567.891, "1.234567891e+06"},
                                 {1e20, "1e+20"},        {1e21, "1e+21"},    {0, "0"},
                                 {-0.0, "-0"},           {5e-324, "5e-324"}, {INFINITY, "+Inf"},
                                 {-INFINITY, "-Inf"},    {NAN, "NaN"}};
  for (const Row& row : rows) CHECK(value_text(number(row.value)) == row.want);
  CHECK(format_float(1e21, 'f', -1) == "1000000000000000000000");
  CHECK(format_float(1e-6, 'f', -1) == "0.000001");
  CHECK(format_float(123456, 'e', -1) == "1.23456e+05");
  CHECK(format_float(0.5, 'b', -1) == "4503599627370496p-53");
  CHECK(format_float(2.5, 'f', 0) == "2");
}

TEST_CASE("a size limit stops a text that would explode") {
  Value value = Value::list({text("aaaaaaaaaaaaaaaa")});
  for (int i = 0; i < 60; ++i) value = Value::list({value, value});
  CHECK(sprint(std::vector<Value>{value}, 1000).size() < 2000);
}

TEST_CASE("parse_float reads what Go reads") {
  CHECK(parse_float("1e3") == 1000);
  CHECK(parse_float("0x1p-2") == 0.25);
  CHECK(parse_float("-Inf") == -INFINITY);
  CHECK(std::isnan(*parse_float("NaN")));
  CHECK(parse_float("1e400") == INFINITY);
  for (const char* bad : {"", "abc", "1 ", " 1", "1e", "0x1", "--1", "1__0", "1_"}) {
    CAPTURE(bad);
    CHECK(!parse_float(bad));
  }
}

}  // namespace
}  // namespace tocsin::tmpl
