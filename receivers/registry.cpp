#include "receivers/registry.h"

#include <array>
#include <map>

#include "receivers/discord.h"
#include "receivers/email.h"
#include "receivers/fallbacks.h"
#include "receivers/generic_http.h"
#include "receivers/googlechat.h"
#include "receivers/gotify.h"
#include "receivers/incidentio.h"
#include "receivers/jira.h"
#include "receivers/matrix.h"
#include "receivers/mattermost.h"
#include "receivers/msteams.h"
#include "receivers/msteamsv2.h"
#include "receivers/ntfy.h"
#include "receivers/opsgenie.h"
#include "receivers/pagerduty.h"
#include "receivers/pushover.h"
#include "receivers/receiver_config.h"
#include "receivers/rocketchat.h"
#include "receivers/slack.h"
#include "receivers/sns.h"
#include "receivers/telegram.h"
#include "receivers/victorops.h"
#include "receivers/webex.h"
#include "receivers/webhook.h"
#include "receivers/wechat.h"

namespace tocsin {
namespace {

using Reader = std::shared_ptr<const Integration> (*)(ReceiverBlock&);

struct ReceiverKind {
  const char* key;   // in receivers[]
  const char* name;  // as in metrics
  Reader read;
};

constexpr std::array<ReceiverKind, 23> kKinds = {{
    {"discord_configs", "discord", read_discord},
    {"email_configs", "email", read_email},
    {"incidentio_configs", "incidentio", read_incidentio},
    {"jira_configs", "jira", read_jira},
    {"mattermost_configs", "mattermost", read_mattermost},
    {"msteams_configs", "msteams", read_msteams},
    {"msteamsv2_configs", "msteamsv2", read_msteamsv2},
    {"opsgenie_configs", "opsgenie", read_opsgenie},
    {"pagerduty_configs", "pagerduty", read_pagerduty},
    {"pushover_configs", "pushover", read_pushover},
    {"rocketchat_configs", "rocketchat", read_rocketchat},
    {"slack_configs", "slack", read_slack},
    {"sns_configs", "sns", read_sns},
    {"telegram_configs", "telegram", read_telegram},
    {"victorops_configs", "victorops", read_victorops},
    {"webex_configs", "webex", read_webex},
    {"webhook_configs", "webhook", read_webhook},
    {"wechat_configs", "wechat", read_wechat},
    // Those that Alertmanager does not have.
    {"http_configs", "http", read_generic_http},
    {"googlechat_configs", "googlechat", read_googlechat},
    {"gotify_configs", "gotify", read_gotify},
    {"matrix_configs", "matrix", read_matrix},
    {"ntfy_configs", "ntfy", read_ntfy},
}};

void read_kind(const ReceiverKind& kind, YamlObject& object, const ReceiverDefaults& defaults,
               const std::string& base_folder, Receiver& receiver) {
  const std::vector<YamlNode> blocks = object.list(kind.key);
  if (blocks.empty()) return;
  int index = 0;
  for (const YamlNode& node : blocks) {
    if (node.null()) {
      object.problems().error(node.file(), node.position(), "missing " + std::string(kind.name) + " config",
                              "this item of " + std::string(kind.key) + " is empty: remove it or fill it in");
    } else if (node.kind() != YamlNode::Kind::kMapping) {
      object.problems().error(node.file(), node.position(),
                              std::string("a ") + kind.name + " config must be a mapping");
    } else {
      ReceiverBlock block(node, kind.name, receiver.name, index, defaults, base_folder, object.problems());
      receiver.paces[block.id()] = block.pace();
      receiver.integrations.push_back(kind.read(block));
    }
    ++index;
  }
}

void read_labels(YamlObject& object, Receiver& receiver) {
  object.text_map("labels", receiver.labels);
  const auto name = receiver.labels.find("name");
  if (name != receiver.labels.end() && name->second != receiver.name) {
    object.error("labels", "the label name of a receiver is its name, \"" + receiver.name +
                               "\", and cannot be \"" + name->second + "\"");
  }
  receiver.labels["name"] = receiver.name;
}

void read_fallback(YamlObject& object, Receiver& receiver) {
  object.text("fallback_receiver", receiver.fallback_receiver);
  object.prometheus_duration("fallback_after", receiver.fallback_after);
  if (receiver.fallback_after <= Duration::zero()) {
    object.error("fallback_after", "fallback_after must be longer than 0",
                 "how long the receiver may take before the other one hears as well; 5m is usual");
    receiver.fallback_after = std::chrono::minutes(5);
  }
  if (object.has("fallback_after") && receiver.fallback_receiver.empty())
    object.error("fallback_after", "fallback_after says nothing without fallback_receiver",
                 "add `fallback_receiver: NAME`, or remove the line");
}

Receiver read_receiver(const YamlNode& node, const ReceiverDefaults& defaults, const std::string& base_folder,
                       Problems& problems) {
  YamlObject object(node, "receiver", problems);
  Receiver receiver;
  object.text("name", receiver.name);
  if (receiver.name.empty()) object.error("name", "a receiver needs a name");
  read_labels(object, receiver);
  for (const ReceiverKind& kind : kKinds) read_kind(kind, object, defaults, base_folder, receiver);
  read_fallback(object, receiver);
  object.refuse_unknown_keys();
  return receiver;
}

Position place_of(const YamlNode& mapping, std::string_view key) {
  for (const auto& [name, value] : mapping.entries()) {
    if (name.text() == key) return value.position();
  }
  return mapping.position();
}

}  // namespace

std::vector<Receiver> read_receivers(YamlNode receivers, const ReceiverDefaults& defaults,
                                     const std::string& base_folder, Problems& problems) {
  std::vector<Receiver> out;
  if (receivers.null()) return out;
  if (receivers.kind() != YamlNode::Kind::kList) {
    problems.error(receivers.file(), receivers.position(), "receivers must be a list");
    return out;
  }
  std::map<std::string, Position> first_of_name;
  std::vector<Position> places;  // of their fallback_receiver
  for (const YamlNode& node : receivers.items()) {
    if (node.kind() != YamlNode::Kind::kMapping) {
      problems.error(node.file(), node.position(),
                     node.null() ? "this receiver is empty" : "a receiver must be a mapping",
                     "each item of receivers begins with \"- name: …\"");
      continue;
    }
    Receiver receiver = read_receiver(node, defaults, base_folder, problems);
    if (!receiver.name.empty()) {
      const auto [known, added] = first_of_name.emplace(receiver.name, node.position());
      if (!added) {
        problems.error(node.file(), node.position(),
                       "the receiver name \"" + receiver.name + "\" is used twice",
                       "it is first used in line " + std::to_string(known->second.line));
      }
    }
    out.push_back(std::move(receiver));
    places.push_back(place_of(node, "fallback_receiver"));
  }
  check_fallbacks(out, places, receivers.file(), problems);
  return out;
}

void check_receiver_templates(const std::vector<Receiver>& receivers, const NotificationTemplates& templates,
                              Problems& problems) {
  for (const Receiver& receiver : receivers) {
    for (const auto& integration : receiver.integrations) {
      for (const TemplateField& field : integration->template_fields()) templates.check(field, problems);
    }
  }
}

}  // namespace tocsin
