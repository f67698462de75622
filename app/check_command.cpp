#include "app/check_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>

#include "app/check_findings.h"
#include "app/check_report.h"
#include "app/check_targets.h"
#include "app/configuration.h"
#include "app/curl_transport.h"
#include "app/file_blocks.h"
#include "app/finding_baseline.h"
#include "app/finding_catalogue.h"
#include "app/finding_explanation.h"
#include "app/git_changes.h"
#include "app/online_survey.h"
#include "app/parallel.h"
#include "app/policy_file.h"
#include "app/report_github.h"
#include "app/report_json.h"
#include "app/report_junit.h"
#include "app/report_sarif.h"
#include "app/report_text.h"
#include "app/source_lines.h"
#include "app/version.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

constexpr int kUsage = 2;

CommandOutput wrong_usage(const std::string& message) {
  return {"", "tocsin: " + message + "\n", kUsage};
}

struct Outcome {
  CheckedFile file;
  Problems problems;
  CheckedSources sources;  // findings across rule files that are checked one by one wait for all of them
  std::optional<Configuration> configuration;
};

// On any thread.
Outcome load_target(const std::string& path, const promql::Dialect& dialect, Files& files) {
  Outcome out{{.path = path}, {}, {}, {}};
  const auto text = files.read(path);
  if (!text) {
    out.problems.error(path, {}, text.error().message);
  } else if (looks_like_configuration(*text)) {
    out.file.is_configuration = true;
    out.configuration = load_configuration(path, "http://localhost:9093", files, out.problems,
                                           MatcherDialect::kFallback, dialect, &out.sources);
  } else if (looks_like_policy(*text)) {
    read_policy_file(path, files, out.problems);
  } else {
    out.file.rules = check_rule_file(path, files, out.problems, dialect, &out.sources);
  }
  return out;
}

// On any thread. Rule files that were named themselves are judged together, later.
void judge_configuration(Outcome& out, const FindingOptions& options) {
  const Configuration* configuration = out.configuration ? &*out.configuration : nullptr;
  add_findings(out.sources, configuration, options, out.problems);
  for (const CheckedRuleFile& file : out.sources.rule_files) out.file.files.insert(file.file());
  for (const Problem& problem : out.problems.all()) out.file.files.insert(problem.file);
  if (configuration == nullptr) return;
  out.file.receivers = configuration->receivers.size();
  out.file.groups = configuration->engine.evaluator->groups.size();
  out.file.rules = configuration->rule_count;
  out.file.files.insert(configuration->files.begin(), configuration->files.end());
}

// By file and place, each once: a rule file may be checked by itself and for a configuration.
std::vector<Problem> in_order(const Problems& problems) {
  std::vector<Problem> ordered;
  std::size_t place = 0;  // where those begin that are at the place of the last one
  for (const Problem* problem : problems.in_order()) {
    if (!ordered.empty() &&
        std::tie(ordered.back().file, ordered.back().position.line, ordered.back().position.column) !=
            std::tie(problem->file, problem->position.line, problem->position.column)) {
      place = ordered.size();
    }
    // Of very many at one place (aliases can do that) only the last ones are looked at.
    const std::size_t from = std::max(place, ordered.size() - std::min<std::size_t>(ordered.size(), 50));
    if (std::find(ordered.begin() + static_cast<std::ptrdiff_t>(from), ordered.end(), *problem) ==
        ordered.end())
      ordered.push_back(*problem);
  }
  return ordered;
}

class Check {
 public:
  Check(const CheckOptions& options, const CheckSurroundings& surroundings, Files& files)
      : options_(options), surroundings_(surroundings), files_(files), lines_(files) {}

  CommandOutput run() {
    if (auto refused = read_baseline()) return *refused;
    if (!options_.online.url.empty()) {
      auto place = find_prometheus(options_.online);
      if (!place) return wrong_usage(place.error().message);
      prometheus_ = std::move(*place);
    }
    if (auto refused = read_policies()) return *refused;
    if (!options_.changed_since.empty()) {
      auto changes = GitChanges::since(options_.changed_since);
      if (!changes) return wrong_usage(changes.error().message);
      changes_ = std::move(*changes);
    }
    check_files();
    if (auto refused = apply_baseline()) return *refused;
    if (changes_) leave_changed();
    CommandOutput output{rendered(), "", report_.failed() ? 1 : 0};
    if (options_.format != "text" && options_.format != "json") output.err = asides();
    return output;
  }

 private:
  std::optional<CommandOutput> read_baseline() {
    if (options_.baseline.empty()) return std::nullopt;
    const auto text = files_.read(options_.baseline);
    if (!text) return wrong_usage(text.error().message + " (--write-baseline makes a baseline)");
    auto baseline = FindingBaseline::parse(*text);
    if (!baseline) return wrong_usage(options_.baseline + ": " + baseline.error().message);
    baseline_ = std::move(*baseline);
    return std::nullopt;
  }

  std::optional<CommandOutput> read_policies() {
    if (options_.policy.empty()) return std::nullopt;
    policies_ = read_policy_file(options_.policy, files_, problems_);
    if (!problems_.has_errors()) return std::nullopt;
    std::string mistakes = problems_.to_string();
    while (mistakes.ends_with('\n')) mistakes.pop_back();
    return wrong_usage("--policy cannot be used:\n" + mistakes);
  }

  void check_files() {
    Problems& problems = problems_;
    const std::vector<std::string> targets = find_check_targets(options_.files, files_, problems);
    outcomes_.resize(targets.size());
    in_parallel(targets.size(),
                [&](std::size_t i) { outcomes_[i] = load_target(targets[i], options_.dialect, files_); });
    if (prometheus_) ask_server();
    const FindingOptions finding{.now = surroundings_.now,
                                 .survey = survey_ ? &*survey_ : nullptr,
                                 .policies = policies_,
                                 .evaluated_here = [this](const auto& file) { return evaluated_here(file); }};
    in_parallel(outcomes_.size(), [&](std::size_t i) {
      if (outcomes_[i].file.is_configuration) judge_configuration(outcomes_[i], finding);
    });
    for (Outcome& outcome : outcomes_) {
      if (!outcome.file.is_configuration)
        std::ranges::move(outcome.sources.rule_files, std::back_inserter(rule_files_.rule_files));
      problems.append(outcome.problems);
      report_.files.push_back(std::move(outcome.file));
    }
    add_findings(rule_files_, nullptr, finding, problems);
    if (survey_ && !report_.files.empty())
      add_survey_problems(*survey_, prometheus_->name, report_.files.front().path, problems);
    report_.fail_on = options_.fail_on;
    std::map<std::string, int> repeated;  // fingerprints, and how often they were there
    for (Problem& problem : in_order(problems)) {
      ReportedProblem one{std::move(problem), "", ""};
      if (const FileBlock* block = block_of(one.problem)) one.rule = block->name;
      const std::string what = fmt::format("{}\n{}\n{}\n{}", code_of(one.problem),
                                           report_path(one.problem.file, surroundings_.current_folder),
                                           one.rule, lasting_message(one.problem.message));
      one.fingerprint = sha256_hex(fmt::format("{}\n{}", what, repeated[what]++));
      report_.problems.push_back(std::move(one));
    }
  }

  std::string whole_path(const std::string& path) const {
    return (std::filesystem::path(surroundings_.current_folder) / path).lexically_normal().string();
  }

  // A rule file may be named itself beside the configuration that loads it.
  bool evaluated_here(const CheckedRuleFile& file) const {
    return of_configurations_.contains(whole_path(file.file()));
  }

  void ask_server() {
    for (const Outcome& outcome : outcomes_) {
      if (!outcome.file.is_configuration) continue;
      for (const CheckedRuleFile& file : outcome.sources.rule_files)
        of_configurations_.insert(whole_path(file.file()));
    }
    OnlineOptions online;
    online.time.now = surroundings_.now;
    online.cost = options_.online.cost;
    PrometheusDesk desk(*prometheus_, options_.online, online.time, *surroundings_.network);
    std::vector<SurveyedFile> rule_files;
    for (const Outcome& outcome : outcomes_) {
      for (const CheckedRuleFile& file : outcome.sources.rule_files)
        rule_files.push_back({&file, !evaluated_here(file)});
    }
    if (changes_) online.left_out = unchanged_rules(rule_files);
    survey_ = take_survey(rule_files, std::move(online), desk);
  }

  std::set<const CheckedRule*> unchanged_rules(std::span<const SurveyedFile> files) {
    std::set<const CheckedRule*> rules;
    for (const SurveyedFile& one : files) {
      for (const CheckedGroup& group : one.file->groups) {
        for (const CheckedRule& rule : group.rules) {
          if (!is_changed(one.file->file(), rule.rule->position.line)) rules.insert(&rule);
        }
      }
    }
    return rules;
  }

  const FileBlock* block_of(const Problem& problem) { return block_at(problem.file, problem.position.line); }
  const FileBlock* block_at(const std::string& file, int line) {
    if (line <= 0) return nullptr;
    auto blocks = blocks_.find(file);
    if (blocks == blocks_.end()) blocks = blocks_.try_emplace(file, FileBlocks(lines_.text(file))).first;
    return blocks->second.at(line);
  }

  std::optional<CommandOutput> apply_baseline() {
    if (!options_.write_baseline.empty()) {
      baseline_ = FindingBaseline::of(report_.problems, surroundings_.current_folder);
      std::ofstream file(options_.write_baseline, std::ios::binary | std::ios::trunc);
      file << baseline_->json();
      if (!file.flush()) return wrong_usage("cannot write " + options_.write_baseline);
    }
    if (baseline_) baseline_->hide(report_, surroundings_.current_folder);
    return std::nullopt;
  }

  // What a branch did not touch is none of its business; what does not load is everybody's.
  void leave_changed() {
    report_.outside_changes = std::erase_if(report_.problems, [&](const ReportedProblem& one) {
      if (one.problem.severity == Severity::kError || one.problem.position.line <= 0) return false;
      return !is_changed(one.problem.file, one.problem.position.line);
    });
  }

  // The rule, route or receiver of the line, or else the line itself.
  bool is_changed(const std::string& file, int line) {
    const std::string path = whole_path(file);
    const FileBlock* block = block_at(file, line);
    if (block == nullptr) return changes_->touches(path, line, line);
    return std::ranges::any_of(
        block->own, [&](const auto& lines) { return changes_->touches(path, lines.first, lines.second); });
  }

  std::string rendered() {
    if (options_.format == "json") return json_report(report_);
    if (options_.format == "sarif")
      return sarif_report(report_, lines_, find_finding, surroundings_.current_folder);
    if (options_.format == "junit") return junit_report(report_);
    if (options_.format == "github") return github_report(report_, lines_, surroundings_.current_folder);
    return text_report(report_, lines_, surroundings_.colours ? Paint::kColours : Paint::kPlain);
  }

  // What formats have no place for.
  std::string asides() const { return report_asides(report_); }

  const CheckOptions& options_;
  const CheckSurroundings& surroundings_;
  Files& files_;
  SourceLines lines_;
  std::vector<Policy> policies_;
  Problems problems_;
  std::vector<Outcome> outcomes_;
  CheckedSources rule_files_;  // that were named themselves
  CheckReport report_;
  std::map<std::string, FileBlocks> blocks_;
  std::optional<FindingBaseline> baseline_;
  std::optional<GitChanges> changes_;
  std::optional<PrometheusPlace> prometheus_;
  std::optional<Survey> survey_;
  std::set<std::string> of_configurations_;  // whole paths of rule files; filled for the server's sake
};

bool wants_colours(const CheckOptions& options) {
  if (options.color != "auto") return options.color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return options.output.empty() && (no_color == nullptr || *no_color == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace

CommandOutput check(const CheckOptions& options, const CheckSurroundings& surroundings, Files& files) {
  if (!options.explain.empty()) return explain_finding(options.explain, all_findings());
  return Check(options, surroundings, files).run();
}

int run_check(const CheckOptions& options) {
  if (!options.explain.empty()) return print(explain_finding(options.explain, all_findings()));
  std::error_code ignored;
  static DiskFiles files;
  std::optional<CurlTransport> network;
  if (!options.online.url.empty())
    network.emplace(TransportOptions{.user_agent = std::string("Tocsin/") + kVersion});
  static const CheckSurroundings kSurroundings{std::filesystem::current_path(ignored).string(),
                                               wants_colours(options), std::chrono::system_clock::now(),
                                               network ? &*network : nullptr};
  // The process ends with it: to free what was read, piece by piece, would take a fifth of the time.
  static Check* const kCheck = new Check(options, kSurroundings, files);
  CommandOutput output = kCheck->run();
  if (!options.output.empty() && output.exit_code != kUsage) {
    std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
    file << output.out;
    output.out.clear();
    if (!file.flush()) return print(wrong_usage("cannot write " + options.output));
  }
  return print(output);
}

}  // namespace tocsin
