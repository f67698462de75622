#include "receivers/jira_issue.h"

#include <algorithm>

#include "receivers/plain_message.h"
#include "receivers/sha256.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestSummary = 255;         // code points
constexpr std::size_t kLongestDescription = 32'767;  // code points

PayloadValue named(const char* key, std::string value) {
  return {PayloadValue::Map{{key, PayloadValue{std::move(value)}}}};
}

PayloadValue text(std::string value) {
  return {std::move(value)};
}

// Version 3 of the API takes documents, not texts: one paragraph for each line.
PayloadValue document_of(const std::string& plain) {
  PayloadValue::List paragraphs;
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t end = std::min(plain.find('\n', at), plain.size());
    if (end > at) {
      PayloadValue::Map words = {{"type", text("text")}, {"text", text(plain.substr(at, end - at))}};
      PayloadValue::List content = {PayloadValue{std::move(words)}};
      paragraphs.push_back(
          {PayloadValue::Map{{"type", text("paragraph")}, {"content", PayloadValue{std::move(content)}}}});
    }
    at = end + 1;
  }
  return {PayloadValue::Map{{"type", text("doc")},
                            {"version", PayloadValue{std::int64_t{1}}},
                            {"content", PayloadValue{std::move(paragraphs)}}}};
}

bool takes_documents(const std::string& api_url) {
  std::string_view path = std::string_view(api_url).substr(0, api_url.find_first_of("?#"));
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.ends_with("/3");
}

std::string cut(MessageWriter& writer, const std::string& value, std::size_t limit, const char* what) {
  if (count_runes(value) > limit) {
    writer.warn(std::string("the ") + what + " was cut to " + std::to_string(limit) + " characters");
  }
  return cut_to_runes(value, limit);
}

// Null where there is nothing to say.
PayloadValue description_of(const JiraConfig& config, MessageWriter& writer) {
  const std::string value = cut(writer, writer.text(config.description, plain_alert_list(writer.data())),
                                kLongestDescription, "description");
  if (!takes_documents(config.api_url)) return value.empty() ? PayloadValue{} : text(value);
  if (value.find_first_not_of(" \t\r\n") == std::string::npos) return {};
  const Result<JsonValue> json = JsonValue::parse(value);
  if (json && json->kind() == JsonValue::Kind::kObject) return PayloadValue::from(*json);
  writer.warn(
      "the description is not a document (ADF), which version 3 of Jira's API wants: it was sent as "
      "plain paragraphs");
  return document_of(value);
}

PayloadValue labels_of(const JiraConfig& config, MessageWriter& writer, const Notification& notification) {
  std::vector<std::string> labels = {"ALERT{" + sha256_hex(notification.group_key) + "}"};
  for (const TemplateField& label : config.labels) {
    std::string value = writer.text(label);
    if (!value.empty()) labels.push_back(std::move(value));
  }
  std::sort(labels.begin(), labels.end());
  PayloadValue::List out;
  for (std::string& label : labels) out.push_back(text(std::move(label)));
  return {std::move(out)};
}

}  // namespace

Result<JiraIssueBody> jira_issue_body(const JiraConfig& config, const Notification& notification,
                                      const BuildContext& context, JiraIssue kind) {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> project = writer.required(config.project);
  if (!project) return fail(project.error().message);
  const Result<std::string> issue_type = writer.required(config.issue_type);
  if (!issue_type) return fail(issue_type.error().message);
  PayloadValue::Map fields = {{"project", named("key", *project)}, {"issuetype", named("name", *issue_type)}};
  if (kind == JiraIssue::kNew || config.update_summary == JiraConfig::Update::kEnabled) {
    std::string summary = on_one_line(writer.text(config.summary, plain_title(writer.data())));
    if (summary.empty()) summary = plain_title(writer.data());  // the service refuses an issue without one
    fields["summary"] = text(cut(writer, summary, kLongestSummary, "summary"));
  }
  if (kind == JiraIssue::kNew || config.update_description == JiraConfig::Update::kEnabled) {
    PayloadValue description = description_of(config, writer);
    if (!std::holds_alternative<std::monostate>(description.content)) {
      fields["description"] = std::move(description);
    }
  }
  fields["labels"] = labels_of(config, writer, notification);
  if (const std::string priority = writer.text(config.priority); !priority.empty()) {
    fields["priority"] = named("name", priority);
  }
  for (const auto& [name, value] : config.fields) {
    auto expanded = expand_payload(value, [&](std::string_view part) { return writer.expand(part); });
    if (expanded) {
      fields[name] = std::move(*expanded);
    } else {
      writer.warn_of_template("the template of fields." + name +
                              " failed, the field was left out: " + on_one_line(expanded.error().message));
    }
  }
  JsonWriter json;
  json.begin_object();
  write_json(json.key("fields"), PayloadValue{std::move(fields)});
  json.end_object();
  return JiraIssueBody{json.take() + "\n", writer.warning()};
}

}  // namespace tocsin
