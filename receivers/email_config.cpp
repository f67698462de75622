#include <algorithm>

#include "receivers/email.h"
#include "receivers/mime.h"

namespace tocsin {
namespace {

void read_headers(YamlObject& object, EmailConfig& out) {
  const YamlNode node = object.child("headers");
  if (node.null()) return;
  YamlObject headers(node, "mail headers", object.problems());
  for (const auto& [key, value] : node.entries()) {
    const std::string name = canonical_header_name(key.text());
    const auto same = [&name](const auto& header) { return header.first == name; };
    TemplateField field = read_template(headers, key.text(), "headers." + name);
    if (!is_mail_header_name(name)) {
      headers.error(key.text(), "\"" + key.text() + "\" is not a name for a mail header");
    } else if (std::any_of(out.headers.begin(), out.headers.end(), same)) {
      headers.error(key.text(), "the mail header " + name + " is given twice",
                    "case does not matter in header names");
    } else if (name == "Content-Type" || name == "Content-Transfer-Encoding" || name == "Mime-Version") {
      object.problems().warning(
          field.file, field.position,
          "the mail header " + name + " is ignored: it describes how the message is built");
    } else {
      out.headers.emplace_back(name, std::move(field));
    }
  }
}

// Alertmanager's subject is known to who builds the message; ours is a header like one that the user wrote.
void add_default_subject(const ReceiverBlock& block, EmailConfig& out) {
  const auto is_subject = [](const auto& header) { return header.first == "Subject"; };
  if (block.style() != MessageStyle::kTocsin || std::ranges::any_of(out.headers, is_subject)) return;
  TemplateField subject;
  subject.key = "headers.Subject";
  subject.text = block.default_text(R"({{ template "email.default.subject" . }})");
  out.headers.emplace_back("Subject", std::move(subject));
}

void read_threading(YamlObject& object, EmailConfig& out) {
  const YamlNode node = object.child("threading");
  if (node.null()) return;
  YamlObject threading(node, "threading", object.problems());
  bool enabled = false;
  std::string by_date;
  threading.boolean("enabled", enabled);
  threading.text("thread_by_date", by_date);
  threading.refuse_unknown_keys();
  const bool known = threading.is_one_of("thread_by_date", by_date, {"none", "daily"});
  if (!enabled) return;
  if (!known) {
    threading.error("thread_by_date", "thread_by_date must be none or daily");
  }
  for (const auto& [name, field] : out.headers) {
    if (name == "References" || name == "In-Reply-To") {
      object.problems().error(field.file, field.position,
                              "the mail header " + name + " cannot be set while threading is enabled");
    }
  }
  out.threading = by_date == "daily" ? EmailConfig::Threading::kDaily : EmailConfig::Threading::kForever;
}

void read_server(ReceiverBlock& block, EmailConfig& out) {
  YamlObject& object = block.object;
  const ReceiverDefaults& defaults = block.defaults;
  out.hello = defaults.smtp_hello;
  object.text("hello", out.hello);
  out.smarthost = defaults.smtp_smarthost;
  object.text("smarthost", out.smarthost);
  if (out.smarthost.empty()) {
    object.error("smarthost", "there is no mail server, neither here nor in global",
                 "set smtp_smarthost in global, or smarthost here");
  } else if (object.has("smarthost") && !is_host_and_port(out.smarthost)) {
    object.error("smarthost", "smarthost must be host:port", "for example mail.example.com:587");
  }
  out.auth_username = defaults.smtp_auth_username;
  object.text("auth_username", out.auth_username);
  out.auth_identity = defaults.smtp_auth_identity;
  object.text("auth_identity", out.auth_identity);
  out.auth_password = block.secret("auth_password");
  if (!out.auth_password.set()) out.auth_password = defaults.smtp_auth_password;
  out.auth_secret = block.secret("auth_secret");
  if (!out.auth_secret.set()) out.auth_secret = defaults.smtp_auth_secret;
  out.auth_xoauth2 =
      read_mail_token(object.child("auth_xoauth2"), "auth_xoauth2", block.base_folder, object.problems());
  if (out.auth_xoauth2.set() && out.auth_username.empty()) {
    object.error("auth_xoauth2", "auth_xoauth2 needs auth_username: whose mailbox the token opens");
  }
  // A password of the receiver's own is not overruled by a token of global.
  if (!out.auth_xoauth2.set() && !object.has("auth_password") && !object.has("auth_password_file") &&
      !object.has("auth_secret") && !object.has("auth_secret_file"))
    out.auth_xoauth2 = defaults.smtp_auth_xoauth2;
}

void read_security(ReceiverBlock& block, EmailConfig& out) {
  YamlObject& object = block.object;
  out.tls = block.defaults.smtp_tls;
  if (const YamlNode tls = object.child("tls_config"); !tls.null()) {
    out.tls = read_tls_config(tls, block.base_folder, object.problems());
  }
  bool require_tls = block.defaults.smtp_require_tls;
  object.boolean("require_tls", require_tls);
  const std::string& host = out.smarthost;
  bool implicit = block.defaults.smtp_force_implicit_tls.value_or(host.ends_with(":465"));
  object.boolean("force_implicit_tls", implicit);
  out.security = implicit      ? MailRequest::Security::kImplicitTls
                 : require_tls ? MailRequest::Security::kStartTls
                               : MailRequest::Security::kPlain;
}

void check_addresses(YamlObject& object, const TemplateField& field) {
  if (field.text.empty() || has_template(field.text)) return;
  const auto addresses = parse_mail_addresses(field.text);
  if (!addresses) {
    object.error(field.key, field.key + ": " + addresses.error().message);
  } else if (field.key == "from" && addresses->size() != 1) {
    object.error(field.key, "from must be exactly one address");
  }
}

}  // namespace

std::string canonical_header_name(std::string_view name) {
  std::string out;
  bool up = true;
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    out.push_back(up && lower ? static_cast<char>(c - 32) : !up && upper ? static_cast<char>(c + 32) : c);
    up = c == '-';
  }
  return out;
}

EmailConfig read_email_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  EmailConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kNo);
  out.to = block.text_template("to");
  if (out.to.text.empty()) object.error("to", "an email config needs to");
  out.from = block.text_template("from", block.defaults.smtp_from);
  if (out.from.text.empty()) {
    object.error("from", "there is no sender address, neither here nor in global",
                 "set smtp_from in global, or from here");
  }
  check_addresses(object, out.to);
  check_addresses(object, out.from);
  read_server(block, out);
  read_security(block, out);
  read_headers(object, out);
  read_threading(object, out);
  out.html = block.html_template("html", R"({{ template "email.default.html" . }})");
  out.text = block.text_template("text");
  if (out.text.text.empty()) out.text.text = block.default_text(R"({{ template "email.default.text" . }})");
  add_default_subject(block, out);
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
