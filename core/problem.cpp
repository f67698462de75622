#include "core/problem.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tocsin {
namespace {

// Nobody mends more at once; a file that is mistakes and nothing else must not take a thousand times its
// size.
constexpr std::size_t kMostErrors = 10'000;
constexpr std::string_view kMore = "there are more than 10000 mistakes: these are the first";

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "error";
}

std::string Problem::to_string() const {
  std::string line = file;
  if (position.line > 0) {
    if (!line.empty()) line += ':';
    line += std::to_string(position.line);
    if (position.column > 0) line += ':' + std::to_string(position.column);
  }
  if (!line.empty()) line += ": ";
  line += tocsin::to_string(severity);
  line += ": " + message;
  if (!hint.empty()) line += " (" + hint + ')';
  if (!code.empty()) line += " [" + code + ']';
  return line;
}

void Problems::error(std::string_view file, Position position, std::string message, std::string hint) {
  if (problems_.size() >= kMostErrors) {
    if (problems_.back().message == kMore) return;
    position = {};
    message = kMore;
    hint = "mend them, and check again";
  }
  add({std::string(file), position, Severity::kError, std::move(message), std::move(hint), 0, ""});
}

void Problems::warning(std::string_view file, Position position, std::string message, std::string hint) {
  add({std::string(file), position, Severity::kWarning, std::move(message), std::move(hint), 0, ""});
}

void Problems::append(const Problems& others) {
  // By index: appending a list to itself doubles it, and must not walk over moved memory.
  const std::size_t count = others.problems_.size();
  for (std::size_t i = 0; i < count; ++i) problems_.push_back(Problem(others.problems_[i]));
}

bool Problems::has_errors() const {
  return std::any_of(problems_.begin(), problems_.end(),
                     [](const Problem& problem) { return problem.severity == Severity::kError; });
}

std::vector<const Problem*> Problems::in_order() const {
  std::vector<const Problem*> ordered;
  ordered.reserve(problems_.size());
  for (const Problem& problem : problems_) ordered.push_back(&problem);
  // Stable, so that two problems of one place keep the order in which they were found.
  std::stable_sort(ordered.begin(), ordered.end(), [](const Problem* a, const Problem* b) {
    return std::tie(a->file, a->position.line, a->position.column) <
           std::tie(b->file, b->position.line, b->position.column);
  });
  return ordered;
}

std::string Problems::to_string() const {
  std::string text;
  for (const Problem* problem : in_order()) text += problem->to_string() + '\n';
  return text;
}

}  // namespace tocsin
