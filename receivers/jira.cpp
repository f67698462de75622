#include "receivers/jira.h"

#include <algorithm>

#include "core/labels.h"
#include "receivers/jira_issue.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;

// What the search found.
struct FoundIssue {
  std::string key;  // empty: there is none
  bool done = false;
  bool status_known = false;
};

class Jira final : public Integration {
 public:
  Jira(IntegrationId id, std::string fingerprint, JiraConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;
  bool takes_several_requests() const override { return true; }
  NextStep next(const Notification&, const BuildContext&, const std::vector<OutboundAnswer>&) const override;

 private:
  HttpRequest request(std::string method, const std::string& path, std::string body) const;
  std::string search_url() const;
  NextStep after_search(const Notification&, const BuildContext&, const OutboundAnswer&) const;
  NextStep after_write(const Notification&, const FoundIssue&, const OutboundAnswer& written) const;
  NextStep after_transitions(const Notification&, const FoundIssue&, const OutboundAnswer& listed) const;
  // Empty: the issue stays where it is.
  std::string wanted_transition(const Notification&, const FoundIssue&) const;
  JiraConfig config_;
};

std::vector<TemplateField> Jira::template_fields() const {
  const JiraConfig& c = config_;
  std::vector<TemplateField> out = {c.project, c.issue_type, c.summary, c.description, c.priority};
  out.insert(out.end(), c.labels.begin(), c.labels.end());
  std::vector<std::string> texts;
  for (const auto& [name, value] : c.fields) collect_texts(value, texts);
  for (std::string& text : texts) {
    out.push_back(c.fields_field);
    out.back().text = std::move(text);
  }
  return out;
}

HttpRequest Jira::request(std::string method, const std::string& path, std::string body) const {
  HttpRequest out =
      json_request(std::move(method), extended_url(config_.api_url, path), std::move(body), config_.http);
  out.headers.emplace_back("Accept-Language", "en");  // the names of transitions are compared
  return out;
}

// Jira Cloud has searched under another path since 2025, of version 3 of its API only.
std::string Jira::search_url() const {
  const std::size_t host_begin = config_.api_url.find("://") + 3;
  const std::string host =
      config_.api_url.substr(host_begin, config_.api_url.find_first_of("/?#", host_begin) - host_begin);
  const bool cloud = config_.api_type == JiraConfig::ApiType::kCloud ||
                     (config_.api_type == JiraConfig::ApiType::kAuto && host.ends_with("atlassian.net"));
  if (!cloud) return extended_url(config_.api_url, "search");
  std::string out = extended_url(config_.api_url, "search/jql");
  constexpr std::string_view kVersion2 = "/rest/api/2/";
  if (const std::size_t at = out.find(kVersion2); at != std::string::npos) {
    out.replace(at, kVersion2.size(), "/rest/api/3/");
  }
  return out;
}

// Open issues of this group; where it fires again, also those that were resolved a short while ago.
std::string query(const JiraConfig& config, const Notification& notification, const std::string& project) {
  std::string out;
  if (!config.wont_fix_resolution.empty()) {
    out += "(resolution is EMPTY or resolution != " + go_quote(config.wont_fix_resolution) + ") and ";
  }
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(config.reopen_duration).count();
  if (notification.firing() && !config.reopen_transition.empty() && minutes > 0) {
    out += "(resolutiondate is EMPTY OR resolutiondate >= -" + std::to_string(minutes) + "m) and ";
  } else {
    out += "statusCategory != Done and ";
  }
  return out + "project=" + go_quote(project) +
         " and labels=" + go_quote("ALERT{" + sha256_hex(notification.group_key) + "}") +
         " order by status ASC,resolutiondate DESC";
}

Result<BuiltRequest> Jira::build(const Notification& notification, const BuildContext& context) const {
  const MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> project = writer.required(config_.project);
  if (!project) return fail(project.error().message);
  JsonWriter json;
  json.begin_object().key("fields").begin_array().string("status").end_array();
  json.field("jql", query(config_, notification, *project)).key("maxResults").integer(2).end_object();
  HttpRequest out = request("POST", "search", json.take() + "\n");
  out.url = search_url();
  return BuiltRequest{std::move(out), ""};
}

// Jira names each field that it does not take.
DeliveryResult Jira::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome == Outcome::kDelivered || answer.result != TransportResult::kAnswered) return out;
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json) return out;
  std::string said;
  const auto add = [&said](const std::string& text) {
    if (!text.empty()) said += (said.empty() ? "" : "; ") + text;
  };
  if (json->find("errorMessages").kind() == JsonValue::Kind::kArray) {
    for (const JsonValue& message : json->find("errorMessages").array()) add(message.string());
  }
  if (json->find("errors").kind() == JsonValue::Kind::kObject) {
    for (const auto& [field, message] : json->find("errors").object()) add(field + ": " + message.string());
  }
  if (!said.empty()) out.message = "HTTP " + std::to_string(out.status) + ": " + answer_excerpt(said);
  return out;
}

DeliveryResult not_ours(const OutboundAnswer& answer) {
  return {Outcome::kFailed,
          answer.status,
          "other",
          "the answer is not Jira's: " + answer_excerpt(answer.body),
          {},
          ""};
}

Result<FoundIssue> found_in(const OutboundAnswer& answer) {
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json || json->kind() != JsonValue::Kind::kObject) return fail("");
  FoundIssue out;
  const JsonValue& issues = json->find("issues");
  if (issues.kind() == JsonValue::Kind::kNull) return out;
  if (issues.kind() != JsonValue::Kind::kArray) return fail("");
  if (issues.array().empty()) return out;
  const JsonValue& issue = issues.array().front();
  out.key = issue.text("key");
  if (out.key.empty()) return fail("");
  const JsonValue& status = issue.find("fields").find("status");
  out.status_known = status.kind() == JsonValue::Kind::kObject;
  out.done = status.find("statusCategory").text("key") == "done";
  return out;
}

DeliveryResult delivered(const std::string& issue, int status) {
  return {Outcome::kDelivered, status, "", "", {}, issue};
}

NextStep Jira::after_search(const Notification& notification, const BuildContext& context,
                            const OutboundAnswer& searched) const {
  const Result<FoundIssue> found = found_in(searched);
  if (!found) return not_ours(searched);
  // What is over needs no issue where none was made.
  if (found->key.empty() && !notification.firing()) return delivered("", searched.status);
  const JiraIssue kind = found->key.empty() ? JiraIssue::kNew : JiraIssue::kExisting;
  Result<JiraIssueBody> issue = jira_issue_body(config_, notification, context, kind);
  if (!issue) return DeliveryResult{Outcome::kRejected, 0, "other", issue.error().message, {}, ""};
  return BuiltRequest{found->key.empty() ? request("POST", "issue", std::move(issue->json))
                                         : request("PUT", "issue/" + found->key, std::move(issue->json)),
                      issue->warning};
}

std::string Jira::wanted_transition(const Notification& notification, const FoundIssue& found) const {
  if (found.key.empty() || !found.status_known || found.done != notification.firing()) return "";
  return notification.firing() ? config_.reopen_transition : config_.resolve_transition;
}

NextStep Jira::after_write(const Notification& notification, const FoundIssue& found,
                           const OutboundAnswer& written) const {
  if (found.key.empty()) {
    const Result<JsonValue> json = JsonValue::parse(written.body);
    return delivered(json ? json->text("key") : "", written.status);
  }
  if (wanted_transition(notification, found).empty()) return delivered(found.key, written.status);
  return BuiltRequest{request("GET", "issue/" + found.key + "/transitions", ""), ""};
}

NextStep Jira::after_transitions(const Notification& notification, const FoundIssue& found,
                                 const OutboundAnswer& listed) const {
  const Result<JsonValue> json = JsonValue::parse(listed.body);
  if (!json || json->find("transitions").kind() != JsonValue::Kind::kArray) return not_ours(listed);
  const std::string wanted = wanted_transition(notification, found);
  for (const JsonValue& transition : json->find("transitions").array()) {
    if (transition.text("name") != wanted) continue;
    JsonWriter body;
    body.begin_object().key("transition").begin_object().field("id", transition.text("id")).end_object();
    body.end_object();
    return BuiltRequest{request("POST", "issue/" + found.key + "/transitions", body.take() + "\n"), ""};
  }
  return DeliveryResult{Outcome::kRejected,
                        listed.status,
                        "clientError",
                        "the issue " + found.key + " was updated, but has no transition named " + wanted,
                        {},
                        ""};
}

NextStep Jira::next(const Notification& notification, const BuildContext& context,
                    const std::vector<OutboundAnswer>& so_far) const {
  DeliveryResult result = read(notification, so_far.back());
  if (result.outcome != Outcome::kDelivered) {
    constexpr std::string_view kSteps[] = {"looking for the issue", "writing the issue",
                                           "asking for the issue's transitions", "moving the issue"};
    const std::size_t step = std::min(so_far.size(), std::size(kSteps)) - 1;
    result.message = std::string(kSteps[step]) + ": " + result.message;
    return result;
  }
  if (so_far.size() == 1) return after_search(notification, context, so_far.front());
  const Result<FoundIssue> found = found_in(so_far.front());
  if (!found) return not_ours(so_far.front());
  if (so_far.size() == 2) return after_write(notification, *found, so_far.back());
  if (so_far.size() == 3) return after_transitions(notification, *found, so_far.back());
  return delivered(found->key, result.status);
}

}  // namespace

std::shared_ptr<const Integration> read_jira(ReceiverBlock& block) {
  JiraConfig config = read_jira_config(block);
  return std::make_shared<Jira>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
