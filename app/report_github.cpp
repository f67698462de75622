#include "app/report_github.h"

#include <fmt/format.h>

#include "app/report_columns.h"

namespace tocsin {
namespace {

// As the runner undoes it: of a message %, CR and LF, of a property : and , too.
std::string escaped(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(c));
    }
  }
  return out;
}

std::string property(std::string_view text) {
  return escaped(text, "%\r\n:,");
}

std::string_view command_of(Severity severity) {
  return severity == Severity::kError ? "error" : severity == Severity::kWarning ? "warning" : "notice";
}

}  // namespace

std::string github_report(const CheckReport& report, SourceLines& lines, const std::string& current_folder) {
  std::string out;
  for (const ReportedProblem& one : report.problems) {
    const Problem& problem = one.problem;
    out += fmt::format("::{} file={}", command_of(problem.severity),
                       property(report_path(problem.file, current_folder)));
    if (problem.position.line > 0) {
      out += fmt::format(",line={0},endLine={0}", problem.position.line);
      const CharacterColumns columns =
          character_columns(problem, lines.line(problem.file, problem.position.line));
      if (columns.first > 0) out += fmt::format(",col={}", columns.first);
      if (columns.behind > 0) out += fmt::format(",endColumn={}", columns.behind);
    }
    std::string message = problem.message;
    if (!problem.hint.empty()) message += " (" + problem.hint + ')';
    out += fmt::format(",title={}::{}\n", property(code_of(problem)), escaped(message, "%\r\n"));
  }
  return out;
}

}  // namespace tocsin
