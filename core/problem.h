// A Problem is one mistake in what a user wrote: where it is, what is wrong, and the way out. Problems
// collects all of them, so that one run of `check` or one reload reports everything at once. It is *not* for
// failures of our own work: those are Results, or notices.
//
// What Prometheus or Alertmanager would refuse is an error. What they take and what goes wrong at night is a
// finding: a warning or a note with a code, by which it is explained and suppressed (core/finding.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

enum class Severity { kError, kWarning, kNote };
std::string_view to_string(Severity);  // error, warning, note

// A place in a text: both count from 1; 0 means unknown.
struct Position {
  int line = 0;
  int column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

struct Problem {
  std::string file;
  Position position;
  Severity severity = Severity::kError;
  std::string message;  // what is wrong, in the reader's words; never a secret
  std::string hint;     // the way out; may be empty
  int length = 0;       // bytes of the line that the mistake takes, from its position; 0: not known
  std::string code{};   // of a finding: promql/rate; empty where a loader refuses or warns

  // FILE:LINE:COLUMN: error: MESSAGE (HINT) [CODE], as compilers print it so that editors can jump there.
  std::string to_string() const;
  friend bool operator==(const Problem&, const Problem&) = default;
};

class Problems {
 public:
  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  void error(std::string_view file, Position, std::string message, std::string hint = "");
  void warning(std::string_view file, Position, std::string message, std::string hint = "");
  void append(const Problems&);

  bool has_errors() const;
  bool empty() const { return problems_.empty(); }
  const std::vector<Problem>& all() const { return problems_; }
  // By file and position.
  std::vector<const Problem*> in_order() const;
  // One line each, in order.
  std::string to_string() const;

 private:
  std::vector<Problem> problems_;
};

}  // namespace tocsin
