#include "receivers/ntfy.h"

#include <algorithm>

#include "receivers/http_service.h"
#include "receivers/json_request.h"
#include "receivers/plain_message.h"
#include "receivers/service_request.h"
#include "receivers/text_limits.h"
#include "receivers/urgency.h"

namespace tocsin {
namespace {

// Bytes; what is longer becomes an attachment, or is refused (message-size-limit of the server).
constexpr std::size_t kLongestMessage = 4096;
constexpr std::size_t kLongestTitle = 250;  // code points: what a phone shows at all

struct NtfyConfig {
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  std::string url;
  Secret topic;  // a secret: whoever knows it reads and writes it
  TemplateField topic_field;
  Secret token, password;
  std::string username;
  TemplateField title, message, priority, click, icon;
  std::vector<TemplateField> tags;
  bool markdown = false;
};

int priority_by(Urgency urgency) {
  switch (urgency) {
    case Urgency::kResolved:
    case Urgency::kInfo:
      return 2;
    case Urgency::kWarning:
      return 3;
    case Urgency::kError:
      return 4;
    case Urgency::kCritical:
      break;
  }
  return 5;
}

// ntfy shows these words as pictures.
std::string tag_by(Urgency urgency) {
  if (urgency == Urgency::kResolved) return "white_check_mark";
  return urgency >= Urgency::kError ? "rotating_light" : "warning";
}

bool is_topic(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string body_of(const NtfyConfig& config, const std::string& topic, MessageWriter& writer,
                    const BuildContext& context) {
  const Urgency urgency = urgency_of(writer.data());
  const std::string title = writer.fitting(on_one_line(writer.text(config.title, plain_title(writer.data()))),
                                           kLongestTitle, "title");
  const std::string message = fitting_text(
      config.message, context, writer,
      [](const std::string& candidate) { return candidate.size() <= kLongestMessage; },
      "ntfy takes 4096 bytes");
  JsonWriter json;
  json.begin_object().field("topic", topic).field("title", title).field("message", message);
  json.key("priority").integer(priority_of(config.priority, writer, 1, 5, priority_by(urgency)));
  json.key("tags").begin_array();
  if (config.tags.empty()) json.string(tag_by(urgency));
  for (const TemplateField& tag : config.tags) {
    if (const std::string text = writer.text(tag); !text.empty()) json.string(text);
  }
  json.end_array();
  write_unless_empty(json, "click", writer.text(config.click));
  write_unless_empty(json, "icon", writer.text(config.icon));
  if (config.markdown) json.key("markdown").boolean(true);
  json.end_object();
  return json.take();
}

Result<HttpRequest> request_of(const NtfyConfig& config, MessageWriter& writer, const BuildContext& context) {
  const Result<std::string> topic = writer.required_secret("topic", config.topic);
  if (!topic) return fail(topic.error().message);
  if (!is_topic(*topic)) return fail("topic is not 1 to 64 letters, digits, - and _");
  HttpRequest request =
      json_request("POST", config.url, body_of(config, *topic, writer, context), config.http);
  if (config.token.set()) {
    const Result<std::string> token = context.read_secret(config.token);
    if (!token) return fail("token: " + token.error().message);
    request.headers.emplace_back("Authorization", "Bearer " + *token);
  }
  request.timeout = config.timeout;
  return request;
}

// What ntfy calls basic authentication is that of http_config, which carries it.
std::shared_ptr<const HttpConfig> with_login(const NtfyConfig& config) {
  if (config.username.empty()) return config.http;
  HttpConfig out = config.http ? *config.http : HttpConfig{};
  out.basic = HttpConfig::Basic{config.username, "", config.password};
  return std::make_shared<const HttpConfig>(std::move(out));
}

void read_login(ReceiverBlock& block, NtfyConfig& config) {
  YamlObject& object = block.object;
  config.token = block.secret("token");
  config.password = block.secret("password");
  object.text("username", config.username);
  if (config.token.set() && !config.username.empty()) {
    object.error("username", "at most one of token and username can be set in an ntfy config",
                 "a token is enough");
  } else if (config.username.empty() == config.password.set()) {
    object.error("password", "username and password belong together",
                 "set username, and password or password_file");
  }
  config.http = with_login(config);
}

void read_tags(YamlObject& object, NtfyConfig& config) {
  std::size_t index = 0;
  for (const YamlNode& tag : object.list("tags")) {
    config.tags.push_back({"tags[" + std::to_string(index++) + "]", tag.text(), tag.file(), tag.position(),
                           TemplateField::Output::kText});
    if (tag.kind() != YamlNode::Kind::kScalar)
      object.problems().error(tag.file(), tag.position(), "a tag is a text");
  }
}

}  // namespace

std::shared_ptr<const Integration> read_ntfy(ReceiverBlock& block) {
  YamlObject& object = block.object;
  HttpService service = read_http_service(block);
  NtfyConfig config;
  config.http = block.http_config();
  config.timeout = block.timeout(std::chrono::seconds(30));
  config.url = block.url("url", "https://ntfy.sh");
  config.topic = block.secret("topic");
  config.topic_field = {"topic", config.topic.text, object.file(), object.position_of("topic"),
                        TemplateField::Output::kText};
  if (!config.topic.set()) {
    object.error("topic", "one of topic and topic_file must be set in an ntfy config");
  } else if (!config.topic.text.empty() && !has_template(config.topic.text) &&
             config.topic.text != "<secret>" && !is_topic(config.topic.text)) {
    object.error("topic", "a topic is 1 to 64 letters, digits, - and _",
                 "only its name: the server stands in url");
  }
  read_login(block, config);
  config.title = block.text_template("title", R"({{ template "ntfy.default.title" . }})");
  config.message = block.text_template("message", R"({{ template "ntfy.default.message" . }})");
  config.priority = block.text_template("priority");
  config.click = block.text_template("click", R"({{ template "ntfy.default.click" . }})");
  config.icon = block.text_template("icon");
  read_tags(object, config);
  object.boolean("markdown", config.markdown);
  object.refuse_unknown_keys();
  service.templates = {config.title, config.message, config.priority, config.click, config.icon};
  if (has_template(config.topic.text)) service.templates.push_back(config.topic_field);
  service.templates.insert(service.templates.end(), config.tags.begin(), config.tags.end());
  service.answer.message_ref = known_path(".id");
  service.answer.error = known_path(".error");
  service.request = [config = std::move(config)](MessageWriter& writer, const Notification&,
                                                 const BuildContext& context) {
    return request_of(config, writer, context);
  };
  return make_http_service(block, std::move(service));
}

}  // namespace tocsin
