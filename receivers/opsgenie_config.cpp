#include <algorithm>
#include <array>

#include "core/letter_case.h"
#include "receivers/opsgenie.h"

namespace tocsin {
namespace {

void check_type(YamlObject& item, TemplateField& type) {
  if (has_template(type.text)) return;
  type.text = lower_case(type.text);
  constexpr std::array<std::string_view, 5> kTypes = {"team", "teams", "user", "escalation", "schedule"};
  if (std::find(kTypes.begin(), kTypes.end(), type.text) != kTypes.end()) return;
  item.error("type", "the type of an Opsgenie responder must be team, teams, user, escalation or schedule",
             "or a template that gives one of them");
}

void read_responders(YamlObject& object, std::vector<OpsgenieConfig::Responder>& out) {
  for (const YamlNode& node : object.list("responders")) {
    if (node.null()) {
      object.problems().error(node.file(), node.position(), "this Opsgenie responder is empty",
                              "remove it, or give it a type and one of id, name and username");
      continue;
    }
    YamlObject item(node, "Opsgenie responder", object.problems());
    const std::string where = "responders[" + std::to_string(out.size()) + "].";
    OpsgenieConfig::Responder responder = {
        read_template(item, "id", where + "id"), read_template(item, "name", where + "name"),
        read_template(item, "username", where + "username"), read_template(item, "type", where + "type")};
    if (responder.id.text.empty() && responder.name.text.empty() && responder.username.text.empty()) {
      item.error("name", "an Opsgenie responder needs one of id, name and username");
    }
    check_type(item, responder.type);
    item.refuse_unknown_keys();
    out.push_back(std::move(responder));
  }
}

}  // namespace

OpsgenieConfig read_opsgenie_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  OpsgenieConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  out.http = block.http_config();
  out.api_url = block.url("api_url", block.defaults.opsgenie_api_url);
  out.api_key = block.secret("api_key");
  out.api_key_field = {"api_key", "", object.file(), object.position_of("api_key"),
                       TemplateField::Output::kText};
  if (!out.api_key.set()) out.api_key = block.defaults.opsgenie_api_key;
  if (!out.api_key.set()) {
    object.error("api_key", "there is no Opsgenie API key, neither here nor in global",
                 "set api_key or api_key_file, or opsgenie_api_key in global");
  }
  out.message = block.text_template("message", R"({{ template "opsgenie.default.message" . }})");
  out.description = block.text_template("description", R"({{ template "opsgenie.default.description" . }})");
  out.source = block.text_template("source", R"({{ template "opsgenie.default.source" . }})");
  out.entity = block.text_template("entity");
  out.actions = block.text_template("actions");
  out.tags = block.text_template("tags");
  out.note = block.text_template("note");
  out.priority = block.text_template("priority");
  out.details = block.text_templates("details");
  read_responders(object, out.responders);
  object.boolean("update_alerts", out.update_alerts);
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
