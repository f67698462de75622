#include "app/report_json.h"

#include "core/json.h"

namespace tocsin {
namespace {

void write_file(JsonWriter& json, const CheckedFile& file, bool failed) {
  json.begin_object().field("path", file.path);
  json.field("kind", file.is_configuration ? "configuration" : "rules");
  if (file.is_configuration) json.key("receivers").unsigned_integer(file.receivers);
  json.key("groups").unsigned_integer(file.groups);
  json.key("rules").unsigned_integer(file.rules);
  json.key("failed").boolean(failed).end_object();
}

// Lines and columns count from 1, columns and length in bytes; what is not known is left out.
void write_problem(JsonWriter& json, const ReportedProblem& one) {
  const Problem& problem = one.problem;
  json.begin_object();
  json.field("severity", to_string(problem.severity)).field("code", code_of(problem));
  json.field("file", problem.file);
  if (problem.position.line > 0) json.key("line").integer(problem.position.line);
  if (problem.position.column > 0) json.key("column").integer(problem.position.column);
  if (problem.length > 0) json.key("length").integer(problem.length);
  if (!one.rule.empty()) json.field("rule", one.rule);
  json.field("message", problem.message);
  if (!problem.hint.empty()) json.field("hint", problem.hint);
  json.field("fingerprint", one.fingerprint).end_object();
}

}  // namespace

std::string json_report(const CheckReport& report) {
  JsonWriter json;
  json.begin_object().key("version").integer(1);
  json.key("failed").boolean(report.failed());
  json.key("counts").begin_object();
  json.key("errors").unsigned_integer(report.count(Severity::kError));
  json.key("warnings").unsigned_integer(report.count(Severity::kWarning));
  json.key("notes").unsigned_integer(report.count(Severity::kNote)).end_object();
  json.key("files").begin_array();
  const std::set<std::string> failed = report.failed_files();
  for (const CheckedFile& file : report.files) write_file(json, file, failed.contains(file.path));
  json.end_array().key("problems").begin_array();
  for (const ReportedProblem& one : report.problems) write_problem(json, one);
  json.end_array();
  json.key("baseline").begin_object().key("hidden").unsigned_integer(report.hidden_by_baseline);
  json.key("gone").begin_array();
  for (const std::string& entry : report.gone_from_baseline) json.string(entry);
  json.end_array().end_object();
  json.key("outside_changes").unsigned_integer(report.outside_changes);
  json.end_object();
  return json.take() + '\n';
}

}  // namespace tocsin
