// How a Question is put to the HTTP API of Prometheus.
#pragma once

#include <string>

#include "core/time.h"
#include "rules/online/question.h"

namespace tocsin {

struct ApiCall {
  bool posts =
      false;  // the parameters are a form, because an expression may be long; else they are in the URL
  std::string path;
  std::string parameters;  // encoded; may be empty
};

// What time the questions are about.
struct QuestionTime {
  TimePoint now{};
  Duration look_back =
      std::chrono::hours(7 * 24);           // of kMetrics, kUp, kExists, kSeen, kLabels and kLabelValues
  Duration step = std::chrono::minutes(5);  // of kUp and kSeen
};

// `timeout` is told to the server with expressions.
ApiCall call_for(const Question&, const QuestionTime&, Duration timeout);

}  // namespace tocsin
