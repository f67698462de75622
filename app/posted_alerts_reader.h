// Reads the body of POST /api/v2/alerts: JSON in, alerts as they were sent out, in one pass straight into
// label blocks. It judges types only; times, names and emptiness are judged by router/posted_alerts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "router/posted_alerts.h"

namespace tocsin {

// What Alertmanager's layer below the handlers refuses (422), where all else is a 400.
inline constexpr std::string_view kLabelsMissing = "labels are missing";

// An alert that cannot be taken, named so that its sender finds it.
struct PostedMistake {
  std::size_t index = 0;  // in the array that was sent
  std::string labels;     // {a="b"}, or "" where they could not be read
  std::string message;
};

struct PostedBatch {
  std::vector<PostedAlert> alerts;
  std::vector<std::size_t> indices;  // of the alerts, in the array that was sent
  std::vector<PostedMistake> mistakes;
};

// Fails where the body as a whole is not an array of JSON; with the byte offset where there is one. A body
// with kSpareBodyCapacity to spare is read where it is, any other one is copied.
Result<PostedBatch> read_posted_batch(const std::string& body);

}  // namespace tocsin
