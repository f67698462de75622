// Reading what the blocks of all receivers have in common: send_resolved, http_config, timeout, URLs, secrets
// and templates. A ReceiverBlock is one item of a *_configs list while it is decoded; what a kind adds stands
// in that kind's file.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_config.h"
#include "core/pace.h"
#include "receivers/integration.h"
#include "receivers/receiver_defaults.h"

namespace tocsin {

class ReceiverBlock {
 public:
  // `node` is a mapping; `kind` is "slack", `receiver` and `index` name the place.
  ReceiverBlock(YamlNode node, std::string kind, std::string receiver, int index,
                const ReceiverDefaults& defaults, std::string base_folder, Problems& problems);

  YamlObject object;
  const ReceiverDefaults& defaults;
  const std::string base_folder;

  IntegrationId id() const { return id_; }
  // Its own message_style, else the global one. Default texts that are templates follow it by themselves.
  MessageStyle style() const { return style_; }
  // A default template as this style has it.
  std::string default_text(std::string_view alertmanagers) const;
  // SHA-256 over the block and the global keys it inherits; does not reveal them.
  std::string fingerprint() const;

  enum class SendResolved { kNo, kYes };
  bool send_resolved(SendResolved when_absent);
  std::shared_ptr<const HttpConfig>
  http_config();  // its own replaces the global one entirely, as in Alertmanager
  Duration timeout(Duration when_absent_or_zero);
  TemplateField text_template(std::string_view key, std::string_view default_text = "");
  // A mapping of names to templates ("details", "custom_fields").
  std::map<std::string, TemplateField> text_templates(const std::string& key);
  TemplateField html_template(std::string_view key, std::string_view default_text);
  // Checked: http or https with a host. The default is not checked.
  std::string url(const std::string& key, std::string default_url = "");
  // KEY or KEY_file; a URL given inline is checked. "<secret>", as a dumped configuration has it, is accepted
  // with a warning.
  Secret secret_url(const std::string& key);
  Secret secret(const std::string& key);
  // How fast the service takes notifications: the user's `pace`, else what is known of the kind.
  Pace pace();

 private:
  YamlNode node_;
  IntegrationId id_;
  MessageStyle style_ = MessageStyle::kAlertmanager;
};

// Fails in words without the URL itself: it may hold a secret.
Result<void> check_http_url(std::string_view url);
bool has_template(std::string_view text);

// A template of a nested mapping ("fields[0].value"); `where` is its name in messages.
TemplateField read_template(YamlObject& object, std::string_view key, std::string where,
                            std::string_view default_text = "");

// Where a template of a list item stands, for messages: fields[0].value
std::string item_key(std::string_view list, std::size_t index, std::string_view key);
// The items of a list of mappings; one that is empty is a problem. `what` names an item: "Mattermost field".
std::vector<YamlObject> read_items(YamlObject& object, std::string_view key, const std::string& what);

}  // namespace tocsin
