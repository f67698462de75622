#include "receivers/pagerduty.h"
#include "receivers/pagerduty_change.h"

namespace tocsin {
namespace {

std::string numbered(const std::string& list, std::size_t index, std::string_view key) {
  return list + "[" + std::to_string(index) + "]." + std::string(key);
}

void read_images(YamlObject& object, std::vector<PagerDutyConfig::Image>& out) {
  for (const YamlNode& node : object.list("images")) {
    YamlObject item(node, "PagerDuty image", object.problems());
    const std::size_t index = out.size();
    out.push_back({read_template(item, "src", numbered("images", index, "src")),
                   read_template(item, "alt", numbered("images", index, "alt")),
                   read_template(item, "href", numbered("images", index, "href"))});
    item.refuse_unknown_keys();
  }
}

void read_links(YamlObject& object, std::vector<PagerDutyConfig::Link>& out) {
  for (const YamlNode& node : object.list("links")) {
    YamlObject item(node, "PagerDuty link", object.problems());
    const std::size_t index = out.size();
    out.push_back({read_template(item, "href", numbered("links", index, "href")),
                   read_template(item, "text", numbered("links", index, "text"))});
    item.refuse_unknown_keys();
  }
}

void read_details(YamlObject& object, PagerDutyConfig& out) {
  const YamlNode node = object.child("details");
  out.details_field = {"details", "", object.file(), object.position_of("details"),
                       TemplateField::Output::kText};
  if (node.kind() == YamlNode::Kind::kMapping) {
    const PayloadValue value = PayloadValue::from(node);
    out.details = std::get<PayloadValue::Map>(value.content);
  } else if (!node.null()) {
    object.error("details", "details must be a mapping");
  }
  out.counts_are_ours = !out.details.contains("num_firing") && !out.details.contains("num_resolved");
  const auto add = [&out](const char* key, const char* text) {
    out.details.emplace(key, PayloadValue{std::string(text)});
  };
  add("firing", "{{ .Alerts.Firing | toJson }}");
  add("resolved", "{{ .Alerts.Resolved | toJson }}");
  add("num_firing", "{{ .Alerts.Firing | len }}");
  add("num_resolved", "{{ .Alerts.Resolved | len }}");
}

// As Alertmanager: a service key means version 1, whatever else is set.
void read_keys(ReceiverBlock& block, PagerDutyConfig& out) {
  YamlObject& object = block.object;
  const Secret routing_key = block.secret("routing_key");
  const Secret service_key = block.secret("service_key");
  const bool version_1 = service_key.set();
  out.api = version_1 ? PagerDutyConfig::Api::kVersion1 : PagerDutyConfig::Api::kVersion2;
  out.key = version_1 ? service_key : routing_key;
  const std::string name = version_1 ? "service_key" : "routing_key";
  out.key_field = {name, "", object.file(), object.position_of(name), TemplateField::Output::kText};
  if (!out.key.set()) {
    object.error("routing_key", "a pagerduty config needs routing_key or routing_key_file",
                 "service_key or service_key_file where the service has a key of the Events API version 1");
  }
}

void read_change_events(YamlObject& object, PagerDutyConfig& out) {
  bool wanted = false;
  object.boolean("change_events", wanted);
  if (!wanted) return;
  out.change_url = pagerduty_change_url(out.url);
  if (out.api == PagerDutyConfig::Api::kVersion1) {
    object.error("change_events", "change_events needs a routing_key",
                 "the Events API version 1, which service_key is of, has no change events");
  } else if (out.change_url.empty()) {
    object.error("change_events", "change_events needs a url that ends in /v2/enqueue",
                 "change events are then sent to /v2/change/enqueue of the same server");
  } else if (has_template(out.key.text)) {
    object.error("change_events", "change_events needs a routing_key that is no template",
                 "a change has no labels that a template could use");
  }
}

}  // namespace

PagerDutyConfig read_pagerduty_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  PagerDutyConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  out.http = block.http_config();
  out.timeout = block.timeout(std::chrono::seconds(30));
  out.url = block.url("url", block.defaults.pagerduty_url);
  read_keys(block, out);
  read_change_events(object, out);
  out.client = block.text_template("client", R"({{ template "pagerduty.default.client" . }})");
  out.client_url = block.text_template("client_url", R"({{ template "pagerduty.default.clientURL" . }})");
  out.description = block.text_template("description", R"({{ template "pagerduty.default.description" . }})");
  out.source = block.text_template("source");
  if (out.source.text.empty()) out.source.text = out.client.text;
  const bool ours = block.style() == MessageStyle::kTocsin;
  out.severity = block.text_template("severity");
  if (out.severity.text.empty()) out.severity.text = ours ? "{{ .Tocsin.Severity }}" : "error";
  out.dedup_key = block.text_template("dedup_key");
  out.page_as_details = ours && !object.has("details");
  out.page_links = ours && !object.has("links");
  out.event_class = block.text_template("class");
  out.component = block.text_template("component");
  out.group = block.text_template("group");
  read_details(object, out);
  read_images(object, out.images);
  read_links(object, out.links);
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
