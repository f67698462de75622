// The PagerDuty receiver, Events API version 2, and version 1 for services that still have only its key. One
// incident per group: its deduplication key is the SHA-256
// of the group key, as Alertmanager's, so incidents that are open there are continued and resolved here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "receivers/page.h"
#include "receivers/payload_value.h"
#include "receivers/receiver_config.h"

namespace tocsin {

struct PagerDutyConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  std::string url;
  std::string change_url;  // where changes of rules are told; empty: they are not
  enum class Api { kVersion1, kVersion2 } api = Api::kVersion2;
  Secret key;               // the routing key, in version 1 the service key; its content may be a template
  TemplateField key_field;  // where it stands; without its text
  TemplateField client, client_url, description, source, severity, component, group, event_class;
  std::map<std::string, PayloadValue> details;  // with the four defaults where not given
  TemplateField details_field;
  bool counts_are_ours = true;  // num_firing and num_resolved were not overridden
  // Tocsin's own page instead, where the style is ours and the user gave none.
  bool page_as_details = false;
  bool page_links = false;
  // Names the incident instead of the SHA-256 of the group key; no text: that.
  TemplateField dedup_key;
  struct Image {
    TemplateField src, alt, href;
  };
  struct Link {
    TemplateField href, text;
  };
  std::vector<Image> images;
  std::vector<Link> links;
};

// A page as PagerDuty's custom_details, with at most `shown` alerts.
PayloadValue::Map pagerduty_details(const Page&, std::size_t shown);

PagerDutyConfig read_pagerduty_config(ReceiverBlock&);
// Reads one block of pagerduty_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_pagerduty(ReceiverBlock&);

}  // namespace tocsin
