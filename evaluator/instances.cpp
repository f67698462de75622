#include "evaluator/instances.h"

#include <iterator>
#include <unordered_set>
#include <utility>

namespace tocsin {
namespace {

// The views live as long as the sample and the expansion do.
Labels instance_labels(const Rule& rule, const Sample& sample, const ExpandedRule& expanded) {
  std::vector<Label> pairs;
  pairs.reserve(sample.labels.size() + expanded.labels.size() + 1);
  for (const Label label : sample.labels) {
    if (label.name != "__name__") pairs.push_back(label);
  }
  const auto erase = [&](std::string_view name) {
    std::erase_if(pairs, [&](const Label& label) { return label.name == name; });
  };
  for (const auto& [name, value] : expanded.labels) {
    erase(name);
    if (!value.empty()) pairs.push_back({name, value});
  }
  erase("alertname");
  pairs.push_back({"alertname", rule.name});
  return Labels::from(std::move(pairs));
}

Labels annotations_of(const ExpandedRule& expanded) {
  std::vector<Label> pairs;
  pairs.reserve(expanded.annotations.size());
  for (const auto& [name, value] : expanded.annotations) pairs.push_back({name, value});
  return pairs.empty() ? Labels() : Labels::from(std::move(pairs));
}

}  // namespace

Result<InstanceSeeds> make_instances(const Rule& rule, const RuleTemplates& templates,
                                     const std::vector<Sample>& samples, const TemplateRun& run) {
  InstanceSeeds result;
  result.seeds.reserve(samples.size());
  std::unordered_set<Labels, LabelsHash> seen;
  for (const Sample& sample : samples) {
    ExpandedRule expanded = templates.expand(sample, run);
    Labels labels = instance_labels(rule, sample, expanded);
    if (!seen.insert(labels).second)
      return fail("vector contains metrics with the same labelset after applying alert labels");
    result.seeds.push_back(
        {std::move(labels), annotations_of(expanded), sample.is_histogram ? 0 : sample.value});
    std::move(expanded.failures.begin(), expanded.failures.end(),
              std::back_inserter(result.template_failures));
  }
  return result;
}

}  // namespace tocsin
