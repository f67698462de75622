// The Amazon SNS receiver: one message per notification to a topic, an endpoint or a telephone. Requests are
// signed with the keys of the configuration, else with the identity of the machine's environment; a role is
// assumed first where one is named.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "receivers/receiver_config.h"

namespace tocsin {

struct SnsConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  TemplateField api_url;  // empty: Amazon's of the region
  struct Sigv4 {
    std::string region;      // empty: the environment's
    std::string access_key;  // empty: the environment's identity, or that of the profile
    std::string secret_key;
    std::string profile, role_arn, external_id;
    bool fips_sts = false;
  } sigv4;
  TemplateField topic_arn, phone_number, target_arn;  // exactly one is set
  TemplateField subject, message;
  std::vector<std::pair<TemplateField, TemplateField>> attributes;  // names and values
};

SnsConfig read_sns_config(ReceiverBlock&);
// Reads one block of sns_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_sns(ReceiverBlock&);

}  // namespace tocsin
