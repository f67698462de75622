// What a Prometheus server has said to a Question, read from its JSON. What cannot be read, or was never
// said, is a NoAnswer with its reason: the checks then know nothing, and conclude nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/time.h"
#include "rules/online/question.h"

namespace tocsin {

// Why nobody knows. Each reason is said once, with the words of the first that had it.
enum class NoAnswerReason : std::uint8_t {
  kUnreachable,   // no connection
  kTimedOut,      // no answer in time
  kTooSlow,       // the server broke the query off
  kUnauthorized,  // 401, 403
  kNotFound,      // 404: a server that does not have this part of the API
  kServerFailed,  // 5xx
  kRefused,       // an error of the API about this question
  kUnreadable,    // no answer of the Prometheus API
  kQuerySpent,    // the budget of queries
  kTimeSpent,     // the budget of time
  kGivenUp,       // the server has not answered several questions before this one
};

struct NoAnswer {
  NoAnswerReason reason{};
  std::string words;
  friend bool operator==(const NoAnswer&, const NoAnswer&) = default;
};

// Of kTime, kCost and kValue: the value of each series with the job that it carries.
struct Evaluated {
  struct Series {
    std::string job;
    double value = 0;
  };
  std::vector<Series> series;
  // Of kCost where the server tells it; below zero: it does not.
  double samples = -1, peak_samples = -1, seconds = -1;
  // Of kCost: an expression that the server does not take (bad_data), or that fails on its data (execution).
  std::string error_type, error;

  bool failed() const { return !error_type.empty(); }
  double sum() const;
};

// Seconds since 1970: what lies behind it is no time of any server.
inline constexpr double kEndOfTime = 9e9;

// Of kUp and kSeen: seconds since 1970 of each step at which there were series, ascending.
struct Seen {
  std::vector<std::int64_t> at;
};

// Of kMetrics, kExists, kLabels and kLabelValues.
struct Names {
  std::vector<std::string> names;
};

// Of kMetadata: by metric, as the exporter declares it; each type once.
struct Metadata {
  std::unordered_map<std::string, std::vector<std::string>> types;
};

// Of kTargets: by the label job, the shortest of its targets.
struct ScrapeIntervals {
  std::map<std::string, Duration> by_job;
};

struct ServerConfig {
  std::map<std::string, std::string> external_labels;
  Duration scrape_interval = std::chrono::minutes(1);
  std::map<std::string, Duration> by_job_name;  // of every scrape configuration
  bool reads_remotely = false;                  // there is data beyond the server's own
};

struct ServerFlags {
  std::map<std::string, std::string> values;  // without dashes in front
};

struct ServerBuild {
  std::string version;      // 2.42.0
  std::string application;  // empty with Prometheus itself
};

struct ServerRuntime {
  Duration retention{};  // zero: it does not tell, or keeps by size only
};

using Answer = std::variant<NoAnswer, Evaluated, Seen, Names, Metadata, ScrapeIntervals, ServerConfig,
                            ServerFlags, ServerBuild, ServerRuntime>;

// Reads the answer to the question from what HTTP has brought.
Answer read_answer(const Question&, int status, std::string_view body);

}  // namespace tocsin
