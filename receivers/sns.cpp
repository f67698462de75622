#include "receivers/sns.h"

#include <algorithm>

#include "receivers/aws_answer.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_request.h"
#include "receivers/sha256.h"
#include "receivers/sigv4.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;

constexpr std::size_t kLargestMessage = 256 * 1024;  // bytes, with the attributes
constexpr std::size_t kLargestSms = 1600;            // bytes
constexpr std::size_t kLongestSubject = 99;          // code points: "less than 100"

class Sns final : public Integration {
 public:
  Sns(IntegrationId id, std::string fingerprint, SnsConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification& notification, const OutboundAnswer& answer) const override {
    return read_aws_answer(answer, notification.at, "MessageId");
  }
  bool takes_several_requests() const override { return !config_.sigv4.role_arn.empty(); }
  NextStep next(const Notification&, const BuildContext&, const std::vector<OutboundAnswer>&) const override;

 private:
  Result<AwsIdentity> identity(const BuildContext&) const;
  Result<BuiltRequest> assume_role(const BuildContext&) const;
  Result<BuiltRequest> publish(const Notification&, const BuildContext&, const AwsIdentity&) const;
  Result<void> add_target(QueryParameters&, MessageWriter&, const Notification&) const;
  void add_message(QueryParameters&, MessageWriter&) const;
  SnsConfig config_;
};

std::vector<TemplateField> Sns::template_fields() const {
  const SnsConfig& c = config_;
  std::vector<TemplateField> out = {c.api_url,    c.topic_arn, c.phone_number,
                                    c.target_arn, c.subject,   c.message};
  for (const auto& [name, value] : c.attributes) out.insert(out.end(), {name, value});
  return out;
}

std::string domain_of(const std::string& region) {
  return region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
}

Result<HttpRequest> signed_form(std::string url, QueryParameters parameters, const AwsIdentity& identity,
                                const std::string& service, TimePoint now,
                                std::shared_ptr<const HttpConfig> http) {
  std::sort(parameters.begin(), parameters.end());
  HttpRequest out;
  out.method = "POST";
  out.url = std::move(url);
  out.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  out.body = form_encoded(parameters);
  out.config = std::move(http);
  if (const auto done = sign_for_aws(out, identity, service, now); !done) return fail(done.error().message);
  return out;
}

// The keys given here, else those of the environment; the region given here wins in any case.
Result<AwsIdentity> Sns::identity(const BuildContext& context) const {
  const SnsConfig::Sigv4& sigv4 = config_.sigv4;
  AwsIdentity out = {sigv4.access_key, sigv4.secret_key, "", sigv4.region};
  if (!out.access_key.empty() && !out.region.empty()) return out;
  if (!context.aws_identity) return fail("there is no AWS identity: set sigv4.access_key and secret_key");
  Result<AwsIdentity> found = context.aws_identity(sigv4.profile);
  if (out.access_key.empty()) {
    if (!found) return fail(found.error().message);
    if (!out.region.empty()) found->region = out.region;
    out = std::move(*found);
  } else if (found) {
    out.region = found->region;
  }
  if (out.region.empty()) return fail("no AWS region is known: set sigv4.region");
  return out;
}

Result<BuiltRequest> Sns::assume_role(const BuildContext& context) const {
  const Result<AwsIdentity> own = identity(context);
  if (!own) return fail(own.error().message);
  QueryParameters parameters = {{"Action", "AssumeRole"},
                                {"Version", "2011-06-15"},
                                {"RoleArn", config_.sigv4.role_arn},
                                {"RoleSessionName", "tocsin"},
                                {"DurationSeconds", "900"}};
  if (!config_.sigv4.external_id.empty()) parameters.emplace_back("ExternalId", config_.sigv4.external_id);
  const std::string host = (config_.sigv4.fips_sts ? "https://sts-fips." : "https://sts.") + own->region;
  Result<HttpRequest> out =
      signed_form(host + domain_of(own->region) + "/", parameters, *own, "sts", context.now, config_.http);
  if (!out) return fail(out.error().message);
  return BuiltRequest{std::move(*out), ""};
}

Result<void> Sns::add_target(QueryParameters& out, MessageWriter& writer,
                             const Notification& notification) const {
  const auto add = [&](const TemplateField& field, const char* name) -> Result<std::string> {
    if (field.text.empty()) return std::string();
    Result<std::string> target = writer.required(field);
    if (!target) return target;
    if (target->empty()) return fail(field.key + " is empty");
    out.emplace_back(name, *target);
    return target;
  };
  const Result<std::string> topic = add(config_.topic_arn, "TopicArn");
  if (!topic) return fail(topic.error().message);
  if (topic->ends_with(".fifo")) {
    out.emplace_back("MessageDeduplicationId", sha256_hex(notification.group_key));
    out.emplace_back("MessageGroupId", sha256_hex(notification.group_key));
  }
  if (const auto phone = add(config_.phone_number, "PhoneNumber"); !phone) return fail(phone.error().message);
  if (const auto target = add(config_.target_arn, "TargetArn"); !target) return fail(target.error().message);
  return {};
}

void Sns::add_message(QueryParameters& out, MessageWriter& writer) const {
  KeyValues attributes;
  for (const auto& [name_field, value_field] : config_.attributes) {
    const std::string name = writer.text(name_field), value = writer.text(value_field);
    if (!name.empty() && !value.empty()) {
      attributes[name] = value;
    } else {
      writer.warn(value_field.key + " is empty and was left out: SNS refuses empty attributes");
    }
  }
  std::string message = writer.text(config_.message, plain_alert_list(writer.data()));
  if (message.empty()) message = plain_title(writer.data());  // the service refuses an empty one
  const bool sms = !config_.phone_number.text.empty();
  std::size_t limit = sms ? kLargestSms : kLargestMessage;
  const auto size_of = [](const std::string& name, const std::string& value) {
    return name.size() + std::string_view("String").size() + value.size();
  };
  std::size_t beside = 0;
  for (const auto& [name, value] : attributes) beside += size_of(name, value);
  if (!sms) limit -= std::min(beside, limit);
  message = repaired_utf8(message);
  if (message.size() > limit) {
    attributes["truncated"] = "true";
    if (!sms) limit -= std::min(size_of("truncated", "true"), limit);
    message = first_bytes(message, limit);
    writer.warn("the message was cut to the " + std::to_string(limit) + " bytes that SNS takes");
  }
  out.emplace_back("Message", message);
  int number = 0;
  for (const auto& [name, value] : attributes) {
    const std::string entry = "MessageAttributes.entry." + std::to_string(++number) + ".";
    out.emplace_back(entry + "Name", name);
    out.emplace_back(entry + "Value.DataType", "String");
    out.emplace_back(entry + "Value.StringValue", value);
  }
  // A subject that is too long, or on two lines, makes SNS refuse the whole message.
  const std::string subject = on_one_line(writer.text(config_.subject, plain_title(writer.data())));
  if (count_runes(subject) > kLongestSubject) writer.warn("the subject was cut to 99 characters");
  if (!subject.empty()) out.emplace_back("Subject", cut_to_runes(subject, kLongestSubject));
}

Result<BuiltRequest> Sns::publish(const Notification& notification, const BuildContext& context,
                                  const AwsIdentity& who) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  QueryParameters parameters = {{"Action", "Publish"}, {"Version", "2010-03-31"}};
  if (const auto added = add_target(parameters, writer, notification); !added) {
    return fail(added.error().message);
  }
  add_message(parameters, writer);
  Result<std::string> url = writer.required(config_.api_url);
  if (!url) return fail(url.error().message);
  if (url->empty()) *url = "https://sns." + who.region + domain_of(who.region);
  if (const auto checked = check_http_url(*url); !checked) return fail("api_url " + checked.error().message);
  Result<HttpRequest> out =
      signed_form(extended_url(*url, ""), parameters, who, "sns", context.now, config_.http);
  if (!out) return fail(out.error().message);
  return BuiltRequest{std::move(*out), writer.warning()};
}

std::string text_of(const AwsIdentity& identity) {
  JsonWriter json;
  json.begin_object().field("access_key", identity.access_key).field("secret_key", identity.secret_key);
  json.field("session_token", identity.session_token).field("region", identity.region).end_object();
  return json.take();
}

AwsIdentity identity_of(const std::string& text) {
  const Result<JsonValue> json = JsonValue::parse(text);
  if (!json) return {};
  return {json->text("access_key"), json->text("secret_key"), json->text("session_token"),
          json->text("region")};
}

Result<BuiltRequest> Sns::build(const Notification& notification, const BuildContext& context) const {
  if (takes_several_requests()) {
    return context.kept.empty() ? assume_role(context)
                                : publish(notification, context, identity_of(context.kept));
  }
  const Result<AwsIdentity> own = identity(context);
  if (!own) return fail(own.error().message);
  return publish(notification, context, *own);
}

NextStep step_of(Result<BuiltRequest> built) {
  if (built) return std::move(*built);
  return DeliveryResult{Outcome::kRejected, 0, "other", built.error().message, {}, ""};
}

// The keys of the role come first, unless those of an earlier delivery are still good.
NextStep Sns::next(const Notification& notification, const BuildContext& context,
                   const std::vector<OutboundAnswer>& so_far) const {
  if (!takes_several_requests()) return read(notification, so_far.back());
  const std::size_t assumed = context.kept.empty() ? 0 : 1;  // which answer is that of AssumeRole
  if (so_far.size() <= assumed || so_far.size() > assumed + 1) {
    const bool refused = so_far.size() <= assumed && is_aws_identity_refused(so_far.back());
    if (!refused) return read(notification, so_far.back());
    NextStep again = step_of(assume_role(context));
    if (auto* built = std::get_if<BuiltRequest>(&again)) built->keep = Keepsake{};
    return again;
  }
  DeliveryResult result = read_aws_answer(so_far.back(), notification.at, "AccessKeyId");
  if (result.outcome != Outcome::kDelivered) {
    result.message = "the role could not be assumed: " + result.message;
    return result;
  }
  const std::string& body = so_far.back().body;
  AwsIdentity role = {aws_text(body, "AccessKeyId"), aws_text(body, "SecretAccessKey"),
                      aws_text(body, "SessionToken"), ""};
  const Result<AwsIdentity> own = identity(context);
  if (!own) return DeliveryResult{Outcome::kRejected, 0, "other", own.error().message, {}, ""};
  role.region = own->region;
  if (role.access_key.empty() || role.secret_key.empty()) {
    return DeliveryResult{
        Outcome::kFailed, result.status, "other", "the role's keys are not in STS' answer", {}, ""};
  }
  NextStep step = step_of(publish(notification, context, role));
  const Result<TimePoint> until = parse_rfc3339(aws_text(body, "Expiration"));
  if (auto* built = std::get_if<BuiltRequest>(&step); built != nullptr && until) {
    built->keep = Keepsake{text_of(role), *until - std::chrono::minutes(1)};
  }
  return step;
}

}  // namespace

std::shared_ptr<const Integration> read_sns(ReceiverBlock& block) {
  SnsConfig config = read_sns_config(block);
  return std::make_shared<Sns>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
