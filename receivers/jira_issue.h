// The body of a Jira issue: what the user's templates make of a notification, in the form of the API's
// version. It knows no requests.
#pragma once

#include <string>

#include "receivers/jira.h"
#include "receivers/message_writer.h"

namespace tocsin {

enum class JiraIssue { kNew, kExisting };

struct JiraIssueBody {
  std::string json;
  std::string warning;
};

// Fails where project or issue type cannot be named.
Result<JiraIssueBody> jira_issue_body(const JiraConfig&, const Notification&, const BuildContext&, JiraIssue);

}  // namespace tocsin
