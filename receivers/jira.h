// The Jira receiver: one issue per group, found again by a label made of the SHA-256 of the group key as
// Alertmanager's, so that issues that are open there are continued here. An issue is looked for first, then
// made or brought up to date, then reopened or resolved by a transition. Each of these may be repeated: what
// was made is found.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "receivers/payload_value.h"
#include "receivers/receiver_config.h"

namespace tocsin {

struct JiraConfig {
  enum class ApiType { kAuto, kCloud, kDataCenter };
  enum class Update { kEnabled, kDisabled };  // whether an issue that exists takes the new text
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  ApiType api_type = ApiType::kAuto;
  TemplateField project, issue_type, summary, description, priority;
  Update update_summary = Update::kEnabled;
  Update update_description = Update::kEnabled;
  std::vector<TemplateField> labels;
  std::string reopen_transition, resolve_transition, wont_fix_resolution;
  Duration reopen_duration{};
  PayloadValue::Map fields;  // by their ids
  TemplateField fields_field;
};

JiraConfig read_jira_config(ReceiverBlock&);
// Reads one block of jira_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_jira(ReceiverBlock&);

}  // namespace tocsin
