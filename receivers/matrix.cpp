#include "receivers/matrix.h"

#include "core/percent_encoding.h"
#include "receivers/http_service.h"
#include "receivers/message_key.h"
#include "receivers/service_request.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

// An event is 65536 bytes at most, with what the server adds to it (names, hashes, signatures):
// https://spec.matrix.org/latest/client-server-api/#size-limits
constexpr std::size_t kLargestContent = 60'000;

struct MatrixConfig {
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  std::string homeserver;
  std::string room;
  Secret token;
  std::string message_type = "m.text";
  TemplateField message, html;
};

std::string content_of(const MatrixConfig& config, const std::string& text, const std::string& html) {
  JsonWriter json;
  json.begin_object().field("msgtype", config.message_type).field("body", text);
  if (!html.empty()) json.field("format", "org.matrix.custom.html").field("formatted_body", html);
  json.end_object();
  return json.take();
}

std::string content_of(const MatrixConfig& config, MessageWriter& writer, const BuildContext& context) {
  const std::string text = fitting_text(
      config.message, context, writer,
      [&](const std::string& candidate) {
        return content_of(config, candidate, "").size() <= kLargestContent;
      },
      "a Matrix message is 64 KB at most");
  const bool failed = writer.failed();
  std::string html = repaired_utf8(writer.html(config.html));
  if (html.empty() || failed || writer.failed()) return content_of(config, text, "");
  std::string content = content_of(config, text, html);
  if (content.size() <= kLargestContent) return content;
  writer.warn("the formatted text was left out: a Matrix message is 64 KB at most");
  return content_of(config, text, "");
}

Result<HttpRequest> request_of(const MatrixConfig& config, MessageWriter& writer,
                               const Notification& notification, const BuildContext& context) {
  const Result<std::string> token = context.read_secret(config.token);
  if (!token) return fail("access_token: " + token.error().message);
  if (token->empty()) return fail("access_token is empty");
  std::string url = config.homeserver;
  while (url.ends_with('/')) url.pop_back();
  url += "/_matrix/client/v3/rooms/" + percent_encoded(config.room) + "/send/m.room.message/" +
         message_key(notification);
  HttpRequest request = json_request("PUT", std::move(url), content_of(config, writer, context), config.http);
  request.headers.emplace_back("Authorization", "Bearer " + *token);
  request.timeout = config.timeout;
  return request;
}

void read_room(YamlObject& object, std::string& out) {
  object.text("room_id", out);
  if (out.empty()) {
    object.error("room_id", "a matrix config needs room_id",
                 "it stands in the room's settings under Advanced: !abc…:server");
  } else if (out.front() == '#') {
    object.error("room_id", "room_id is an alias, which may move to another room",
                 "write the internal id instead; it stands in the room's settings under Advanced");
  } else if (out.front() != '!') {
    object.error("room_id", "room_id must begin with !", "for instance !abc…:server");
  }
}

}  // namespace

std::shared_ptr<const Integration> read_matrix(ReceiverBlock& block) {
  YamlObject& object = block.object;
  HttpService service = read_http_service(block);
  MatrixConfig config;
  config.http = block.http_config();
  config.timeout = block.timeout(std::chrono::seconds(30));
  config.homeserver = block.url("homeserver_url");
  if (config.homeserver.empty()) {
    object.error("homeserver_url", "a matrix config needs homeserver_url",
                 "the base URL of the client API, for instance https://matrix.example.org");
  }
  read_room(object, config.room);
  config.token = block.secret("access_token");
  if (!config.token.set()) {
    object.error("access_token", "one of access_token and access_token_file must be set in a matrix config");
  }
  object.text("msgtype", config.message_type);
  if (!object.is_one_of("msgtype", config.message_type, {"m.text", "m.notice"})) {
    object.error("msgtype", "msgtype must be m.text or m.notice", "m.notice makes no sound at most clients");
  }
  config.message = block.text_template("message", R"({{ template "matrix.default.message" . }})");
  config.html = block.html_template("html", R"({{ template "matrix.default.html" . }})");
  object.refuse_unknown_keys();
  service.templates = {config.message, config.html};
  service.answer.message_ref = known_path(".event_id");
  service.answer.error = known_path(".error");
  service.answer.wait = AnswerRules::Wait{known_path(".retry_after_ms"), std::chrono::milliseconds(1)};
  service.request = [config = std::move(config)](MessageWriter& writer, const Notification& notification,
                                                 const BuildContext& context) {
    return request_of(config, writer, notification, context);
  };
  return make_http_service(block, std::move(service));
}

}  // namespace tocsin
