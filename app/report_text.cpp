#include "app/report_text.h"

#include <fmt/format.h>

namespace tocsin {
namespace {

std::string plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string summary(const CheckedFile& file) {
  if (!file.is_configuration) return fmt::format("{} rules", file.rules);
  return fmt::format("{} receivers, {} rule groups, {} rules", file.receivers, file.groups, file.rules);
}

}  // namespace

std::string text_report(const CheckReport& report, SourceLines& lines, Paint paint) {
  std::string out;
  for (const ReportedProblem& one : report.problems) append_problem(out, one.problem, lines, paint);
  const std::set<std::string> failed = report.failed_files();
  for (const CheckedFile& file : report.files) {
    const bool bad = failed.contains(file.path);
    out += fmt::format("{}: {}\n", file.path,
                       bad ? painted("FAILED", Colour::kRed, paint)
                           : fmt::format("{}, {}", painted("ok", Colour::kGreen, paint), summary(file)));
  }
  return out + report_asides(report);
}

std::string report_asides(const CheckReport& report) {
  std::string out;
  if (report.outside_changes > 0)
    out += fmt::format("{} outside the changes not shown\n", plural(report.outside_changes, "finding"));
  if (report.hidden_by_baseline > 0)
    out += fmt::format("{} of the baseline hidden\n", plural(report.hidden_by_baseline, "finding"));
  for (const std::string& entry : report.gone_from_baseline)
    out += fmt::format("gone, and still in the baseline: {}\n", entry);
  return out;
}

}  // namespace tocsin
