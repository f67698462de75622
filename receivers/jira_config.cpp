#include "receivers/jira.h"

namespace tocsin {
namespace {

// A text, or {template, enable_update}.
TemplateField read_wording(YamlObject& object, const std::string& key, std::string_view default_text,
                           JiraConfig::Update& update) {
  const YamlNode node = object.child(key);
  if (node.kind() != YamlNode::Kind::kMapping) return read_template(object, key, key, default_text);
  YamlObject wording(node, "jira " + key, object.problems());
  TemplateField out = read_template(wording, "template", key + ".template", default_text);
  bool enabled = true;
  wording.boolean("enable_update", enabled);
  update = enabled ? JiraConfig::Update::kEnabled : JiraConfig::Update::kDisabled;
  wording.refuse_unknown_keys();
  return out;
}

void read_labels(YamlObject& object, JiraConfig& out) {
  std::vector<std::string> texts;
  if (!object.text_list("labels", texts)) return;
  for (const std::string& text : texts) {
    out.labels.push_back({"labels[" + std::to_string(out.labels.size()) + "]", text, object.file(),
                          object.position_of("labels"), TemplateField::Output::kText});
  }
}

void read_api_type(YamlObject& object, JiraConfig& out) {
  std::string name = "auto";
  object.text("api_type", name);
  if (!object.is_one_of("api_type", name, {"auto", "cloud", "datacenter"})) {
    object.error("api_type", "api_type of a jira config must be auto, cloud or datacenter");
  } else if (name == "cloud") {
    out.api_type = JiraConfig::ApiType::kCloud;
  } else if (name == "datacenter") {
    out.api_type = JiraConfig::ApiType::kDataCenter;
  }
}

void read_fields(YamlObject& object, JiraConfig& out) {
  const YamlNode node = object.child("fields");
  out.fields_field = {"fields", "", object.file(), object.position_of("fields"),
                      TemplateField::Output::kText};
  if (node.kind() == YamlNode::Kind::kMapping) {
    // The ids are texts whatever they look like ("n" is no boolean here), unlike keys further down.
    for (const auto& [id, value] : node.entries()) out.fields[id.text()] = PayloadValue::from(value);
  } else if (!node.null()) {
    object.error("fields", "fields must be a mapping");
  }
}

}  // namespace

JiraConfig read_jira_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  JiraConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  out.http = block.http_config();
  out.api_url = block.url("api_url", block.defaults.jira_api_url);
  if (out.api_url.empty()) {
    object.error(
        "api_url", "there is no Jira URL, neither here nor in global",
        "set api_url, for example https://example.atlassian.net/rest/api/2/, or jira_api_url in global");
  }
  read_api_type(object, out);
  out.project = block.text_template("project");
  if (out.project.text.empty()) object.error("project", "a jira config needs project");
  out.issue_type = block.text_template("issue_type");
  if (out.issue_type.text.empty()) object.error("issue_type", "a jira config needs issue_type");
  out.summary =
      read_wording(object, "summary", block.default_text(R"({{ template "jira.default.summary" . }})"),
                   out.update_summary);
  out.description = read_wording(object, "description",
                                 block.default_text(R"({{ template "jira.default.description" . }})"),
                                 out.update_description);
  out.priority = block.text_template("priority", R"({{ template "jira.default.priority" . }})");
  read_labels(object, out);
  object.text("reopen_transition", out.reopen_transition);
  object.text("resolve_transition", out.resolve_transition);
  object.text("wont_fix_resolution", out.wont_fix_resolution);
  object.prometheus_duration("reopen_duration", out.reopen_duration);
  read_fields(object, out);
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
