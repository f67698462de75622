#include "receivers/sns.h"

namespace tocsin {
namespace {

void read_sigv4(YamlObject& object, SnsConfig::Sigv4& out) {
  const YamlNode node = object.child("sigv4");
  if (!node.null()) {
    YamlObject sigv4(node, "sigv4", object.problems());
    sigv4.text("region", out.region);
    sigv4.text("access_key", out.access_key);
    sigv4.text("secret_key", out.secret_key);
    sigv4.text("profile", out.profile);
    sigv4.text("role_arn", out.role_arn);
    sigv4.text("external_id", out.external_id);
    sigv4.boolean("use_fips_sts_endpoint", out.fips_sts);
    sigv4.child("service_name");  // Alertmanager knows it, and signs for sns all the same
    if (out.access_key.empty() != out.secret_key.empty()) {
      sigv4.error(out.access_key.empty() ? "secret_key" : "access_key",
                  "access_key and secret_key must be set together, or neither");
    }
    if (!out.external_id.empty() && out.role_arn.empty()) {
      sigv4.error("external_id", "external_id can only be used with role_arn");
    }
    sigv4.refuse_unknown_keys();
  }
  if (out.region.empty()) {
    object.problems().warning(object.file(), object.position_of("sigv4"),
                              "sigv4.region is not set: the environment or the AWS profile must name it",
                              "set the region of the topic, for example eu-central-1");
  }
}

void read_attributes(YamlObject& object, SnsConfig& out) {
  std::map<std::string, std::string> texts;
  object.text_map("attributes", texts);
  const YamlNode node = object.child("attributes");
  if (node.kind() != YamlNode::Kind::kMapping) return;
  for (const auto& [name, value] : node.entries()) {
    const auto text = texts.find(name.text());
    if (text == texts.end()) continue;
    const std::string key = "attributes." + name.text();
    out.attributes.emplace_back(
        TemplateField{key, name.text(), name.file(), name.position(), TemplateField::Output::kText},
        TemplateField{key, text->second, value.file(), value.position(), TemplateField::Output::kText});
  }
}

}  // namespace

SnsConfig read_sns_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  SnsConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  out.http = block.http_config();
  out.api_url = block.text_template("api_url");
  read_sigv4(object, out.sigv4);
  out.topic_arn = block.text_template("topic_arn");
  out.phone_number = block.text_template("phone_number");
  out.target_arn = block.text_template("target_arn");
  int targets = 0;
  for (const TemplateField* target : {&out.topic_arn, &out.phone_number, &out.target_arn}) {
    if (!target->text.empty()) ++targets;
  }
  if (targets != 1) {
    object.error("topic_arn",
                 targets == 0 ? "an sns config needs one of topic_arn, target_arn and phone_number"
                              : "an sns config can have only one of topic_arn, target_arn and "
                                "phone_number",
                 "write one sns config for each");
  }
  out.subject = block.text_template("subject", R"({{ template "sns.default.subject" . }})");
  out.message = block.text_template("message", R"({{ template "sns.default.message" . }})");
  read_attributes(object, out);
  // Alertmanager's choice between two HTTP clients; ours is one, and takes the CA from http_config.
  bool use_aws_http_client = false;
  object.boolean("use_aws_http_client", use_aws_http_client);
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
