#include "receivers/gotify.h"

#include "receivers/http_service.h"
#include "receivers/plain_message.h"
#include "receivers/service_request.h"
#include "receivers/text_limits.h"
#include "receivers/urgency.h"

namespace tocsin {
namespace {

// Bytes. Gotify itself has no limit; its column of type "text" has one where the database is MySQL.
constexpr std::size_t kLongestMessage = 65'535;
constexpr std::size_t kLongestTitle = 250;  // code points: what a phone shows at all

struct GotifyConfig {
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  std::string url;
  Secret token;
  TemplateField title, message, priority, click;
  bool markdown = false;
};

// From 4 on it makes a sound, from 8 on it also vibrates and stays.
int priority_by(Urgency urgency) {
  switch (urgency) {
    case Urgency::kResolved:
      return 2;
    case Urgency::kInfo:
      return 3;
    case Urgency::kWarning:
      return 5;
    case Urgency::kError:
      return 7;
    case Urgency::kCritical:
      break;
  }
  return 9;
}

void write_extras(JsonWriter& json, const GotifyConfig& config, const std::string& click) {
  if (!config.markdown && click.empty()) return;
  json.key("extras").begin_object();
  if (config.markdown)
    json.key("client::display").begin_object().field("contentType", "text/markdown").end_object();
  if (!click.empty()) {
    json.key("client::notification").begin_object();
    json.key("click").begin_object().field("url", click).end_object().end_object();
  }
  json.end_object();
}

Result<HttpRequest> request_of(const GotifyConfig& config, MessageWriter& writer,
                               const BuildContext& context) {
  const Result<std::string> token = context.read_secret(config.token);
  if (!token) return fail("token: " + token.error().message);
  if (token->empty()) return fail("token is empty");
  const std::string title = writer.fitting(on_one_line(writer.text(config.title, plain_title(writer.data()))),
                                           kLongestTitle, "title");
  std::string message = fitting_text(
      config.message, context, writer,
      [](const std::string& candidate) { return candidate.size() <= kLongestMessage; },
      "Gotify takes 65535 bytes");
  if (message.empty()) message = plain_title(writer.data());  // Gotify refuses an empty one
  JsonWriter json;
  json.begin_object().field("title", title).field("message", message);
  json.key("priority")
      .integer(priority_of(config.priority, writer, 0, 10, priority_by(urgency_of(writer.data()))));
  write_extras(json, config, writer.text(config.click));
  json.end_object();
  HttpRequest request = json_request("POST", extended_url(config.url, "message"), json.take(), config.http);
  request.headers.emplace_back("X-Gotify-Key", *token);
  request.timeout = config.timeout;
  return request;
}

}  // namespace

std::shared_ptr<const Integration> read_gotify(ReceiverBlock& block) {
  YamlObject& object = block.object;
  HttpService service = read_http_service(block);
  GotifyConfig config;
  config.http = block.http_config();
  config.timeout = block.timeout(std::chrono::seconds(30));
  config.url = block.url("url");
  if (config.url.empty()) {
    object.error("url", "a gotify config needs url",
                 "the base URL of the server, for instance https://gotify.example.org");
  }
  config.token = block.secret("token");
  if (!config.token.set()) {
    object.error("token", "one of token and token_file must be set in a gotify config",
                 "an application's token, not a client's");
  }
  config.title = block.text_template("title", R"({{ template "gotify.default.title" . }})");
  config.message = block.text_template("message", R"({{ template "gotify.default.message" . }})");
  config.priority = block.text_template("priority");
  config.click = block.text_template("click", R"({{ template "gotify.default.click" . }})");
  object.boolean("markdown", config.markdown);
  object.refuse_unknown_keys();
  service.templates = {config.title, config.message, config.priority, config.click};
  service.answer.message_ref = known_path(".id");
  service.answer.error = known_path(".errorDescription");
  service.request = [config = std::move(config)](MessageWriter& writer, const Notification&,
                                                 const BuildContext& context) {
    return request_of(config, writer, context);
  };
  return make_http_service(block, std::move(service));
}

}  // namespace tocsin
