#include "receivers/googlechat.h"

#include "core/utf8.h"
#include "receivers/http_service.h"
#include "receivers/message_key.h"
#include "receivers/payload_value.h"
#include "receivers/service_request.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

// Code points, and bytes of text and cards together:
// https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLargestMessage = 32'000;

struct GoogleChatConfig {
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  Secret url;
  TemplateField text;
  std::optional<PayloadValue> cards;
  TemplateField cards_field;
  bool thread = true;
};

// The URL of a webhook has a path and a query (key and token) of its own; ours is added.
std::string with_parameters(const std::string& url, const QueryParameters& parameters) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + form_encoded(parameters);
}

// JSON, or nothing where a template of it fails.
std::string cards_of(const GoogleChatConfig& config, MessageWriter& writer) {
  if (!config.cards) return "";
  const auto cards =
      expand_payload(*config.cards, [&](std::string_view text) { return writer.expand(text); });
  if (!cards) {
    writer.warn("the template of cards failed, the message has none: " + cards.error().message);
    return "";
  }
  JsonWriter json;
  write_json(json, *cards);
  return json.take();
}

std::string body_of(const GoogleChatConfig& config, const std::string& text, const std::string& cards,
                    const Notification& notification) {
  JsonWriter json;
  json.begin_object().field("text", text);
  if (!cards.empty()) json.key("cardsV2").raw(cards);
  if (config.thread) {
    json.key("thread").begin_object().field("threadKey", sha256_hex(notification.group_key)).end_object();
  }
  json.end_object();
  return json.take();
}

Result<HttpRequest> request_of(const GoogleChatConfig& config, MessageWriter& writer,
                               const Notification& notification, const BuildContext& context) {
  const Result<std::string> url = context.read_secret(config.url);
  if (!url) return fail("url: " + url.error().message);
  if (const auto checked = check_http_url(*url); !checked) return fail("url " + checked.error().message);
  std::string cards = cards_of(config, writer);
  if (body_of(config, "", cards, notification).size() > kLargestMessage / 2) {
    writer.warn("the cards were left out: they take more than half of the 32000 bytes of a message");
    cards.clear();
  }
  const std::string text = fitting_text(
      config.text, context, writer,
      [&](const std::string& candidate) {
        return count_runes(candidate) <= kLongestText &&
               body_of(config, candidate, cards, notification).size() <= kLargestMessage;
      },
      "Google Chat takes 4096 characters");
  QueryParameters parameters;
  if (config.thread) parameters.emplace_back("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
  // Google Chat answers a repetition with the message that it has.
  parameters.emplace_back("requestId", message_key(notification).substr(0, 32));
  HttpRequest request = json_request("POST", with_parameters(*url, parameters),
                                     body_of(config, text, cards, notification), config.http);
  request.headers = {{"Content-Type", "application/json; charset=UTF-8"}};
  request.timeout = config.timeout;
  return request;
}

}  // namespace

std::shared_ptr<const Integration> read_googlechat(ReceiverBlock& block) {
  YamlObject& object = block.object;
  HttpService service = read_http_service(block);
  GoogleChatConfig config;
  config.http = block.http_config();
  config.timeout = block.timeout(std::chrono::seconds(30));
  config.url = block.secret_url("url");
  if (!config.url.set()) {
    object.error("url", "one of url and url_file must be set in a googlechat config",
                 "the space's menu makes one: Apps & integrations, Webhooks");
  }
  config.text = block.text_template("text", R"({{ template "googlechat.default.text" . }})");
  object.boolean("thread", config.thread);
  service.templates = {config.text};
  if (const YamlNode cards = object.child("cards"); !cards.null()) {
    PayloadValue::check_keys(cards, object.problems());
    config.cards = PayloadValue::from(cards);
    config.cards_field = {"cards", "", object.file(), object.position_of("cards"),
                          TemplateField::Output::kText};
    if (cards.kind() != YamlNode::Kind::kList)
      object.error("cards", "cards must be a list", "as Google Chat's cardsV2: - cardId: …, card: …");
    std::vector<std::string> texts;
    collect_texts(*config.cards, texts);
    for (std::string& text : texts) {
      service.templates.push_back(config.cards_field);
      service.templates.back().text = std::move(text);
    }
  }
  object.refuse_unknown_keys();
  service.answer.message_ref = known_path(".name");
  service.answer.error = known_path(".error.message");
  service.request = [config = std::move(config)](MessageWriter& writer, const Notification& notification,
                                                 const BuildContext& context) {
    return request_of(config, writer, notification, context);
  };
  return make_http_service(block, std::move(service));
}

}  // namespace tocsin
