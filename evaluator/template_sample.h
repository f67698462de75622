// Samples, query results and histograms as templates see them: Prometheus' template.sample and
// template.queryResult.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/template/object.h"
#include "evaluator/sample.h"

namespace tocsin {

tmpl::Value template_labels(const Labels&);
// The value of a sample: a number, or a histogram that prints as one.
tmpl::Value template_value(const Sample&);

class TemplateSample : public tmpl::Object {
 public:
  static constexpr const char* kTypeName = "*template.sample";
  explicit TemplateSample(const Sample& sample) : sample_(sample) {}

  const Sample& sample() const { return sample_; }
  std::string type_name() const override { return kTypeName; }
  Fields fields() const override;

 private:
  Sample sample_;
};

class TemplateQueryResult : public tmpl::Object {
 public:
  static constexpr const char* kTypeName = "template.queryResult";
  explicit TemplateQueryResult(std::vector<std::shared_ptr<const TemplateSample>> samples);

  const std::vector<std::shared_ptr<const TemplateSample>>& samples() const { return samples_; }
  std::string type_name() const override { return kTypeName; }
  const tmpl::ListData* as_list() const override { return &list_; }

 private:
  std::vector<std::shared_ptr<const TemplateSample>> samples_;
  tmpl::ListData list_;
};

}  // namespace tocsin
