#include "rules/online/online_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/online/online_families.h"

namespace tocsin {
namespace {

constexpr const OnlineCheck* kChecks[] = {
    &kOnlineFeatures, &kOnlineSeries,   &kOnlineCost,      &kOnlineWindow,
    &kOnlineTypes,    &kOnlineMatching, &kOnlineRetention, &kOnlineLabels,
};

constexpr FindingKind kKinds[] = {
    {
        "server/unknown",
        Severity::kNote,
        "checks that were not made, because the server could not tell or was not to be asked more",
        R"(--prometheus-max-queries and --prometheus-max-time bound what is asked of the server, --prometheus-timeout each
question. What is left open then, and what the server refuses, does not have, or fails to answer, is neither right nor
wrong: it is counted here, once for each reason.)",
    },
    {
        "server/unreachable",
        Severity::kWarning,
        "the server of --prometheus cannot be reached, so that nothing was checked against it",
        R"(The first question got no answer: the address is wrong, nobody listens there, TLS or a proxy is in the way, or it
took longer than --prometheus-timeout. Everything that needs no server was checked. --http.config.file names a file with
logins, TLS and proxy.)",
    },
};

// Codes that are found without a server too.
constexpr std::string_view kOfBoth[] = {"alerts/absent", "promql/counter", "promql/rate",
                                        "promql/vector_matching"};

std::string way_out(NoAnswerReason reason) {
  switch (reason) {
    case NoAnswerReason::kQuerySpent:
      return "--prometheus-max-queries allows more";
    case NoAnswerReason::kTimeSpent:
      return "--prometheus-max-time allows more";
    case NoAnswerReason::kTimedOut:
    case NoAnswerReason::kTooSlow:
      return "--prometheus-timeout gives each question longer";
    case NoAnswerReason::kUnauthorized:
      return "--http.config.file names a file with logins";
    case NoAnswerReason::kNotFound:
      return "not every server has all of Prometheus' API; a path in front of it belongs to --prometheus";
    case NoAnswerReason::kUnreadable:
      return "is the URL right, is there a proxy in between?";
    case NoAnswerReason::kUnreachable:
    case NoAnswerReason::kServerFailed:
    case NoAnswerReason::kRefused:
    case NoAnswerReason::kGivenUp:
      break;
  }
  return "";
}

}  // namespace

std::vector<FindingKind> online_finding_kinds() {
  std::vector<FindingKind> kinds(std::begin(kKinds), std::end(kKinds));
  for (const OnlineCheck* check : kChecks)
    kinds.insert(kinds.end(), check->kinds.begin(), check->kinds.end());
  return kinds;
}

bool may_be_found_online(std::string_view code) {
  if (std::ranges::find(kOfBoth, code) != std::end(kOfBoth)) return true;
  const std::vector<FindingKind> kinds = online_finding_kinds();
  return std::ranges::find(kinds, code, &FindingKind::code) != kinds.end();
}

void find_online(const OnlineSubject& subject, const OnlineOptions& options, Inquiry& inquiry,
                 Problems& problems) {
  FindingList out(problems);
  const ExpressionView view(subject.rule->tree);
  const std::vector<LabelFlow> no_flows;
  const RuleUnderCheck rule{
      *subject.file, *subject.group, *subject.rule, *subject.rule->rule, subject.group->group->interval,
      view,          no_flows};
  const OnlineRule online{rule, options, subject.evaluated_by_server, inquiry, out};
  for (const OnlineCheck* check : kChecks) check->check(online);
}

void find_online(const CheckedRuleFile& file, const OnlineOptions& options, bool evaluated_by_server,
                 Inquiry& inquiry, Problems& problems) {
  for (const CheckedGroup& group : file.groups) {
    for (const CheckedRule& rule : group.rules) {
      if (!options.left_out.contains(&rule))
        find_online({&file, &group, &rule, evaluated_by_server}, options, inquiry, problems);
    }
  }
}

void add_recorded(const CheckedRuleFile& file, std::set<std::string, std::less<>>& recorded) {
  for (const CheckedGroup& group : file.groups) {
    for (const CheckedRule& rule : group.rules) {
      if (rule.rule->kind == Rule::Kind::kRecording) recorded.insert(rule.rule->name);
    }
  }
}

void add_unknown(const std::map<NoAnswerReason, Inquiry::Open>& open, std::string_view file,
                 Problems& problems) {
  FindingList out(problems);
  for (const auto& [reason, left] : open) {
    const std::string checks = left.checks == 1 ? "1 check" : fmt::format("{} checks", left.checks);
    const std::string way = way_out(reason);
    // The number changes from day to day, and the message must not, so that a baseline knows it.
    out.at(file, {}, kKinds[0], fmt::format("not everything was checked against the server: {}", left.words),
           fmt::format("{} not made{}{}", checks, way.empty() ? "" : "; ", way));
  }
}

void add_unreachable(std::string_view server, std::string_view why, std::string_view file,
                     Problems& problems) {
  FindingList(problems).at(
      file, {}, kKinds[1], fmt::format("nothing was checked against {}: {}", server, why),
      "is the URL of --prometheus right? --http.config.file names a file with logins, TLS and proxy");
}

}  // namespace tocsin
