// What a check asks a Prometheus server, as a value: equal questions are one question, asked once. It does
// not know how it is sent (question_call.h) nor what comes back (answer.h).
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace tocsin {

struct Question {
  // In the order in which those of several rules are asked: what all rules need comes first.
  enum class Kind : std::uint8_t {
    kBuild,        // version of the server
    kTime,         // what its clock says: that of who asks may be wrong
    kFlags,        // its command line
    kRuntime,      // how long it keeps samples
    kConfig,       // external labels, scrape intervals
    kTargets,      // scrape interval of each job
    kMetadata,     // type of each metric
    kMetrics,      // every metric name of the time looked back at
    kUp,           // when the server has scraped at all, within that time
    kValue,        // `text` is an expression: its value now
    kExists,       // `text` is a selector: whether any series of the time looked back at matches
    kSeen,         // `text` is a selector: when it had series, within that time
    kLabels,       // `text` is a selector: the label names of its series
    kLabelValues,  // `text` is a selector: the values of `label` on its series
    kCost,         // `text` is an expression: what it costs, and whether it fails
  };
  Kind kind = Kind::kBuild;
  std::string text;
  std::string label;
  friend auto operator<=>(const Question&, const Question&) = default;
};

}  // namespace tocsin
