#include "receivers/generic_http.h"

#include <algorithm>

#include "receivers/http_service.h"
#include "receivers/plain_message.h"

namespace tocsin {
namespace {

bool has_header(const HttpRequest& request, std::string_view lower_name) {
  return std::ranges::any_of(request.headers, [&](const auto& header) {
    return std::ranges::equal(header.first, lower_name, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  });
}

Result<void> add_headers(const HttpRequestPlan& plan, MessageWriter& writer, const BuildContext& context,
                         HttpRequest& request) {
  for (const HttpRequestPlan::Header& header : plan.headers) {
    // Credentials and places to go: plain words cannot replace them.
    Result<std::string> value =
        header.secret.set() ? context.read_secret(header.secret) : writer.required(header.value);
    if (!value) return fail("header " + header.name + ": " + value.error().message);
    request.headers.emplace_back(header.name, std::move(*value));
  }
  return {};
}

struct BodyBuilder {
  MessageWriter& writer;
  const Notification& notification;
  std::string content_type = "application/json";

  std::string operator()(const HttpRequestPlan::StandardMessage&) {
    const std::size_t cut = notification.alerts.size() - writer.data().alerts.size();
    return webhook_message(writer.data(), notification.group_key, cut);
  }
  std::string operator()(const TemplateField& text) {
    content_type = "text/plain; charset=utf-8";
    return writer.text(text, plain_title(writer.data()) + "\n" + plain_alert_list(writer.data()));
  }
  std::string operator()(const HttpRequestPlan::Json& json) {
    const auto payload =
        expand_payload(json.value, [&](std::string_view text) { return writer.expand(text); });
    if (!payload) {
      // The other end expects a shape of its own; the standard message is still better than silence.
      writer.warn("the template of json failed, the standard message was sent instead: " +
                  payload.error().message);
      return (*this)(HttpRequestPlan::StandardMessage{});
    }
    JsonWriter out;
    write_json(out, *payload);
    return out.take();
  }
};

Result<HttpRequest> request_of(const GenericHttpConfig& config, MessageWriter& writer,
                               const Notification& notification, const BuildContext& context) {
  const HttpRequestPlan& plan = config.resolved && !writer.data().firing ? *config.resolved : config.firing;
  Result<std::string> url = writer.required_secret("url", plan.url);
  if (!url) return fail(url.error().message);
  if (const auto checked = check_http_url(*url); !checked) return fail("url " + checked.error().message);
  HttpRequest request;
  request.method = plan.method;
  request.url = std::move(*url);
  request.config = config.http;
  request.timeout = config.timeout;
  if (const auto added = add_headers(plan, writer, context, request); !added)
    return fail(added.error().message);
  const bool bare = std::holds_alternative<HttpRequestPlan::StandardMessage>(plan.body) &&
                    (plan.method == "GET" || plan.method == "DELETE");
  if (bare) return request;
  BodyBuilder body{writer, notification};
  request.body = std::visit(body, plan.body);
  if (!has_header(request, "content-type")) {
    request.headers.insert(request.headers.begin(), {"Content-Type", body.content_type});
  }
  return request;
}

void collect(const HttpRequestPlan& plan, std::vector<TemplateField>& out) {
  if (has_template(plan.url.text)) {
    out.push_back(plan.url_field);
    out.back().text = plan.url.text;
  }
  for (const HttpRequestPlan::Header& header : plan.headers) {
    if (!header.secret.set()) out.push_back(header.value);
  }
  if (const auto* text = std::get_if<TemplateField>(&plan.body)) out.push_back(*text);
  if (const auto* json = std::get_if<HttpRequestPlan::Json>(&plan.body)) {
    std::vector<std::string> texts;
    collect_texts(json->value, texts);
    for (std::string& text : texts) {
      out.push_back(json->field);
      out.back().text = std::move(text);
    }
  }
}

void read_method(YamlObject& object, std::string& out) {
  if (!object.text("method", out)) return;
  if (!object.is_one_of("method", out, {"GET", "POST", "PUT", "PATCH", "DELETE"}))
    object.error("method", "method must be GET, POST, PUT, PATCH or DELETE");
}

// Name: text, or Name: {secret: …} or {file: …}.
void read_headers(YamlObject& object, const std::string& base_folder, const std::string& prefix,
                  HttpRequestPlan& out) {
  const YamlNode node = object.child("headers");
  if (node.null()) return;
  if (node.kind() == YamlNode::Kind::kScalar && node.text() == "<secret>") {
    object.problems().warning(node.file(), node.position(),
                              "headers is <secret>, which a dumped configuration shows instead of them",
                              "put the real headers there before sending with it");
    return;
  }
  out.headers.clear();
  const YamlObject known(node, "headers", object.problems());
  for (const auto& [name, value] : node.entries()) {
    HttpRequestPlan::Header header;
    header.name = name.text();
    header.value = {prefix + "headers." + header.name, value.text(), value.file(), value.position(),
                    TemplateField::Output::kText};
    if (value.kind() == YamlNode::Kind::kList) {
      object.problems().error(value.file(), value.position(), "a header has one value, not a list");
    } else if (value.kind() == YamlNode::Kind::kMapping) {
      YamlObject from(value, "header", object.problems());
      from.text("secret", header.secret.text);
      from.text("file", header.secret.file);
      header.secret.file = resolve_path(base_folder, header.secret.file);
      if (header.secret.text.empty() == header.secret.file.empty())
        from.error("file", "a header that is no text needs either secret or file",
                   "write NAME: {file: /path} or NAME: {secret: TEXT}");
      from.refuse_unknown_keys();
    }
    out.headers.push_back(std::move(header));
  }
}

void read_body(YamlObject& object, const std::string& prefix, HttpRequestPlan& out) {
  if (object.has("body") && object.has("json")) {
    object.error("json", "at most one of body and json can be set",
                 "body is any text, json a structure with templates in it");
  }
  if (object.has("body")) out.body = read_template(object, "body", prefix + "body");
  if (const YamlNode json = object.child("json"); !json.null()) {
    PayloadValue::check_keys(json, object.problems());
    out.body = HttpRequestPlan::Json{
        PayloadValue::from(json),
        {prefix + "json", "", object.file(), object.position_of("json"), TemplateField::Output::kText}};
  }
  object.child("body");
}

// What the block says of one request; what it does not say stays.
void read_plan(YamlObject& object, const std::string& base_folder, const std::string& prefix,
               HttpRequestPlan& out) {
  read_method(object, out.method);
  const Secret url = read_secret(object, "url", base_folder);
  if (url.set()) {
    out.url = url;
    out.url_field = {prefix + "url", "", object.file(), object.position_of("url"),
                     TemplateField::Output::kText};
    if (url.text == "<secret>") {
      object.problems().warning(object.file(), object.position_of("url"),
                                "url is <secret>, which a dumped configuration shows instead of the URL",
                                "put the real URL there before sending with it");
    } else if (!url.text.empty() && !has_template(url.text)) {
      if (const auto checked = check_http_url(url.text); !checked)
        object.error("url", "url " + checked.error().message);
    }
  }
  read_headers(object, base_folder, prefix, out);
  read_body(object, prefix, out);
}

}  // namespace

std::shared_ptr<const Integration> read_generic_http(ReceiverBlock& block) {
  YamlObject& object = block.object;
  GenericHttpConfig config;
  HttpService service = read_http_service(block);
  config.http = block.http_config();
  config.timeout = block.timeout(std::chrono::seconds(30));
  read_plan(object, block.base_folder, "", config.firing);
  if (!config.firing.url.set()) object.error("url", "one of url and url_file must be set in an http config");
  if (const YamlNode node = object.child("resolved"); !node.null()) {
    YamlObject resolved(node, "resolved", object.problems());
    config.resolved = config.firing;
    read_plan(resolved, block.base_folder, "resolved.", *config.resolved);
    resolved.refuse_unknown_keys();
    if (!service.send_resolved)
      object.error("resolved", "nothing is sent when alerts are resolved: send_resolved is false",
                   "remove one of the two");
  }
  service.answer = read_answer_rules(object);
  object.refuse_unknown_keys();
  collect(config.firing, service.templates);
  if (config.resolved) collect(*config.resolved, service.templates);
  service.request = [config = std::move(config)](MessageWriter& writer, const Notification& notification,
                                                 const BuildContext& context) {
    return request_of(config, writer, notification, context);
  };
  return make_http_service(block, std::move(service));
}

}  // namespace tocsin
