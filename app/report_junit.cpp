#include "app/report_junit.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "core/utf8.h"

namespace tocsin {
namespace {

// XML 1.0 has no way to write most control characters.
std::string xml(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    const char32_t c = rune.value;
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n' || c == '\t' || c == '\r') {
      out += fmt::format("&#{};", static_cast<unsigned>(c));
    } else if (!rune.valid || c < 0x20 || c == 0xfffe || c == 0xffff) {
      append_rune(out, 0xfffd);
    } else {
      out += text.substr(0, rune.bytes);
    }
    text.remove_prefix(rune.bytes);
  }
  return out;
}

struct Suite {
  std::vector<const ReportedProblem*> problems;
  std::size_t failures = 0;
  std::size_t cases() const { return problems.size() + (failures == 0 ? 1 : 0); }
};

void write_case(std::string& out, const ReportedProblem& one, bool fails) {
  const Problem& problem = one.problem;
  std::string name = code_of(problem);
  if (!one.rule.empty()) name += " " + one.rule;
  if (problem.position.line > 0) name += fmt::format(" (line {})", problem.position.line);
  out += fmt::format("    <testcase name=\"{}\" classname=\"{}\" file=\"{}\"", xml(name), xml(problem.file),
                     xml(problem.file));
  if (problem.position.line > 0) out += fmt::format(" line=\"{}\"", problem.position.line);
  out += " time=\"0\">\n";
  const std::string text = problem.to_string();
  if (fails) {
    out += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                       to_string(problem.severity), xml(problem.message), xml(text));
  } else {
    out += fmt::format("      <system-out>{}</system-out>\n", xml(text));
  }
  out += "    </testcase>\n";
}

}  // namespace

std::string junit_report(const CheckReport& report) {
  std::map<std::string, Suite> suites;
  for (const CheckedFile& file : report.files) suites[file.path];
  for (const ReportedProblem& one : report.problems) {
    Suite& suite = suites[one.problem.file];
    suite.problems.push_back(&one);
    suite.failures += report.fails(one.problem) ? 1 : 0;
  }
  std::size_t cases = 0, failures = 0;
  for (const auto& [file, suite] : suites) {
    cases += suite.cases();
    failures += suite.failures;
  }
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"tocsin check\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"0\">\n",
      cases, failures);
  for (const auto& [file, suite] : suites) {
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
        xml(file), suite.cases(), suite.failures);
    if (suite.failures == 0) {
      out += fmt::format("    <testcase name=\"check\" classname=\"{0}\" file=\"{0}\" time=\"0\"/>\n",
                         xml(file));
    }
    for (const ReportedProblem* one : suite.problems) write_case(out, *one, report.fails(one->problem));
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace tocsin
