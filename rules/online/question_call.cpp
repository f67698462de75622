#include "rules/online/question_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/duration.h"
#include "core/percent_encoding.h"
#include "core/template/escape.h"

namespace tocsin {
namespace {

using Kind = Question::Kind;

class Parameters {
 public:
  Parameters& add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += tmpl::url_query_escape(name) + "=" + tmpl::url_query_escape(value);
    return *this;
  }
  // Of what has samples from the beginning of the time looked back at on. Its end is left open, for series
  // that have just begun.
  Parameters& add_span(const QuestionTime& time, Duration slack = {}) {
    return add("start", format_unix_seconds(time.now - time.look_back))
        .add("end", format_unix_seconds(time.now + slack));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string told(Duration timeout) {
  return format_prometheus_duration(std::max<Duration>(timeout, std::chrono::milliseconds(1)));
}

ApiCall at_once(std::string_view expression, const QuestionTime& time, Duration timeout, bool with_cost) {
  Parameters form;
  form.add("query", expression).add("time", format_unix_seconds(time.now)).add("timeout", told(timeout));
  if (with_cost) form.add("stats", "true");
  return {true, "/api/v1/query", form.take()};
}

ApiCall over_time(std::string_view expression, const QuestionTime& time, Duration timeout) {
  Parameters form;
  form.add("query", expression).add_span(time).add("step", fmt::format("{:.3f}", to_seconds(time.step)));
  form.add("timeout", told(timeout));
  return {true, "/api/v1/query_range", form.take()};
}

ApiCall about_names(std::string path, std::string_view selector, const QuestionTime& time) {
  Parameters parameters;
  if (!selector.empty()) parameters.add("match[]", selector);
  return {false, std::move(path), parameters.add_span(time, time.step).take()};
}

// A name beyond ASCII goes into a path in Prometheus' own way of escaping.
std::string values_path(const std::string& label) {
  return "/api/v1/label/" + percent_encoded(label) + "/values";
}

}  // namespace

ApiCall call_for(const Question& question, const QuestionTime& time, Duration timeout) {
  switch (question.kind) {
    case Kind::kBuild:
      return {false, "/api/v1/status/buildinfo", ""};
    case Kind::kTime:
      return {true, "/api/v1/query", Parameters().add("query", "time()").take()};
    case Kind::kFlags:
      return {false, "/api/v1/status/flags", ""};
    case Kind::kRuntime:
      return {false, "/api/v1/status/runtimeinfo", ""};
    case Kind::kConfig:
      return {false, "/api/v1/status/config", ""};
    case Kind::kTargets:
      return {false, "/api/v1/targets", "state=active"};
    case Kind::kMetadata:
      return {false, "/api/v1/metadata", ""};
    case Kind::kMetrics:
      return about_names(values_path("__name__"), "", time);
    case Kind::kUp:
      return over_time("count(up)", time, timeout);
    case Kind::kCost:
      return at_once(question.text, time, timeout, true);
    case Kind::kValue:
      return at_once(question.text, time, timeout, false);
    case Kind::kExists:
      return about_names(values_path("__name__"), question.text, time);
    case Kind::kSeen:
      return over_time(fmt::format("count({})", question.text), time, timeout);
    case Kind::kLabels:
      return about_names("/api/v1/labels", question.text, time);
    case Kind::kLabelValues:
      return about_names(values_path(question.label), question.text, time);
  }
  return {};
}

}  // namespace tocsin
