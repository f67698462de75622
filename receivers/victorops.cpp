#include "receivers/victorops.h"

#include <array>

#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"
#include "receivers/sha256.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestStateMessage = 20'480;  // code points

class VictorOps final : public Integration {
 public:
  VictorOps(IntegrationId id, std::string fingerprint, VictorOpsConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  std::string message_type(MessageWriter&) const;
  std::string state_message(MessageWriter&) const;
  VictorOpsConfig config_;
};

std::vector<TemplateField> VictorOps::template_fields() const {
  const VictorOpsConfig& c = config_;
  std::vector<TemplateField> out = {c.routing_key, c.message_type, c.state_message, c.entity_display_name,
                                    c.monitoring_tool};
  for (const auto& [name, field] : c.custom_fields) out.push_back(field);
  return out;
}

// VictorOps opens an incident for CRITICAL only; what it does not know must not end as something that nobody
// hears.
std::string VictorOps::message_type(MessageWriter& writer) const {
  if (!writer.data().firing) return "RECOVERY";
  const std::string type = writer.text(config_.message_type, "CRITICAL");
  for (const char* known : {"INFO", "WARNING", "CRITICAL"}) {
    if (type == known) return type;
  }
  writer.warn("message_type \"" + on_one_line(cut_to_runes(type, 60)) +
              "\" is not INFO, WARNING or CRITICAL, CRITICAL was sent instead");
  return "CRITICAL";
}

std::string VictorOps::state_message(MessageWriter& writer) const {
  const std::string text = writer.text(config_.state_message, plain_alert_list(writer.data()));
  if (count_runes(text) > kLongestStateMessage) {
    writer.warn("the state message was cut to 20480 characters");
  }
  return cut_to_runes(text, kLongestStateMessage);
}

Result<BuiltRequest> VictorOps::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> key = context.read_secret(config_.api_key);
  if (!key) return fail("api_key: " + key.error().message);
  if (key->empty()) return fail("api_key is empty");
  const Result<std::string> routing_key = writer.required(config_.routing_key);
  if (!routing_key) return fail(routing_key.error().message);
  KeyValues event;
  event["message_type"] = message_type(writer);
  event["entity_id"] = sha256_hex(notification.group_key);
  event["entity_display_name"] = writer.text(config_.entity_display_name, plain_title(writer.data()));
  event["state_message"] = state_message(writer);
  event["monitoring_tool"] = writer.text(config_.monitoring_tool);
  for (const auto& [name, field] : config_.custom_fields) {
    event[name] = writer.text(field, "(this template failed)");
  }
  JsonWriter json;
  write_json(json, event);
  return BuiltRequest{json_request("POST", extended_url(config_.api_url, *key + "/" + *routing_key),
                                   json.take() + "\n", config_.http),
                      writer.warning()};
}

DeliveryResult VictorOps::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome == DeliveryResult::Outcome::kDelivered) {
    out.message_ref = sha256_hex(notification.group_key);
  }
  return out;
}

void check_custom_fields(YamlObject& object, const std::map<std::string, TemplateField>& fields) {
  for (const char* reserved : {"routing_key", "message_type", "state_message", "entity_display_name",
                               "monitoring_tool", "entity_id", "entity_state"}) {
    const auto field = fields.find(reserved);
    if (field == fields.end()) continue;
    object.problems().error(
        field->second.file, field->second.position,
        std::string("the custom field ") + reserved + " cannot be used: VictorOps has a field of that name",
        "rename it, or use the key of the victorops config where there is one");
  }
}

}  // namespace

std::shared_ptr<const Integration> read_victorops(ReceiverBlock& block) {
  YamlObject& object = block.object;
  VictorOpsConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  config.api_url = block.url("api_url", block.defaults.victorops_api_url);
  config.api_key = block.secret("api_key");
  if (!config.api_key.set()) config.api_key = block.defaults.victorops_api_key;
  if (!config.api_key.set()) {
    object.error("api_key", "there is no VictorOps API key, neither here nor in global",
                 "set api_key or api_key_file, or victorops_api_key in global");
  }
  config.routing_key = block.text_template("routing_key");
  if (config.routing_key.text.empty()) object.error("routing_key", "a victorops config needs routing_key");
  config.message_type = block.text_template("message_type", "CRITICAL");
  config.state_message =
      block.text_template("state_message", R"({{ template "victorops.default.state_message" . }})");
  config.entity_display_name = block.text_template(
      "entity_display_name", R"({{ template "victorops.default.entity_display_name" . }})");
  config.monitoring_tool =
      block.text_template("monitoring_tool", R"({{ template "victorops.default.monitoring_tool" . }})");
  config.custom_fields = block.text_templates("custom_fields");
  check_custom_fields(object, config.custom_fields);
  object.refuse_unknown_keys();
  return std::make_shared<VictorOps>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
