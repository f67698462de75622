#include "receivers/msteams.h"

#include <charconv>

#include "receivers/json_request.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/teams_body.h"

namespace tocsin {
namespace {

class MsTeams final : public Integration {
 public:
  MsTeams(IntegrationId id, std::string fingerprint, MsTeamsConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override {
    return {config_.title, config_.summary, config_.text};
  }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  MsTeamsConfig config_;
};

Result<BuiltRequest> MsTeams::build(const Notification& notification, const BuildContext& context) const {
  Result<std::string> url = read_http_url(context, "webhook_url", config_.url);
  if (!url) return fail(url.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const std::string title = writer.text(config_.title, plain_title(writer.data()));
  const std::string summary = writer.text(config_.summary, plain_title(writer.data()));
  std::string body = fitting_teams_body(config_.text, context, writer, [&](const std::string& text) {
    JsonWriter json;
    json.begin_object().field("@context", "http://schema.org/extensions").field("type", "MessageCard");
    json.field("title", title).field("summary", summary).field("text", text);
    json.field("themeColor", writer.data().firing ? "8C1A1A" : "2DC72D").end_object();
    return json.take() + "\n";
  });
  HttpRequest request = json_post(std::move(*url), std::move(body), config_.http);
  return BuiltRequest{std::move(request), writer.warning()};
}

// A connector that fails to deliver answers 200 all the same, with the true status in its text:
// "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 …"
DeliveryResult MsTeams::read(const Notification& notification, const OutboundAnswer& answer) const {
  constexpr std::string_view kFailure = "Microsoft Teams endpoint returned HTTP error ";
  const DeliveryResult out = read_service_answer(answer, notification.at);
  const std::size_t found = answer.body.find(kFailure);
  if (out.outcome != DeliveryResult::Outcome::kDelivered || found == std::string::npos) return out;
  const std::string_view rest = std::string_view(answer.body).substr(found + kFailure.size());
  OutboundAnswer truth = answer;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), truth.status).ec != std::errc()) return out;
  if (truth.status >= 200 && truth.status < 300) return out;
  return read_service_answer(truth, notification.at);
}

}  // namespace

std::shared_ptr<const Integration> read_msteams(ReceiverBlock& block) {
  YamlObject& object = block.object;
  MsTeamsConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  config.url = block.secret_url("webhook_url");
  if (!config.url.set()) {
    object.error("webhook_url", "one of webhook_url and webhook_url_file must be set in a msteams config");
  }
  config.title = block.text_template("title", R"({{ template "msteams.default.title" . }})");
  config.summary = block.text_template("summary", R"({{ template "msteams.default.summary" . }})");
  config.text = block.text_template("text", R"({{ template "msteams.default.text" . }})");
  object.refuse_unknown_keys();
  return std::make_shared<MsTeams>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
