// Checks against a server, without one: each rule beside a table of what the server says, and what is found.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/checked_rule_file.h"
#include "rules/online/online_findings.h"

namespace tocsin::testing {

using namespace std::chrono_literals;

using Kind = Question::Kind;

inline const TimePoint kNow = *parse_rfc3339("2026-06-15T12:00:00Z");

inline std::int64_t second_of(Duration ago) {
  return std::chrono::duration_cast<std::chrono::seconds>((kNow - ago).time_since_epoch()).count();
}

// Every five minutes from so long ago until so long ago.
inline std::vector<std::int64_t> steps(Duration from, Duration until) {
  std::vector<std::int64_t> at;
  for (Duration ago = from; ago >= until; ago -= 5min) at.push_back(second_of(ago));
  return at;
}

// A server that has what a test gives it, and otherwise nothing.
struct Server {
  std::map<std::string, std::map<std::string, double>> series;  // now: of a selector, how many of each job
  std::map<std::string, double> values;                         // of an expression
  std::map<std::string, std::vector<std::int64_t>> seen;        // of a selector
  std::vector<std::string> exists;                              // selectors with series in the last week
  std::vector<std::string> metrics;
  std::map<std::string, std::vector<std::string>> labels;  // of a metric
  std::map<std::pair<std::string, std::string>, std::vector<std::string>>
      label_values;                        // of metric and label
  std::map<std::string, Evaluated> costs;  // of an expression
  std::vector<std::int64_t> up = steps(7 * 24h, 0min);
  Metadata metadata;
  ScrapeIntervals targets{{{"api", 15s}, {"slow", 2min}}};
  ServerConfig config;
  ServerFlags flags{{{"storage.tsdb.path", "data"}, {"enable-feature", ""}}};
  ServerBuild build{"3.5.0", ""};
  ServerRuntime runtime{15 * 24h};
  std::map<Kind, NoAnswer> silent;  // what it does not tell
  std::vector<Question> asked{};

  Answer answer(const Question& question) {
    asked.push_back(question);
    if (const auto found = silent.find(question.kind); found != silent.end()) return found->second;
    switch (question.kind) {
      case Kind::kBuild:
        return build;
      case Kind::kTime:
        return Evaluated{};
      case Kind::kFlags:
        return flags;
      case Kind::kRuntime:
        return runtime;
      case Kind::kConfig:
        return config;
      case Kind::kTargets:
        return targets;
      case Kind::kMetadata:
        return metadata;
      case Kind::kMetrics:
        return Names{metrics};
      case Kind::kUp:
        return Seen{up};
      case Kind::kCost:
        return costs[question.text];
      case Kind::kValue:
        return value(question.text);
      case Kind::kExists:
        return Names{std::ranges::find(exists, question.text) == exists.end()
                         ? std::vector<std::string>()
                         : std::vector<std::string>{"it"}};
      case Kind::kSeen:
        return Seen{seen[question.text]};
      case Kind::kLabels:
        return Names{labels[question.text]};
      case Kind::kLabelValues:
        return Names{label_values[{question.text, question.label}]};
    }
    return NoAnswer{};
  }

  Evaluated value(const std::string& text) {
    Evaluated out;
    for (const auto& [selector, jobs] : series) {
      if (text != "count by (job) (" + selector + ")") continue;
      for (const auto& [job, count] : jobs) out.series.push_back({job, count});
    }
    if (const auto found = values.find(text); found != values.end())
      out.series.push_back({"", found->second});
    return out;
  }
};

struct Checked {
  Problems problems;
  std::map<NoAnswerReason, Inquiry::Open> open;

  // "promql/series, promql/rate note", in order of place.
  std::string codes() const {
    std::string text;
    for (const Problem* problem : problems.in_order()) {
      text +=
          (text.empty() ? "" : ", ") + problem->code + (problem->severity == Severity::kNote ? " note" : "");
    }
    return text;
  }
  std::string message(std::size_t index = 0) const {
    const auto ordered = problems.in_order();
    return index < ordered.size() ? ordered[index]->message + " (" + ordered[index]->hint + ")" : "nothing";
  }
};

inline Checked ask(const std::string& text, Server& server, bool evaluated_by_server = true) {
  Problems loading;
  const CheckedRuleFile file = read_checked_rule_file(text, "r.yml", loading);
  CHECK_MESSAGE(!loading.has_errors(), loading.to_string());
  OnlineOptions options;
  options.time.now = kNow;
  add_recorded(file, options.recorded);
  Answers answers;
  for (int round = 0; round < 20; ++round) {
    Inquiry inquiry(answers);
    Checked checked;
    find_online(file, options, evaluated_by_server, inquiry, checked.problems);
    if (inquiry.wanted().empty()) {
      checked.open = inquiry.open();
      return checked;
    }
    for (const Question& question : inquiry.wanted()) {
      CHECK_MESSAGE(!answers.contains(question), "asked twice: " << question.text);
      answers.emplace(question, server.answer(question));
    }
  }
  FAIL("the checks never have enough");
  return {};
}

inline std::string quoted(const std::string& expression) {
  std::string text;
  for (const char c : expression) text += c == '\'' ? "''" : std::string(1, c);
  return "'" + text + "'";
}

inline Checked ask_alert(const std::string& expression, Server& server,
                         const std::string& more = "    for: 5m\n") {
  return ask("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: " + quoted(expression) + "\n" + more,
             server);
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline Evaluated failure(const std::string& type, const std::string& words) {
  Evaluated out;
  out.error_type = type;
  out.error = words;
  return out;
}

}  // namespace tocsin::testing
