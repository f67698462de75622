// The e-mail receiver: one message per notification over SMTP, with a text part always and an HTML part by
// default.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "receivers/receiver_config.h"

namespace tocsin {

struct EmailConfig {
  bool send_resolved = false;
  TemplateField to, from;
  std::string hello, smarthost, auth_username, auth_identity;
  Secret auth_password, auth_secret;
  MailToken auth_xoauth2;
  std::vector<std::pair<std::string, TemplateField>> headers;  // canonical names, in the user's order
  TemplateField html, text;
  MailRequest::Security security = MailRequest::Security::kStartTls;
  TlsConfig tls;
  enum class Threading { kOff, kForever, kDaily } threading = Threading::kOff;
};

EmailConfig read_email_config(ReceiverBlock&);
// Reads one block of email_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_email(ReceiverBlock&);

// "x-custom-id" → "X-Custom-Id", as Go's textproto writes header names.
std::string canonical_header_name(std::string_view);

}  // namespace tocsin
