// All checks that ask a Prometheus server (`tocsin check --prometheus`). They are functions of rules and
// answers: see inquiry.h for how the answers come about.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rules/online/online_check.h"

namespace tocsin {

// Of findings that only a server tells of; server/unknown and server/unreachable are among them.
std::vector<FindingKind> online_finding_kinds();
// Whether a server may find this: where none was asked, or it could not tell, nobody knows whether there is
// such a finding.
bool may_be_found_online(std::string_view code);

struct OnlineSubject {
  const CheckedRuleFile* file = nullptr;
  const CheckedGroup* group = nullptr;
  const CheckedRule* rule = nullptr;
  bool evaluated_by_server = true;  // else by Tocsin, which adds its own external labels
};
// Looks at one rule only and keeps nothing but what it has asked: rules may be checked on several threads at
// once, each with an Inquiry of its own.
void find_online(const OnlineSubject&, const OnlineOptions&, Inquiry&, Problems&);
// All rules of a file, without those that are left out.
void find_online(const CheckedRuleFile&, const OnlineOptions&, bool evaluated_by_server, Inquiry&, Problems&);

// The names of the recording rules of a file.
void add_recorded(const CheckedRuleFile&, std::set<std::string, std::less<>>& recorded);

// Checks that were not made, each reason once, as findings of `file`, or that nobody answers there.
void add_unknown(const std::map<NoAnswerReason, Inquiry::Open>& open, std::string_view file, Problems&);
void add_unreachable(std::string_view server, std::string_view why, std::string_view file, Problems&);

}  // namespace tocsin
