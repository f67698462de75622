#include "app/report_sarif.h"

#include <map>

#include "app/report_columns.h"
#include "app/version.h"
#include "core/json.h"
#include "core/percent_encoding.h"

namespace tocsin {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kRoot = "%SRCROOT%";

std::string_view level_of(Severity severity) {
  return to_string(severity);  // error, warning and note are SARIF's words too
}

class SarifWriter {
 public:
  SarifWriter(const CheckReport& report, SourceLines& lines, const FindKind& find,
              const std::string& current_folder)
      : report_(report), lines_(lines), find_(find), current_folder_(current_folder) {
    for (const ReportedProblem& one : report.problems)
      rules_.try_emplace(code_of(one.problem), one.problem.severity);
    std::size_t index = 0;
    for (auto& [code, rule] : rules_) rule.index = index++;
  }

  std::string write() {
    json_.begin_object().field("$schema", kSchema).field("version", "2.1.0");
    json_.key("runs").begin_array().begin_object();
    write_tool();
    json_.field("columnKind", "unicodeCodePoints");
    json_.key("results").begin_array();
    for (const ReportedProblem& one : report_.problems) write_result(one);
    json_.end_array().end_object().end_array().end_object();
    return json_.take() + '\n';
  }

 private:
  struct Rule {
    explicit Rule(Severity severity_) : severity(severity_) {}
    Severity severity;
    std::size_t index = 0;
  };

  void text(std::string_view key, std::string_view text) {
    json_.key(key).begin_object().field("text", text).end_object();
  }

  void write_tool() {
    json_.key("tool").begin_object().key("driver").begin_object();
    json_.field("name", "tocsin").field("semanticVersion", kVersion);
    json_.key("rules").begin_array();
    for (const auto& [code, rule] : rules_) write_rule(code, rule);
    json_.end_array().end_object().end_object();
  }

  void write_rule(const std::string& code, const Rule& rule) {
    const FindingKind* kind = find_(code);
    json_.begin_object().field("id", code);
    if (kind != nullptr) {
      text("shortDescription", kind->title);
      text("fullDescription", kind->explanation);
      text("help", kind->explanation);
    } else {
      text("shortDescription", rule.severity == Severity::kError
                                   ? "What Prometheus, Alertmanager or Tocsin would refuse to load"
                                   : "What loads, and is worth a look");
    }
    json_.key("defaultConfiguration").begin_object();
    json_.field("level", level_of(kind != nullptr ? kind->severity : rule.severity)).end_object();
    json_.end_object();
  }

  void write_result(const ReportedProblem& one) {
    const Problem& problem = one.problem;
    const std::string code = code_of(problem);
    json_.begin_object().field("ruleId", code);
    json_.key("ruleIndex").unsigned_integer(rules_.at(code).index);
    json_.field("level", level_of(problem.severity));
    text("message", problem.hint.empty() ? problem.message : problem.message + " (" + problem.hint + ')');
    json_.key("locations").begin_array().begin_object();
    write_place(problem);
    if (!one.rule.empty()) {
      json_.key("logicalLocations")
          .begin_array()
          .begin_object()
          .field("name", one.rule)
          .end_object()
          .end_array();
    }
    json_.end_object().end_array();
    json_.key("partialFingerprints").begin_object().field("tocsinFinding/v1", one.fingerprint).end_object();
    json_.end_object();
  }

  void write_place(const Problem& problem) {
    const std::string path = report_path(problem.file, current_folder_);
    const bool absolute = path.starts_with('/');
    json_.key("physicalLocation").begin_object().key("artifactLocation").begin_object();
    json_.field("uri", (absolute ? "file://" : "") + percent_encoded(path, "/"));
    if (!absolute) json_.field("uriBaseId", kRoot);
    json_.end_object();
    if (problem.position.line > 0) {
      json_.key("region").begin_object().key("startLine").integer(problem.position.line);
      const CharacterColumns columns =
          character_columns(problem, lines_.line(problem.file, problem.position.line));
      if (columns.first > 0) json_.key("startColumn").integer(columns.first);
      if (columns.behind > 0) json_.key("endColumn").integer(columns.behind);
      json_.end_object();
    }
    json_.end_object();
  }

  const CheckReport& report_;
  SourceLines& lines_;
  const FindKind& find_;
  const std::string& current_folder_;
  std::map<std::string, Rule> rules_;
  JsonWriter json_;
};

}  // namespace

std::string sarif_report(const CheckReport& report, SourceLines& lines, const FindKind& find,
                         const std::string& current_folder) {
  return SarifWriter(report, lines, find, current_folder).write();
}

}  // namespace tocsin
