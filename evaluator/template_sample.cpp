#include "evaluator/template_sample.h"

#include <map>
#include <optional>
#include <utility>

namespace tocsin {
namespace {

class TemplateHistogram : public tmpl::Object {
 public:
  explicit TemplateHistogram(std::string text) : text_(std::move(text)) {}
  std::string type_name() const override { return "*histogram.FloatHistogram"; }
  std::optional<std::string> text() const override { return text_; }

 private:
  std::string text_;
};

tmpl::ListData list_of(const std::vector<std::shared_ptr<const TemplateSample>>& samples) {
  tmpl::Value::List items;
  items.reserve(samples.size());
  for (const auto& sample : samples) items.push_back(tmpl::Value::object(sample));
  return {std::move(items), tmpl::ElementType::any};
}

}  // namespace

tmpl::Value template_labels(const Labels& labels) {
  std::map<std::string, std::string> entries;
  for (const Label label : labels) entries.emplace_hint(entries.end(), label.name, label.value);
  return tmpl::Value::string_map(entries);
}

tmpl::Value template_value(const Sample& sample) {
  if (!sample.is_histogram) return tmpl::Value::floating(sample.value);
  return tmpl::Value::object(std::make_shared<TemplateHistogram>(sample.histogram_text));
}

tmpl::Object::Fields TemplateSample::fields() const {
  return {{"Labels", template_labels(sample_.labels)}, {"Value", template_value(sample_)}};
}

TemplateQueryResult::TemplateQueryResult(std::vector<std::shared_ptr<const TemplateSample>> samples)
    : samples_(std::move(samples)), list_(list_of(samples_)) {}

}  // namespace tocsin
