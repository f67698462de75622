// AnswerRules say what the answers of a service mean: which are a success, which are worth another try, and
// where in them stands how long to wait, what went wrong, and the name of what was posted. A value: written
// by a user for the `http` receiver, by us for a service that it is a preset of. What is common to all HTTP
// services is service_answer's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/delivery_result.h"
#include "core/outbound.h"
#include "core/yaml_reader.h"
#include "receivers/json_path.h"

namespace tocsin {

// Ranges of HTTP statuses: 200, 2xx, 500-599.
class StatusSet {
 public:
  StatusSet(std::vector<std::pair<int, int>> ranges) : ranges_(std::move(ranges)) {}
  StatusSet(std::initializer_list<std::pair<int, int>> ranges) : ranges_(ranges) {}
  static Result<std::pair<int, int>> parse(std::string_view text);
  bool contains(int status) const;

 private:
  std::vector<std::pair<int, int>> ranges_;
};

struct AnswerRules {
  // A value of the answer: equal to `equals` (as JSON text), or, without it, there and neither null nor
  // false.
  struct JsonTest {
    JsonPath path;
    std::optional<std::string> equals;
  };
  // How long the service wants to be left alone, where that stands in the body.
  struct Wait {
    JsonPath path;
    Duration unit = std::chrono::seconds(1);
  };
  StatusSet success = {{200, 299}};
  std::optional<JsonTest> json;
  std::string body_matches;  // RE2; empty: anything
  StatusSet retry = {{429, 429}, {500, 599}};
  std::string retry_body_matches;  // RE2: whatever the status; empty: never
  std::optional<Wait> wait;        // where there is no Retry-After
  std::optional<JsonPath> message_ref;
  std::optional<JsonPath> error;  // what went wrong, in the service's words
  StatusSet gone = {};            // the message that message_ref names no longer exists
};

// Reads `success`, `retry`, `message_ref`, `message_gone` and `error` of the block.
AnswerRules read_answer_rules(YamlObject& block);

// `message_ref` is the notification's; `sent_at` anchors a Retry-After that is a date.
DeliveryResult read_answer(const AnswerRules&, const OutboundAnswer&, const std::string& message_ref,
                           TimePoint sent_at);

// For rules that we write ourselves.
JsonPath known_path(std::string_view text);

}  // namespace tocsin
