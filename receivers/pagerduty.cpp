#include "receivers/pagerduty.h"

#include <array>

#include "receivers/message_writer.h"
#include "receivers/pagerduty_change.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/sha256.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestSummary = 1024;   // code points
constexpr std::size_t kLargestEvent = 512'000;  // bytes of the whole body
const std::string kVersion1Url = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";
const std::string kNote = "tocsin";  // the detail that tells of failed templates
constexpr std::string_view kTemplateFailed = "(this template failed)";

struct Event {
  PagerDutyConfig::Api api;
  std::string key, action, dedup_key, client, client_url;
  std::string summary, source, severity, event_class, component, group;
  std::vector<std::array<std::string, 3>> images;  // src, alt, href
  std::vector<std::array<std::string, 2>> links;   // href, text
};

void write_unless_empty(JsonWriter& json, std::string_view key, const std::string& value) {
  if (!value.empty()) json.field(key, value);
}

// Version 1 knows less: no severity, no images, no links.
std::string version_1_body_of(const Event& event, const PayloadValue::Map& details) {
  JsonWriter json;
  json.begin_object().field("service_key", event.key).field("incident_key", event.dedup_key);
  json.field("event_type", event.action).field("description", event.summary);
  if (event.action == "trigger") {
    write_unless_empty(json, "client", event.client);
    write_unless_empty(json, "client_url", event.client_url);
  }
  if (!details.empty()) write_json(json.key("details"), PayloadValue{details});
  json.end_object();
  return json.take() + "\n";
}

std::string body_of(const Event& event, const PayloadValue::Map& details) {
  if (event.api == PagerDutyConfig::Api::kVersion1) return version_1_body_of(event, details);
  JsonWriter json;
  json.begin_object().field("routing_key", event.key).field("dedup_key", event.dedup_key);
  json.field("event_action", event.action).key("payload").begin_object();
  json.field("summary", event.summary).field("source", event.source).field("severity", event.severity);
  write_unless_empty(json, "class", event.event_class);
  write_unless_empty(json, "component", event.component);
  write_unless_empty(json, "group", event.group);
  if (!details.empty()) write_json(json.key("custom_details"), PayloadValue{details});
  json.end_object();
  write_unless_empty(json, "client", event.client);
  write_unless_empty(json, "client_url", event.client_url);
  if (!event.images.empty()) {
    json.key("images").begin_array();
    for (const auto& [src, alt, href] : event.images) {
      json.begin_object().field("src", src).field("alt", alt).field("href", href).end_object();
    }
    json.end_array();
  }
  if (!event.links.empty()) {
    json.key("links").begin_array();
    for (const auto& [href, text] : event.links)
      json.begin_object().field("href", href).field("text", text).end_object();
    json.end_array();
  }
  json.end_object();
  return json.take() + "\n";
}

class PagerDuty final : public Integration {
 public:
  PagerDuty(IntegrationId id, std::string fingerprint, PagerDutyConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;
  bool wants_changes() const override { return !config_.change_url.empty(); }
  Result<HttpRequest> tell_change(const RulesChanged&, const BuildContext&) const override;
  DeliveryResult read_change(const OutboundAnswer& answer, TimePoint now) const override {
    return read_service_answer(answer, now);
  }

 private:
  Event expand(MessageWriter&) const;
  std::string dedup_key(const Notification&, MessageWriter&) const;
  PayloadValue::Map details(const BuildContext&, MessageWriter&, std::size_t shown) const;
  std::string fitting_body(const Event&, const BuildContext&, MessageWriter&) const;
  PagerDutyConfig config_;
};

std::vector<TemplateField> PagerDuty::template_fields() const {
  const PagerDutyConfig& c = config_;
  std::vector<TemplateField> out = {c.client,      c.client_url, c.description, c.source,   c.severity,
                                    c.event_class, c.component,  c.group,       c.dedup_key};
  for (const auto& image : c.images) out.insert(out.end(), {image.src, image.alt, image.href});
  for (const auto& link : c.links) out.insert(out.end(), {link.href, link.text});
  if (has_template(c.key.text)) {
    out.push_back(c.key_field);
    out.back().text = c.key.text;
  }
  std::vector<std::string> texts;
  if (c.page_as_details) return out;
  for (const auto& [key, value] : c.details) collect_texts(value, texts);
  for (std::string& text : texts) {
    out.push_back(c.details_field);
    out.back().text = std::move(text);
  }
  return out;
}

// PagerDuty refuses an event whose severity is not one of four, and a page lost over a label is worse than a
// wrong colour: the words that teams use become the nearest of them.
std::string known_severity(MessageWriter& writer, const TemplateField& field) {
  const std::string severity = writer.text(field, "error");
  if (const auto known = parse_severity(severity)) return std::string(to_string(*known));
  writer.warn("severity \"" + on_one_line(cut_to_runes(severity, 60)) +
              "\" is none of PagerDuty's, error was sent instead");
  return "error";
}

Event PagerDuty::expand(MessageWriter& writer) const {
  Event event;
  event.api = config_.api;
  event.action = writer.data().firing ? "trigger" : "resolve";
  event.client = writer.text(config_.client);
  event.client_url = writer.text(config_.client_url);
  const std::string summary = writer.text(config_.description, plain_title(writer.data()));
  event.summary = cut_to_runes(summary, kLongestSummary);
  if (count_runes(summary) > kLongestSummary) writer.warn("the summary was cut to 1024 characters");
  event.source = writer.text(config_.source);
  if (event.summary.empty()) event.summary = plain_title(writer.data());  // both are required by the service
  if (event.source.empty()) event.source = "tocsin";
  if (config_.api == PagerDutyConfig::Api::kVersion1) return event;
  event.severity = known_severity(writer, config_.severity);
  event.event_class = writer.text(config_.event_class);
  event.component = writer.text(config_.component);
  event.group = writer.text(config_.group);
  for (const auto& image : config_.images) {
    std::string src = writer.text(image.src);
    if (!src.empty())
      event.images.push_back({std::move(src), writer.text(image.alt), writer.text(image.href)});
  }
  for (const auto& link : config_.links) {
    std::string href = writer.text(link.href);
    if (!href.empty()) event.links.push_back({std::move(href), writer.text(link.text)});
  }
  if (config_.page_links) {
    for (const PageLink& link : page_links(writer.data())) event.links.push_back({link.url, link.text});
  }
  return event;
}

// The details with the first `shown` alerts; what is missing is said, and the counts are of all.
PayloadValue::Map PagerDuty::details(const BuildContext& context, MessageWriter& writer,
                                     std::size_t shown) const {
  if (config_.page_as_details) return pagerduty_details(make_page(writer.data(), context.now), shown);
  MessageWriter partial(context, writer.data().with_first_alerts(shown));
  PayloadValue::Map out;
  for (const auto& [key, value] : config_.details) {
    const bool count = config_.counts_are_ours && (key == "num_firing" || key == "num_resolved");
    const MessageWriter& source = count ? writer : partial;
    const auto expanded = expand_payload(value, [&](std::string_view text) { return source.expand(text); });
    if (expanded) {
      out.emplace(key, *expanded);
    } else {
      out.emplace(key, PayloadValue{std::string(kTemplateFailed)});
      out[kNote] = PayloadValue{"the template of details." + key +
                                " failed: " + on_one_line(expanded.error().message)};
    }
  }
  if (const std::size_t more = writer.data().alerts.size() - partial.data().alerts.size(); more > 0) {
    out["truncated"] =
        PayloadValue{"… " + std::to_string(more) + " more alerts, full list: " + context.external_url};
  }
  return out;
}

// All alerts where they fit, else as many of the first as do; never a cut in the middle of one.
std::string PagerDuty::fitting_body(const Event& event, const BuildContext& context,
                                    MessageWriter& writer) const {
  const std::size_t total = writer.data().alerts.size();
  const auto body_with = [&](std::size_t shown) { return body_of(event, details(context, writer, shown)); };
  const PayloadValue::Map all = details(context, writer, total);
  if (const auto note = all.find(kNote);
      note != all.end() && !config_.details.contains(kNote) && note->second.text() != nullptr) {
    writer.warn_of_template(*note->second.text());
  }
  std::string body = body_of(event, all);
  if (body.size() <= kLargestEvent) return body;
  std::size_t fitting = 0;
  for (std::size_t low = 0, high = total; low < high;) {
    const std::size_t middle = low + (high - low) / 2;
    if (body_with(middle).size() <= kLargestEvent) {
      fitting = middle;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  writer.warn(std::to_string(total - fitting) +
              " alerts were left out of the details, which PagerDuty limits to 512 KB");
  body = body_with(fitting);
  if (body.size() <= kLargestEvent) return body;
  const PayloadValue::Map counts = {
      {"num_firing", PayloadValue{static_cast<std::int64_t>(writer.data().count_firing())}},
      {"num_resolved", PayloadValue{static_cast<std::int64_t>(writer.data().count_resolved())}},
      {"truncated",
       PayloadValue{"the details are larger than PagerDuty takes, full list: " + context.external_url}}};
  return body_of(event, counts);
}

// An incident that is open keeps the key it was opened with, whatever its template makes of other alerts.
std::string PagerDuty::dedup_key(const Notification& notification, MessageWriter& writer) const {
  constexpr std::size_t kLongestKey = 255;
  if (config_.dedup_key.text.empty()) return sha256_hex(notification.group_key);
  if (!notification.message_ref.empty()) return notification.message_ref;
  std::string key = writer.text(config_.dedup_key);
  if (key.empty()) return sha256_hex(notification.group_key);
  return key.size() <= kLongestKey ? key : sha256_hex(key);
}

Result<BuiltRequest> PagerDuty::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  Result<std::string> key = writer.required_secret(config_.key_field.key, config_.key);
  if (!key) return fail(key.error().message);
  Event event = expand(writer);
  event.key = std::move(*key);
  event.dedup_key = dedup_key(notification, writer);
  HttpRequest request;
  request.method = "POST";
  request.url = config_.api == PagerDutyConfig::Api::kVersion1 ? kVersion1Url : config_.url;
  request.headers = {{"Content-Type", "application/json"}};
  request.config = config_.http;
  request.timeout = config_.timeout;
  request.body = fitting_body(event, context, writer);
  return BuiltRequest{std::move(request), writer.warning()};
}

Result<HttpRequest> PagerDuty::tell_change(const RulesChanged& changed, const BuildContext& context) const {
  const Result<std::string> key = context.read_secret(config_.key);
  if (!key) return fail(key.error().message);
  HttpRequest request;
  request.method = "POST";
  request.url = config_.change_url;
  request.headers = {{"Content-Type", "application/json"}};
  request.config = config_.http;
  request.timeout = config_.timeout;
  request.body = pagerduty_change_event(changed, *key, context.external_url);
  return request;
}

DeliveryResult PagerDuty::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (out.outcome == DeliveryResult::Outcome::kDelivered) {
    const bool version_1 = config_.api == PagerDutyConfig::Api::kVersion1;
    const std::string key = json ? json->text(version_1 ? "incident_key" : "dedup_key") : "";
    out.message_ref =
        key.empty() && config_.dedup_key.text.empty() ? sha256_hex(notification.group_key) : key;
  } else if (answer.result == TransportResult::kAnswered && answer.status == 400 && json) {
    std::string errors;
    if (json->find("errors").kind() == JsonValue::Kind::kArray) {
      for (const JsonValue& error : json->find("errors").array())
        errors += (errors.empty() ? "" : ", ") + error.string();
    }
    const std::string message = json->text("message") + (errors.empty() ? "" : ": " + errors);
    if (!message.empty()) out.message = "HTTP 400: " + answer_excerpt(message);
  }
  // Version 1 says with 403 that it is too much for now.
  if (config_.api == PagerDutyConfig::Api::kVersion1 && answer.result == TransportResult::kAnswered &&
      answer.status == 403) {
    out.outcome = DeliveryResult::Outcome::kFailed;
    out.reason = "rateLimited";
    out.retry_after = read_retry_after(answer, notification.at);
  }
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_pagerduty(ReceiverBlock& block) {
  PagerDutyConfig config = read_pagerduty_config(block);
  return std::make_shared<PagerDuty>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
