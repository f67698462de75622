#include "receivers/opsgenie.h"

#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"
#include "receivers/sha256.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestMessage = 130;  // code points

// The items of a comma-separated list that are not empty.
std::vector<std::string> split(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  std::vector<std::string> out;
  while (true) {
    const std::size_t comma = text.find(',');
    if (comma != 0 && !text.empty()) out.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

void write_unless_empty(JsonWriter& json, std::string_view key, const std::string& value) {
  if (!value.empty()) json.field(key, value);
}

void write_unless_empty(JsonWriter& json, std::string_view key, const std::vector<std::string>& values) {
  if (values.empty()) return;
  json.key(key).begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

class Opsgenie final : public Integration {
 public:
  Opsgenie(IntegrationId id, std::string fingerprint, OpsgenieConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;
  bool takes_several_requests() const override { return config_.update_alerts; }
  NextStep next(const Notification&, const BuildContext&, const std::vector<OutboundAnswer>&) const override;

 private:
  Result<HttpRequest> request(const MessageWriter&, std::string method, const std::string& path,
                              std::string body) const;
  Result<HttpRequest> update(const MessageWriter&, const Notification&, std::string_view field,
                             const std::string& text) const;
  std::string alert(MessageWriter&, const Notification&) const;
  std::string message(MessageWriter&) const;
  std::string description(MessageWriter&) const;
  void write_responders(JsonWriter&, MessageWriter&) const;
  OpsgenieConfig config_;
};

std::vector<TemplateField> Opsgenie::template_fields() const {
  const OpsgenieConfig& c = config_;
  std::vector<TemplateField> out = {c.message, c.description, c.source, c.entity,
                                    c.actions, c.tags,        c.note,   c.priority};
  for (const auto& [name, field] : c.details) out.push_back(field);
  for (const auto& responder : c.responders) {
    out.insert(out.end(), {responder.id, responder.name, responder.username, responder.type});
  }
  if (has_template(c.api_key.text)) {
    out.push_back(c.api_key_field);
    out.back().text = c.api_key.text;
  }
  return out;
}

std::string Opsgenie::message(MessageWriter& writer) const {
  std::string text = writer.text(config_.message, plain_title(writer.data()));
  if (text.empty()) text = plain_title(writer.data());  // the service refuses an alert without one
  if (count_runes(text) > kLongestMessage) writer.warn("the message was cut to 130 characters");
  return cut_to_runes(text, kLongestMessage);
}

std::string Opsgenie::description(MessageWriter& writer) const {
  return writer.text(config_.description, plain_alert_list(writer.data()));
}

// A responder whose fields are all empty is left out: that is how configurations choose responders by label.
void Opsgenie::write_responders(JsonWriter& json, MessageWriter& writer) const {
  struct Person {
    std::string id, name, username, type;
  };
  std::vector<Person> people;
  for (const auto& responder : config_.responders) {
    Person person = {writer.text(responder.id), writer.text(responder.name), writer.text(responder.username),
                     writer.text(responder.type)};
    if (person.id.empty() && person.name.empty() && person.username.empty() && person.type.empty()) continue;
    if (person.type != "teams") {
      people.push_back(std::move(person));
      continue;
    }
    for (std::string& team : split(person.name)) people.push_back({"", std::move(team), "", "team"});
  }
  if (people.empty()) return;
  json.key("responders").begin_array();
  for (const Person& person : people) {
    json.begin_object();
    write_unless_empty(json, "id", person.id);
    write_unless_empty(json, "name", person.name);
    write_unless_empty(json, "username", person.username);
    json.field("type", person.type).end_object();
  }
  json.end_array();
}

std::string Opsgenie::alert(MessageWriter& writer, const Notification& notification) const {
  KeyValues details = writer.data().common_labels;
  for (const auto& [name, field] : config_.details) {
    details[name] = writer.text(field, "(this template failed)");
  }
  JsonWriter json;
  json.begin_object().field("alias", sha256_hex(notification.group_key)).field("message", message(writer));
  write_unless_empty(json, "description", description(writer));
  write_json(json.key("details"), details);
  json.field("source", writer.text(config_.source));
  write_responders(json, writer);
  write_unless_empty(json, "tags", split(writer.text(config_.tags)));
  write_unless_empty(json, "note", writer.text(config_.note));
  write_unless_empty(json, "priority", writer.text(config_.priority));
  write_unless_empty(json, "entity", writer.text(config_.entity));
  write_unless_empty(json, "actions", split(writer.text(config_.actions)));
  json.end_object();
  return json.take() + "\n";
}

Result<HttpRequest> Opsgenie::request(const MessageWriter& writer, std::string method,
                                      const std::string& path, std::string body) const {
  const Result<std::string> key = writer.required_secret("api_key", config_.api_key);
  if (!key) return fail(key.error().message);
  const QueryParameters by_alias =
      path.empty() ? QueryParameters{} : QueryParameters{{"identifierType", "alias"}};
  HttpRequest out =
      json_request(std::move(method), extended_url(config_.api_url, "v2/alerts" + path, by_alias),
                   std::move(body), config_.http);
  out.headers.emplace_back("Authorization", "GenieKey " + *key);
  return out;
}

Result<HttpRequest> Opsgenie::update(const MessageWriter& writer, const Notification& notification,
                                     std::string_view field, const std::string& text) const {
  JsonWriter json;
  json.begin_object().field(field, text).end_object();
  return request(writer, "PUT", "/" + sha256_hex(notification.group_key) + "/" + std::string(field),
                 json.take() + "\n");
}

Result<BuiltRequest> Opsgenie::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  Result<HttpRequest> out = fail("");
  if (writer.data().firing) {
    out = request(writer, "POST", "", alert(writer, notification));
  } else {
    JsonWriter json;
    json.begin_object().field("source", writer.text(config_.source)).end_object();
    out = request(writer, "POST", "/" + sha256_hex(notification.group_key) + "/close", json.take() + "\n");
  }
  if (!out) return fail(out.error().message);
  return BuiltRequest{std::move(*out), writer.warning()};
}

DeliveryResult Opsgenie::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome == DeliveryResult::Outcome::kDelivered) {
    out.message_ref = sha256_hex(notification.group_key);
  }
  return out;
}

// An open alert keeps its first message and description unless it is told otherwise, one by one.
NextStep Opsgenie::next(const Notification& notification, const BuildContext& context,
                        const std::vector<OutboundAnswer>& so_far) const {
  DeliveryResult result = read(notification, so_far.back());
  MessageWriter writer(context, notification_data(notification, context.external_url));
  if (result.outcome != DeliveryResult::Outcome::kDelivered) {
    if (so_far.size() > 1) result.message = "the alert was sent, its update was not: " + result.message;
    return result;
  }
  if (!writer.data().firing || so_far.size() > 2) return result;
  const bool first = so_far.size() == 1;
  const std::string text = first ? message(writer) : description(writer);
  if (text.empty()) return result;
  Result<HttpRequest> out = update(writer, notification, first ? "message" : "description", text);
  if (!out) {
    return DeliveryResult{DeliveryResult::Outcome::kRejected, 0, "other", out.error().message, {}, ""};
  }
  return BuiltRequest{std::move(*out), ""};  // what there is to warn of was said with the first request
}

}  // namespace

std::shared_ptr<const Integration> read_opsgenie(ReceiverBlock& block) {
  OpsgenieConfig config = read_opsgenie_config(block);
  return std::make_shared<Opsgenie>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
