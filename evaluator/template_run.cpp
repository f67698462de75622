#include "evaluator/template_run.h"

#include <optional>
#include <string_view>
#include <utility>

#include "core/template/object.h"
#include "evaluator/template_sample.h"
#include "evaluator/text_functions.h"

namespace tocsin {
namespace {

using tmpl::Value;

// The dot of a rule's template.
class TemplateData : public tmpl::Object {
 public:
  TemplateData(Value labels, Value external_labels, Value external_url, Value value)
      : fields_{{"Labels", std::move(labels)},
                {"ExternalLabels", std::move(external_labels)},
                {"ExternalURL", std::move(external_url)},
                {"Value", value.boxed()}} {}

  // Prometheus' data has no type name of its own; this is what its error texts show.
  std::string type_name() const override {
    return "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value "
           "interface {} }";
  }
  Fields fields() const override { return fields_; }
  std::optional<Value> field(std::string_view name) const override {
    for (const auto& [known, value] : fields_) {
      if (known == name) return value;
    }
    return std::nullopt;
  }

 private:
  Fields fields_;
};

Value query_value(const std::vector<Sample>& samples) {
  std::vector<std::shared_ptr<const TemplateSample>> shared;
  shared.reserve(samples.size());
  for (const Sample& sample : samples) shared.push_back(std::make_shared<const TemplateSample>(sample));
  return Value::object(std::make_shared<const TemplateQueryResult>(std::move(shared)));
}

}  // namespace

TemplateRun::TemplateRun(TemplateEnvironment environment)
    : environment_(std::move(environment)), external_labels_(template_labels(environment_.external_labels)) {
  functions_.add("query", [this](const std::string& expression) { return query(expression); });
  // Prometheus' time is in milliseconds.
  const double now =
      std::chrono::duration_cast<std::chrono::milliseconds>(environment_.now.time_since_epoch()).count() /
      1000.0;
  functions_.add("now", [now]() { return now; });
  functions_.add("externalURL", [this]() { return environment_.external_url; });
  functions_.add("pathPrefix", [this]() { return url_path(environment_.external_url); });
}

Value TemplateRun::data(const Sample& sample) const {
  return Value::object(std::make_shared<const TemplateData>(template_labels(sample.labels), external_labels_,
                                                            Value::string(environment_.external_url),
                                                            template_value(sample)));
}

Result<Value> TemplateRun::query(const std::string& expression) {
  const auto asked = answers_.find(expression);
  if (asked != answers_.end()) return asked->second;
  Result<Value> answer = fail("queries are not possible here");
  if (environment_.query) {
    const Result<std::vector<Sample>> samples = environment_.query(expression);
    answer = samples ? Result<Value>(query_value(*samples))
                     : Result<Value>(tl::unexpected<Error>(samples.error()));
  }
  return answers_.emplace(expression, std::move(answer)).first->second;
}

}  // namespace tocsin
