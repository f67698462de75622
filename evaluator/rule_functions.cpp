#include "evaluator/rule_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/duration.h"
#include "core/go_regex.h"
#include "core/humanize.h"
#include "core/labels.h"
#include "core/letter_case.h"
#include "core/template/go_float.h"
#include "evaluator/template_sample.h"
#include "evaluator/text_functions.h"

namespace tocsin {
namespace {

using tmpl::FunctionMap;
using tmpl::IntegerType;
using tmpl::Value;
using SamplePtr = std::shared_ptr<const TemplateSample>;
using QueryResultPtr = std::shared_ptr<const TemplateQueryResult>;

Result<double> number_in(const std::string& text) {
  const std::optional<double> number = tmpl::parse_float(text);
  if (!number) return fail(fmt::format("strconv.ParseFloat: parsing {}: invalid syntax", go_quote(text)));
  const bool names_infinity = text.find_first_of("nN") != std::string::npos;
  if (std::isinf(*number) && !names_infinity) {
    return fail(fmt::format("strconv.ParseFloat: parsing {}: value out of range", go_quote(text)));
  }
  return *number;
}

// float64, string, int, uint, int64, uint64 and Duration are numbers to these functions; anything else is
// refused in Go's words.
Result<double> template_number(const Value& value) {
  switch (value.kind()) {
    case tmpl::Kind::floating:
      return value.as_floating();
    case tmpl::Kind::string:
      if (value.string_type() == tmpl::StringType::plain) return number_in(value.as_string());
      break;
    case tmpl::Kind::integer:
      if (value.is_duration()) return tmpl::duration_seconds(value.as_duration());
      if (value.integer_type() == IntegerType::int_ || value.integer_type() == IntegerType::int64) {
        return static_cast<double>(value.as_integer());
      }
      break;
    case tmpl::Kind::unsigned_integer:
      if (value.integer_type() == IntegerType::uint || value.integer_type() == IntegerType::uint64) {
        return static_cast<double>(value.as_unsigned());
      }
      break;
    default:
      break;
  }
  const bool nil = value.is_invalid() || value.type_name() == "interface {}";
  return fail(fmt::format("can't convert {} to float", nil ? "<nil>" : value.type_name()));
}

// A function of one number that prints it.
template <class Print>
auto of_number(Print print) {
  return [print](const Value& value) -> Result<std::string> {
    const Result<double> number = template_number(value);
    if (!number) return tl::unexpected<Error>(number.error());
    return print(*number);
  };
}

Result<SamplePtr> first_sample(const QueryResultPtr& result) {
  if (result->samples().empty()) return fail("first() called on vector with no elements");
  return result->samples().front();
}

QueryResultPtr sort_by_label(const std::string& name, const QueryResultPtr& result) {
  std::vector<SamplePtr> samples = result->samples();
  std::stable_sort(samples.begin(), samples.end(), [&](const SamplePtr& a, const SamplePtr& b) {
    return a->sample().labels.value(name) < b->sample().labels.value(name);
  });
  return std::make_shared<const TemplateQueryResult>(std::move(samples));
}

Value numbered_arguments(const Value::List& arguments) {
  Value::Map map;
  for (std::size_t i = 0; i < arguments.size(); ++i) map.emplace(fmt::format("arg{}", i), arguments[i]);
  return Value::map(std::move(map));
}

Result<double> parse_duration(const std::string& text) {
  const bool negative = text.starts_with('-');
  const Result<Duration> duration = parse_prometheus_duration(negative ? text.substr(1) : text);
  if (!duration) return tl::unexpected<Error>(duration.error());
  return negative ? -to_seconds(*duration) : to_seconds(*duration);
}

Result<tmpl::Duration> to_duration(const Value& value) {
  const Result<double> seconds = template_number(value);
  if (!seconds) return tl::unexpected<Error>(seconds.error());
  const double nanoseconds = *seconds * 1e9;
  // What Go makes of a float outside int64 on the usual machines.
  if (!(nanoseconds >= -0x1p63 && nanoseconds < 0x1p63))
    return tmpl::Duration{std::numeric_limits<std::int64_t>::min()};
  return tmpl::Duration{static_cast<std::int64_t>(nanoseconds)};
}

Result<tmpl::Time> to_time(const Value& value) {
  const Result<double> seconds = template_number(value);
  if (!seconds) return tl::unexpected<Error>(seconds.error());
  const Result<long long> milliseconds = unix_milliseconds(*seconds);
  if (!milliseconds) return tl::unexpected<Error>(milliseconds.error());
  return tmpl::Time(TimePoint(std::chrono::milliseconds(*milliseconds)));
}

void add_sample_functions(FunctionMap& functions) {
  functions.add("first", first_sample);
  functions.add("label", [](const std::string& name, const SamplePtr& sample) {
    return std::string(sample->sample().labels.value(name));
  });
  functions.add("value", [](const SamplePtr& sample) { return template_value(sample->sample()); });
  functions.add("strvalue", [](const SamplePtr& sample) {
    return std::string(sample->sample().labels.value("__value__"));
  });
  functions.add("sortByLabel", sort_by_label);
  functions.add("args", numbered_arguments);
}

void add_number_functions(FunctionMap& functions) {
  functions.add("humanize", of_number(humanize));
  functions.add("humanize1024", of_number(humanize_1024));
  functions.add("humanizeDuration", of_number(humanize_duration));
  functions.add("humanizePercentage", of_number(humanize_percentage));
  functions.add("humanizeTimestamp", of_number(humanize_timestamp));
  functions.add("parseDuration", parse_duration);
  functions.add("toDuration", to_duration);
  functions.add("toTime", to_time);
}

void add_text_functions(FunctionMap& functions) {
  functions.add("safeHtml",
                [](const std::string& text) { return Value::string(text, tmpl::StringType::html); });
  functions.add("match", [](const std::string& pattern, const std::string& text) {
    return regex_matches(pattern, text);
  });
  functions.add("reReplaceAll",
                [](const std::string& pattern, const std::string& replacement, const std::string& text) {
                  return regex_replace_all(pattern, replacement, text);
                });
  functions.add("title", [](const std::string& text) { return upper_initials(text); });
  functions.add("toUpper", [](const std::string& text) { return upper_case(text); });
  functions.add("toLower", [](const std::string& text) { return lower_case(text); });
  functions.add("stripPort", strip_port);
  functions.add("stripDomain", strip_domain);
  functions.add("graphLink", [](const std::string& expression) { return graph_link(expression); });
  functions.add("tableLink", [](const std::string& expression) { return table_link(expression); });
  functions.add("urlQueryEscape", [](const std::string& text) { return query_escape(text); });
}

// Replaced in every execution by the functions of the TemplateRun.
void add_names_of_a_run(FunctionMap& functions) {
  functions.add("query",
                [](const std::string&) -> Result<Value> { return fail("queries are not possible here"); });
  functions.add("now", [] { return 0.0; });
  functions.add("externalURL", [] { return std::string(); });
  functions.add("pathPrefix", [] { return std::string(); });
}

}  // namespace

std::shared_ptr<const FunctionMap> rule_functions() {
  static const std::shared_ptr<const FunctionMap> kFunctions = [] {
    auto functions = std::make_shared<FunctionMap>();
    add_sample_functions(*functions);
    add_number_functions(*functions);
    add_text_functions(*functions);
    add_names_of_a_run(*functions);
    return functions;
  }();
  return kFunctions;
}

}  // namespace tocsin
