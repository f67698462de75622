#include "evaluator/evaluator_config.h"

namespace tocsin {

bool GroupPlan::says_the_same_as(const GroupPlan& other) const {
  const bool same_http = server->http == other.server->http ||
                         (server->http && other.server->http && *server->http == *other.server->http);
  return group == other.group && server->name == other.server->name && server->url == other.server->url &&
         server->query_params == other.server->query_params && server->timeout == other.server->timeout &&
         server->trend_span == other.server->trend_span && same_http && interval == other.interval &&
         query_offset == other.query_offset && external_labels == other.external_labels &&
         external_url == other.external_url;
}

Labels GroupPlan::with_external(const Labels& labels) const {
  LabelsBuilder builder(labels);
  for (const Label label : external_labels) {
    if (!labels.has(label.name)) builder.set(label.name, label.value);
  }
  return builder.build();
}

}  // namespace tocsin
