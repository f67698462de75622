#include "receivers/notification_functions.h"

#include <fmt/format.h>

#include <optional>

#include "core/go_regex.h"
#include "core/humanize.h"
#include "core/letter_case.h"
#include "core/template/go_float.h"
#include "core/template/go_time_format.h"
#include "core/template/object.h"
#include "core/template/rune.h"
#include "core/value_json.h"
#include "receivers/notification_objects.h"

namespace tocsin {
namespace {

using tmpl::Function;
using tmpl::make_function;
using tmpl::StringType;
using tmpl::Value;
using Functions = tmpl::FunctionMap;
using Text = const std::string&;

std::string trim_space(Text text) {
  const auto blank = [](char32_t rune) {
    return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x85 || rune == 0xa0 || rune == 0x1680 ||
           (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 || rune == 0x202f ||
           rune == 0x205f || rune == 0x3000;
  };
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const tmpl::Rune rune = tmpl::decode_rune(text, at);
    if (!blank(rune.value)) {
      begin = std::min(begin, at);
      end = at + rune.width;
    }
    at += rune.width;
  }
  return begin < end ? text.substr(begin, end - begin) : "";
}

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// Go's url.QueryUnescape.
Result<std::string> query_unescape(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_value(text[i + 2]) : std::nullopt;
    if (!high || !low) return fail(fmt::format("invalid URL escape \"{}\"", text.substr(i, 3)));
    out.push_back(static_cast<char>(*high * 16 + *low));
    i += 2;
  }
  return out;
}

constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64_encoded(Text text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, text.size() - at);
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(text[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      out.push_back(i <= count ? kUrlAlphabet[group >> (18 - 6 * i) & 63] : '=');
  }
  return out;
}

Result<std::string> base64_decoded(Text text) {
  std::string digits;
  for (const char c : text) {
    if (c != '\r' && c != '\n') digits.push_back(c);
  }
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += 4) {
    const std::string_view four = std::string_view(digits).substr(at, 4);
    const bool last = at + 4 >= digits.size();
    const std::size_t padding =
        last && four.size() == 4 ? (four[3] == '=') + (four[3] == '=' && four[2] == '=') : 0u;
    unsigned group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t value = i < four.size() - padding ? kUrlAlphabet.find(four[i]) : 0;
      if (four.size() < 4 || value == std::string_view::npos) {
        return fail(fmt::format("illegal base64 data at input byte {}", at + std::min(i, four.size())));
      }
      group = group << 6 | static_cast<unsigned>(value);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i)
      out.push_back(static_cast<char>(group >> (16 - 8 * i) & 0xff));
  }
  return out;
}

Result<double> to_number(const Value& value) {
  switch (value.kind()) {
    case tmpl::Kind::integer:
      return value.is_duration() ? tmpl::duration_seconds(value.as_duration())
                                 : static_cast<double>(value.as_integer());
    case tmpl::Kind::unsigned_integer:
      return static_cast<double>(value.as_unsigned());
    case tmpl::Kind::floating:
      return value.as_floating();
    case tmpl::Kind::string:
      if (const auto number = tmpl::parse_float(value.as_string())) return *number;
      return fail(fmt::format("strconv.ParseFloat: parsing \"{}\": invalid syntax", value.as_string()));
    default:
      return fail("can't convert " + value.type_name() + " to float");
  }
}

Result<Value> make_dictionary(Value::List items) {
  if (items.size() % 2 != 0) return fail("dict requires an even number of arguments");
  Value::Map out;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    if (items[i].kind() != tmpl::Kind::string) return fail("dict keys must be strings");
    out.insert_or_assign(items[i].as_string(), items[i + 1]);
  }
  return Value::map(std::move(out));
}

// func(...string) []string: the one variadic function whose elements are not "any".
std::shared_ptr<const Function> string_slice() {
  auto function = std::make_shared<Function>();
  function->parameters = {tmpl::Parameter{tmpl::Parameter::Kind::string, {}}};
  function->variadic = true;
  function->result_type = "[]string";
  function->call = [](tmpl::Arguments arguments) -> Result<Value> {
    std::vector<std::string> out;
    for (const Value& argument : arguments) out.push_back(argument.as_string());
    return Value::strings(out);
  };
  return function;
}

void add_text_functions(Functions& out) {
  out.add("toUpper", make_function([](Text text) { return upper_case(text); }));
  out.add("toLower", make_function([](Text text) { return lower_case(text); }));
  out.add("title", make_function([](Text text) { return title_case(text); }));
  out.add("trimSpace", make_function([](Text text) { return trim_space(text); }));
  out.add("join", make_function([](Text separator, const std::vector<std::string>& items) {
            std::string text;
            for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : separator) + items[i];
            return text;
          }));
  out.add("match", make_function([](Text pattern, Text text) { return regex_matches(pattern, text); }));
  out.add("reReplaceAll", make_function([](Text pattern, Text replacement, Text text) {
            return regex_replace_all(pattern, replacement, text);
          }));
  out.add("urlUnescape", make_function([](Text text) { return query_unescape(text); }));
  out.add("base64encode", make_function([](Text text) { return base64_encoded(text); }));
  out.add("base64decode", make_function([](Text text) { return base64_decoded(text); }));
  out.add("safeHtml", make_function([](Text text) { return Value::string(text, StringType::html); }));
  out.add("safeUrl", make_function([](Text text) { return Value::string(text, StringType::url); }));
}

void add_time_functions(Functions& out) {
  out.add("date", make_function([](Text layout, const tmpl::Time& time) {
            return tmpl::format_go_time(time, layout);
          }));
  out.add("tz", make_function([](Text name, const tmpl::Time& time) -> Result<tmpl::Time> {
            Result<tmpl::Zone> zone = tmpl::find_zone(name);
            if (!zone) return fail(zone.error().message);
            return time.in(*zone);
          }));
  out.add("toDate", make_function([](Text layout, Text text) {
            return tmpl::parse_go_time(layout, text).value_or(tmpl::Time());
          }));
  out.add("mustToDate",
          make_function([](Text layout, Text text) { return tmpl::parse_go_time(layout, text); }));
  out.add("humanizeDuration", make_function([](const Value& value) -> Result<std::string> {
            const Result<double> seconds = to_number(value);
            if (!seconds) return fail(seconds.error().message);
            return humanize_duration(*seconds);
          }));
}

void add_collection_functions(Functions& out) {
  out.add("stringSlice", string_slice());
  out.add("toJson", make_function([](const Value& value) { return value_json(value); }));
  out.add("list", make_function([](Value::List items) { return Value::list(std::move(items)); }));
  out.add("append", make_function([](const Value::List& list, Value::List more) {
            Value::List items = list;
            items.insert(items.end(), more.begin(), more.end());
            return Value::list(std::move(items));
          }));
  out.add("dict", make_function([](Value::List items) { return make_dictionary(std::move(items)); }));
}

}  // namespace

tmpl::FunctionMap moment_functions(TimePoint now,
                                   std::function<Result<std::string>(const std::string&)> route_label) {
  Functions out;
  const tmpl::Time moment = is_set(now) ? tmpl::Time(now) : tmpl::Time();
  out.add("now", make_function([moment]() { return moment; }));
  out.add("since", make_function([moment](const tmpl::Time& earlier) { return moment.since(earlier); }));
  out.add("routeLabels",
          make_function([route_label = std::move(route_label)](Text name) -> Result<std::string> {
            return route_label ? route_label(name) : std::string();
          }));
  return out;
}

std::shared_ptr<const tmpl::FunctionMap> notification_functions() {
  static const std::shared_ptr<const tmpl::FunctionMap> kFunctions = [] {
    auto out = std::make_shared<Functions>(moment_functions(kNoTime, nullptr));
    add_text_functions(*out);
    add_time_functions(*out);
    add_collection_functions(*out);
    return out;
  }();
  return kFunctions;
}

}  // namespace tocsin
