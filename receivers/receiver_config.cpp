#include "receivers/receiver_config.h"

#include <boost/url/parse.hpp>
#include <vector>

#include "core/yaml_canonical.h"
#include "receivers/service_pace.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

constexpr std::string_view kHidden = "<secret>";  // what a dumped configuration shows instead of a secret

TemplateField template_field(YamlObject& object, std::string_view key, std::string where,
                             std::string_view default_text) {
  TemplateField out;
  out.key = std::move(where);
  out.text = default_text;
  out.file = object.file();
  object.text(key, out.text);
  out.position = object.position_of(key);
  return out;
}

// Go, and so Alertmanager, takes in paths and queries what RFC 3986 wants escaped; so do the servers. For the
// strict parser they become letters.
std::string without_loose_characters(std::string_view text) {
  std::string out(text);
  const std::size_t host = out.find("://");
  const std::size_t path = host == std::string::npos ? host : out.find_first_of("/?", host + 3);
  for (std::size_t i = path; i < out.size(); ++i) {
    const bool ascii = static_cast<unsigned char>(out[i]) < 0x80;
    if (!ascii || std::string_view("\"<>[]\\^`{|}").find(out[i]) != std::string_view::npos) out[i] = 'x';
  }
  return out;
}

}  // namespace

Result<void> check_http_url(std::string_view text) {
  const std::string strict = without_loose_characters(text);
  const auto url = boost::urls::parse_uri({strict.data(), strict.size()});
  if (!url) return fail("is not a URL");
  const auto scheme = url->scheme();
  if (scheme != "http" && scheme != "https") return fail("must begin with http:// or https://");
  if (url->host().empty()) return fail("has no host");
  // Boost 1.81 takes what follows the colon of a port for a path where it is not digits.
  if (const auto path = url->encoded_path(); !path.empty() && path.front() != '/')
    return fail("has a port that is not a number");
  return {};
}

bool has_template(std::string_view text) {
  return text.find("{{") != std::string_view::npos;
}

TemplateField read_template(YamlObject& object, std::string_view key, std::string where,
                            std::string_view default_text) {
  return template_field(object, key, std::move(where), default_text);
}

std::string item_key(std::string_view list, std::size_t index, std::string_view key) {
  return std::string(list) + "[" + std::to_string(index) + "]." + std::string(key);
}

std::vector<YamlObject> read_items(YamlObject& object, std::string_view key, const std::string& what) {
  std::vector<YamlObject> out;
  for (const YamlNode& node : object.list(key)) {
    if (node.null()) {
      object.problems().error(node.file(), node.position(), "this " + what + " is empty",
                              "remove it or fill it in");
    } else {
      out.emplace_back(node, what, object.problems());
    }
  }
  return out;
}

ReceiverBlock::ReceiverBlock(YamlNode node, std::string kind, std::string receiver, int index,
                             const ReceiverDefaults& given_defaults, std::string folder, Problems& problems)
    : object(node, kind + " config", problems),
      defaults(given_defaults),
      base_folder(std::move(folder)),
      node_(node),
      id_{std::move(receiver), std::move(kind), index} {
  const std::optional<MessageStyle> own = read_message_style(object);
  style_ = own.value_or(defaults.message_style.value_or(MessageStyle::kAlertmanager));
}

std::string ReceiverBlock::default_text(std::string_view alertmanagers) const {
  return style_ == MessageStyle::kTocsin ? in_tocsin_style(alertmanagers) : std::string(alertmanagers);
}

std::string ReceiverBlock::fingerprint() const {
  const std::string prefix = (id_.kind == "email" ? "smtp" : id_.kind) + "_";
  std::string text = id_.kind + canonical_yaml(node_);
  for (const auto& [key, value] : defaults.written) {
    // msteamsv2 takes the global proxy even into an http_config of its own.
    const bool takes_http = !object.has("http_config") || id_.kind == "msteamsv2";
    const bool inherited = key == "http_config" ? takes_http : key.rfind(prefix, 0) == 0;
    if (inherited) text += "\n" + key + "=" + value;
  }
  if (defaults.message_style == MessageStyle::kTocsin) text += "\nmessage_style=tocsin";
  return sha256_hex(text);
}

bool ReceiverBlock::send_resolved(SendResolved when_absent) {
  bool out = when_absent == SendResolved::kYes;
  object.boolean("send_resolved", out);
  return out;
}

std::shared_ptr<const HttpConfig> ReceiverBlock::http_config() {
  const YamlNode node = object.child("http_config");
  if (node.null()) return defaults.http;
  YamlObject http(node, "http_config", object.problems());
  auto config = std::make_shared<HttpConfig>(read_http_config(http, base_folder));
  http.refuse_unknown_keys();
  return config;
}

Pace ReceiverBlock::pace() {
  return read_pace(object, service_pace(id_.kind));
}

Duration ReceiverBlock::timeout(Duration when_absent_or_zero) {
  Duration out{};
  object.go_duration("timeout", out);
  if (out < Duration{})
    object.error("timeout", "the timeout of a " + id_.kind + " config cannot be negative");
  return out > Duration{} ? out : when_absent_or_zero;
}

TemplateField ReceiverBlock::text_template(std::string_view key, std::string_view alertmanagers) {
  return template_field(object, key, std::string(key), default_text(alertmanagers));
}

std::map<std::string, TemplateField> ReceiverBlock::text_templates(const std::string& key) {
  std::map<std::string, std::string> texts;
  object.text_map(key, texts);
  std::map<std::string, TemplateField> out;
  const YamlNode node = object.child(key);
  if (node.kind() != YamlNode::Kind::kMapping) return out;
  for (const auto& [name, value] : node.entries()) {
    const auto text = texts.find(name.text());
    if (text == texts.end()) continue;
    out[name.text()] = {key + "." + name.text(), text->second, value.file(), value.position(),
                        TemplateField::Output::kText};
  }
  return out;
}

TemplateField ReceiverBlock::html_template(std::string_view key, std::string_view alertmanagers) {
  TemplateField out = template_field(object, key, std::string(key), default_text(alertmanagers));
  out.output = TemplateField::Output::kHtml;
  return out;
}

std::string ReceiverBlock::url(const std::string& key, std::string default_url) {
  std::string out = std::move(default_url);
  if (!object.has(key)) {
    object.child(key);
    return out;
  }
  if (!object.text(key, out)) return out;
  if (const auto checked = check_http_url(out); !checked)
    object.error(key, key + " " + checked.error().message);
  return out;
}

Secret ReceiverBlock::secret(const std::string& key) {
  return read_secret(object, key, base_folder);
}

Secret ReceiverBlock::secret_url(const std::string& key) {
  Secret out = secret(key);
  if (out.text == kHidden) {
    object.problems().warning(object.file(), object.position_of(key),
                              key + " is <secret>, which a dumped configuration shows instead of the URL",
                              "put the real URL there before sending with it");
  } else if (!out.text.empty() && !has_template(out.text)) {
    if (const auto checked = check_http_url(out.text); !checked)
      object.error(key, key + " " + checked.error().message);
  }
  return out;
}

}  // namespace tocsin
