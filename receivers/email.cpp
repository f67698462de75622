#include "receivers/email.h"

#include <algorithm>

#include "receivers/message_key.h"
#include "receivers/message_writer.h"
#include "receivers/mime.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/sha256.h"
#include "receivers/text_limits.h"
#include "receivers/trend_picture.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestSubject =
    250;  // code points; mail programs show far fewer, some servers refuse many more

constexpr const char* kTrendPicture = "trend@tocsin";  // a content id; unique within a message

using MailHeaders = std::vector<std::pair<std::string, std::string>>;

class Email final : public Integration {
 public:
  Email(IntegrationId id, std::string fingerprint, EmailConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  const TemplateField* header(std::string_view name) const;
  std::string subject(MessageWriter&) const;
  MailHeaders headers(MessageWriter&, const Notification&, const MailAddress& from,
                      const std::vector<MailAddress>& to) const;
  std::string message_id(const Notification&, std::string_view domain) const;
  EmailConfig config_;
};

std::string domain_of(const std::string& address) {
  return address.substr(address.rfind('@') + 1);
}

// Letters, digits and hyphens only, so that it can stand in an identifier.
std::string identifier_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    if (plain) {
      out.push_back(c);
    } else if (c >= 'A' && c <= 'Z') {
      out.push_back(static_cast<char>(c + 32));
    } else if (!out.empty() && out.back() != '-') {
      out.push_back('-');
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "receiver" : out.substr(0, 60);
}

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

// Says in the message that templates failed, where a reader of either part sees it.
void add_note(const std::string& warning, MimeMessage& message) {
  message.text += "\n\nTocsin: " + warning + "\n";
  if (message.html.empty()) return;
  const std::string note = "<p>Tocsin: " + escaped_html(warning) + "</p>";
  const std::size_t end = message.html.rfind("</body>");
  message.html.insert(end == std::string::npos ? message.html.size() : end, note);
}

// One id per group (and day), which no message carries: mail programs gather the messages that refer to it.
std::string thread_root(const Notification& notification, EmailConfig::Threading threading) {
  std::string day;
  if (threading == EmailConfig::Threading::kDaily) day = format_rfc3339(notification.at).substr(0, 10);
  return "<alert-" + sha256_hex(notification.group_key).substr(0, 16) + "-" + day + "@alertmanager>";
}

const TemplateField* Email::header(std::string_view name) const {
  for (const auto& [header_name, field] : config_.headers) {
    if (header_name == name) return &field;
  }
  return nullptr;
}

std::vector<TemplateField> Email::template_fields() const {
  std::vector<TemplateField> out = {config_.to, config_.from, config_.html, config_.text};
  for (const auto& [name, field] : config_.headers) out.push_back(field);
  return out;
}

std::string Email::subject(MessageWriter& writer) const {
  TemplateField built_in;
  built_in.key = "headers.Subject";
  built_in.text = R"({{ template "email.default.subject" . }})";
  const TemplateField* own = header("Subject");
  std::string text = on_one_line(writer.text(own == nullptr ? built_in : *own, plain_title(writer.data())));
  if (count_runes(text) > kLongestSubject) {
    text = cut_to_runes(text, kLongestSubject);
    writer.warn("the subject was cut to 250 characters");
  }
  return text;
}

// The same for every attempt that says the same, so that a repeated delivery is recognised as one message.
// What names other alerts is another message: many mailboxes drop a second mail with the same Message-Id, and
// the first may have arrived although its answer was lost.
std::string Email::message_id(const Notification& notification, std::string_view domain) const {
  const std::string unique = sha256_hex(message_key(notification) + "\n" + id().to_string()).substr(0, 32);
  return "<" + unique + "@" + std::string(domain) + ">";
}

// An address header of the user's own: as addresses where it can be read so, else as the text it is.
std::string address_header(MessageWriter& writer, const TemplateField& field, const std::string& instead) {
  const std::string text = writer.text(field, instead);
  const auto addresses = parse_mail_addresses(text);
  return addresses ? mime_addresses(*addresses) : on_one_line(text);
}

// Ours first, each replaced by the user's own of that name, then the user's others.
MailHeaders Email::headers(MessageWriter& writer, const Notification& notification, const MailAddress& from,
                           const std::vector<MailAddress>& to) const {
  const std::string domain = domain_of(from.address);
  MailHeaders out;
  const auto own_or = [&](const char* name, const std::string& ours) {
    const TemplateField* own = header(name);
    if (own == nullptr) {
      out.emplace_back(name, ours);
    } else {
      out.emplace_back(
          name, is_address_header(name) ? address_header(writer, *own, ours) : writer.text(*own, ours));
    }
  };
  own_or("From", mime_addresses({from}));
  own_or("To", mime_addresses(to));
  out.emplace_back("Subject", subject(writer));
  own_or("Date", mail_date(notification.at));
  own_or("Message-Id", message_id(notification, domain));
  own_or("List-Id", "<" + identifier_part(notification.integration.receiver) + ".alerts." + domain + ">");
  own_or("Auto-Submitted", "auto-generated");
  if (config_.threading != EmailConfig::Threading::kOff) {
    out.emplace_back("References", thread_root(notification, config_.threading));
    out.emplace_back("In-Reply-To", thread_root(notification, config_.threading));
  }
  for (const auto& [name, field] : config_.headers) {
    const auto same = [&name = name](const auto& written) { return written.first == name; };
    // Bcc recipients belong in `to`; the header would show them to everybody.
    if (name == "Bcc" || std::any_of(out.begin(), out.end(), same)) continue;
    out.emplace_back(name, is_address_header(name) ? address_header(writer, field, "") : writer.text(field));
  }
  return out;
}

Result<BuiltRequest> Email::build(const Notification& notification, const BuildContext& context) const {
  NotificationData data = notification_data(notification, context.external_url);
  const bool drawn = data.trend && can_be_drawn(*data.trend);
  if (drawn) data.trend_picture = kTrendPicture;
  MessageWriter writer(context, std::move(data));
  const Result<std::string> from_text = writer.required(config_.from);
  if (!from_text) return fail(from_text.error().message);
  const auto from = parse_mail_addresses(*from_text);
  if (!from) return fail("from: " + from.error().message);
  if (from->size() != 1) return fail("from must be exactly one address");
  const Result<std::string> to_text = writer.required(config_.to);
  if (!to_text) return fail(to_text.error().message);
  const auto to = parse_mail_addresses(*to_text);
  if (!to) return fail("to: " + to.error().message);

  MimeMessage message;
  message.headers = headers(writer, notification, from->front(), *to);
  const std::string plain = plain_title(writer.data()) + "\n\n" + plain_alert_list(writer.data(), 100);
  message.text = writer.text(config_.text, plain);
  message.html = writer.html(config_.html);
  if (drawn && message.html.find("cid:" + std::string(kTrendPicture)) != std::string::npos)
    message.pictures.push_back({kTrendPicture, "trend.png", trend_picture(*notification.trend)});
  if (message.text.find_first_not_of(" \t\r\n") == std::string::npos) message.text = plain;
  if (writer.failed()) add_note(writer.warning(), message);
  message.boundary = sha256_hex(notification.id + "\nboundary").substr(0, 24);

  MailRequest request;
  request.smarthost = config_.smarthost;
  request.hello = config_.hello;
  request.from = from->front().address;
  for (const MailAddress& address : *to) request.recipients.push_back(address.address);
  request.message = write_mime(message);
  request.auth_username = config_.auth_username;
  request.auth_identity = config_.auth_identity;
  request.auth_password = config_.auth_password;
  request.auth_secret = config_.auth_secret;
  request.auth_token = config_.auth_xoauth2.token;
  request.auth_oauth2 = config_.auth_xoauth2.oauth2;
  request.tls = config_.tls;
  request.security = config_.security;
  return BuiltRequest{std::move(request), writer.warning()};
}

// SMTP's own classes (RFC 5321 §4.2.1): 4yz may work later (greylisting does so), 5yz will not.
DeliveryResult Email::read(const Notification& notification, const OutboundAnswer& answer) const {
  if (answer.result != TransportResult::kAnswered) return read_service_answer(answer, notification.at);
  DeliveryResult out;
  out.status = answer.status;
  if (answer.status >= 200 && answer.status < 300) {
    out.message = answer_excerpt(answer.error);  // mailboxes that were refused while others took it
    // The user's own Message-Id, where there is one, is a template; ours is what can be told without
    // expanding it.
    if (header("Message-Id") == nullptr && !has_template(config_.from.text)) {
      const auto from = parse_mail_addresses(config_.from.text);
      if (from) out.message_ref = message_id(notification, domain_of(from->front().address));
    }
    return out;
  }
  const bool permanent = answer.status >= 500 && answer.status < 600;
  const bool authentication =
      answer.status == 530 || answer.status == 534 || answer.status == 535 || answer.status == 538;
  out.outcome = permanent ? DeliveryResult::Outcome::kRejected : DeliveryResult::Outcome::kFailed;
  out.reason = authentication ? "authError" : permanent ? "clientError" : "serverError";
  const std::string said = answer_excerpt(answer.error.empty() ? answer.body : answer.error);
  out.message = "SMTP " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_email(ReceiverBlock& block) {
  EmailConfig config = read_email_config(block);
  return std::make_shared<Email>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
