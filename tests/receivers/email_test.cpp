#include "receivers/email.h"

#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kGlobal =
    "{smtp_smarthost: 'mail.example.com:587', smtp_from: 'Alerts <alerts@example.com>'}";

MailRequest mail(const ReadReceiver& team, const Notification& what, const std::string& file = "") {
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const auto built = build(team.only(), what, templates(file));
  REQUIRE_MESSAGE(built.has_value(), (built ? "" : built.error().message));
  return std::get<MailRequest>(built->request);
}

// The value of a header with its folds undone; "" where it is missing.
std::string header(const std::string& message, const std::string& name) {
  const std::string head = "\r\n" + message.substr(0, message.find("\r\n\r\n") + 2);
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  std::string out;
  for (std::size_t i = at + name.size() + 4; i < head.size(); ++i) {
    if (head.compare(i, 2, "\r\n") == 0) {
      if (head[i + 2] != ' ') break;
      ++i;
    } else {
      out.push_back(head[i]);
    }
  }
  return out;
}

void check_lines(const std::string& message) {
  std::size_t start = 0;
  while (start < message.size()) {
    const std::size_t end = message.find("\r\n", start);
    REQUIRE(end != std::string::npos);
    const std::string line = message.substr(start, end - start);
    CAPTURE(line);
    CHECK(line.size() <= 76);
    for (const char c : line) CHECK(((c >= 0x20 && c < 0x7f) || c == '\t'));
    start = end + 2;
  }
}
}  // namespace

TEST_CASE("a mail shows the trend as a picture of its own, and in words where pictures are not shown") {
  const ReadReceiver team = read("email_configs", "{to: a@example.org, message_style: tocsin}", kGlobal);
  Notification what = notification({firing({{"alertname", "Down"}})});
  what.trend = rising_trend();
  const std::string message = mail(team, what).message;
  check_lines(message);
  for (const char* part :
       {"Content-Type: multipart/related; type=\"text/html\";", "Content-Type: image/png; name=\"trend.png\"",
        "Content-ID: <trend@tocsin>", "Content-Disposition: inline", "iVBORw0KGgo", "cid:trend@tocsin"})
    CHECK_MESSAGE(message.find(part) != std::string::npos, part);
  const ReadReceiver own =
      read("email_configs", "{to: a@example.org, html: '<p>{{ .Status }}</p>'}", kGlobal);
  CHECK(mail(own, what).message.find("image/png") == std::string::npos);
  const ReadReceiver with_picture =
      read("email_configs", "{to: a@example.org, html: '<img src=\"cid:trend@tocsin\">'}", kGlobal);
  CHECK(mail(with_picture, what).message.find("image/png") != std::string::npos);
  what.trend = nullptr;
  CHECK(mail(team, what).message.find("image/png") == std::string::npos);
  CHECK(mail(with_picture, what).message.find("image/png") == std::string::npos);
}

TEST_CASE("a mail server may take a token instead of a password") {
  const auto request = [](const std::string& block, const std::string& global = "") {
    return mail(read("email_configs", "{to: a@example.org" + block + "}",
                     "{smtp_smarthost: 'mail.example.com:587', smtp_from: alerts@example.com" + global + "}"),
                notification({firing({{"alertname", "Down"}})}));
  };
  CHECK(request(", auth_username: u, auth_xoauth2: {token: t}").auth_token.text == "t");
  CHECK(request(", auth_username: u, auth_xoauth2: {token_file: t}").auth_token.file == "/etc/tocsin/t");
  const std::string oauth2 =
      "{oauth2: {client_id: c, client_secret: s, token_url: 'http://x/t', scopes: [a]}}";
  CHECK(request(", auth_username: u, auth_xoauth2: " + oauth2).auth_oauth2->token_url == "http://x/t");
  const std::string global = ", smtp_auth_username: u, smtp_auth_xoauth2: {token: t}";
  CHECK(request("", global).auth_token.text == "t");
  CHECK_FALSE(request(", auth_password: p", global).auth_token.set());
  for (const char* wrong :
       {"auth_xoauth2: {token: t}", "auth_username: u, auth_xoauth2: {}",
        "auth_username: u, auth_xoauth2: {token: t, token_file: f}",
        "auth_username: u, auth_xoauth2: {tokens: t}",
        "auth_username: u, auth_xoauth2: {token: t, oauth2: {client_id: c, token_url: 'http://x'}}",
        "auth_username: u, auth_xoauth2: {oauth2: {client_id: c}}"}) {
    CAPTURE(wrong);
    CHECK(read("email_configs", "{to: a@example.org, " + std::string(wrong) + "}", kGlobal)
              .problems.has_errors());
  }
}

TEST_CASE("a mail has an envelope, the usual headers, a text part and an HTML part") {
  const ReadReceiver team =
      read("email_configs", "{to: 'Ops Team <ops@example.org>, b@example.org'}", kGlobal);
  const Notification what =
      notification({firing({{"alertname", "Down"}, {"job", "äpi"}}, {{"summary", "Grüße"}})});
  const MailRequest request = mail(team, what);
  CHECK(request.smarthost == "mail.example.com:587");
  CHECK(request.hello == "localhost");
  CHECK(request.from == "alerts@example.com");
  CHECK(request.recipients == std::vector<std::string>{"ops@example.org", "b@example.org"});
  CHECK(request.security == MailRequest::Security::kStartTls);
  check_lines(request.message);
  CHECK(header(request.message, "From") == "Alerts <alerts@example.com>");
  CHECK(header(request.message, "To") == "Ops Team <ops@example.org>, b@example.org");
  CHECK(header(request.message, "Subject") == "=?UTF-8?Q?=5BFIRING=3A1=5D_Down_=28=C3=A4pi=29?=");
  CHECK(header(request.message, "Date") == "Fri, 02 Jan 2026 03:04:05 +0000");
  CHECK(header(request.message, "Message-Id").ends_with("@example.com>"));
  CHECK(header(request.message, "List-Id") == "<team.alerts.example.com>");
  CHECK(header(request.message, "Auto-Submitted") == "auto-generated");
  CHECK(header(request.message, "MIME-Version") == "1.0");
  CHECK(header(request.message, "Content-Type").find("multipart/alternative; boundary=") == 0);
  const std::size_t text = request.message.find("Content-Type: text/plain; charset=UTF-8\r\n");
  const std::size_t html = request.message.find("Content-Type: text/html; charset=UTF-8\r\n");
  CHECK(text != std::string::npos);
  CHECK(html != std::string::npos);
  CHECK(text < html);
  CHECK(request.message.find("Gr=C3=BC=C3=9Fe") != std::string::npos);
  CHECK(request.message.ends_with("--\r\n"));
}

TEST_CASE("a Message-Id is stable for one notification and differs between notifications") {
  const ReadReceiver team = read("email_configs", "{to: 'ops@example.org'}", kGlobal);
  Notification what = many_alerts(1);
  const std::string first = mail(team, what).message;
  CHECK(mail(team, what).message == first);
  what.id = "n-2";
  CHECK(header(mail(team, what).message, "Message-Id") != header(first, "Message-Id"));
  CHECK(team.only().read(what, answer(250)).message_ref == header(mail(team, what).message, "Message-Id"));
}

TEST_CASE("an attempt that says more or less than the one before it is another message to every mailbox") {
  const ReadReceiver team = read("email_configs", "{to: 'ops@example.org'}", kGlobal);
  const Notification first = notification({firing({{"alertname", "A"}})});
  Notification again = first;
  again.at += std::chrono::minutes(3);
  Notification more = notification({firing({{"alertname", "A"}}), firing({{"alertname", "B"}})});
  Notification over = notification({resolved({{"alertname", "A"}})});
  more.id = over.id = first.id;
  const auto message_id = [&](const Notification& what) {
    return header(mail(team, what).message, "Message-Id");
  };
  CHECK(message_id(again) == message_id(first));
  CHECK(message_id(more) != message_id(first));
  CHECK(message_id(over) != message_id(first));
}

TEST_CASE("a mail whose answer was lost or came too late is tried again") {
  const ReadReceiver team = read("email_configs", "{to: 'ops@example.org'}", kGlobal);
  for (const TransportResult lost : {TransportResult::kTimedOut, TransportResult::kClosedEarly}) {
    OutboundAnswer nothing;
    nothing.result = lost;
    CHECK(team.only().read(many_alerts(1), nothing).outcome == DeliveryResult::Outcome::kFailed);
  }
}

TEST_CASE("threading refers to one root per group, or per group and day") {
  const ReadReceiver daily = read(
      "email_configs", "{to: 'ops@example.org', threading: {enabled: true, thread_by_date: daily}}", kGlobal);
  const std::string root = header(mail(daily, many_alerts(1)).message, "References");
  CHECK(root.find("<alert-") == 0);
  CHECK(root.ends_with("-2026-01-02@alertmanager>"));
  CHECK(header(mail(daily, many_alerts(1)).message, "In-Reply-To") == root);
  const ReadReceiver forever = read(
      "email_configs", "{to: 'ops@example.org', threading: {enabled: true, thread_by_date: none}}", kGlobal);
  CHECK(header(mail(forever, many_alerts(1)).message, "References").ends_with("-@alertmanager>"));
  const ReadReceiver off = read("email_configs", "{to: 'ops@example.org'}", kGlobal);
  CHECK(header(mail(off, many_alerts(1)).message, "References").empty());
}

TEST_CASE("headers of the user's own replace ours and are expanded") {
  const ReadReceiver team =
      read("email_configs",
           "{to: 'ops@example.org', headers: {subject: 'S {{ .Status }}', To: 'Everyone <all@example.org>', "
           "x-team: '{{ .CommonLabels.alertname }}', Reply-To: 'a@example.org', Bcc: 'z@example.org'}}",
           kGlobal);
  const std::string message = mail(team, many_alerts(1)).message;
  CHECK(header(message, "Subject") == "S firing");
  CHECK(header(message, "To") == "Everyone <all@example.org>");
  CHECK(header(message, "X-Team") == "Down");
  CHECK(header(message, "Reply-To") == "a@example.org");
  CHECK(message.find("z@example.org") == std::string::npos);
}

TEST_CASE("line breaks in labels never start a header or add a recipient") {
  const ReadReceiver team =
      read("email_configs", "{to: '{{ .CommonLabels.owner }}', headers: {X-A: '{{ .CommonLabels.evil }}'}}",
           kGlobal);
  const std::string evil = "x\r\nBcc: victim@example.org\r\n\r\nbody";
  const MailRequest request = mail(
      team, notification({firing({{"alertname", "Down"}, {"owner", "ops@example.org"}, {"evil", evil}})}));
  CHECK(header(request.message, "Bcc").empty());
  CHECK(header(request.message, "X-A") == "x Bcc: victim@example.org body");
  const auto refused =
      build(team.only(), notification({firing({{"owner", "a@example.org\r\nRCPT TO:<b@example.org>"}})}),
            templates());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("control character") != std::string::npos);
}

TEST_CASE("failing templates leave a mail in plain words that says so") {
  const ReadReceiver team =
      read("email_configs", "{to: 'ops@example.org', html: '{{ .Nope }}', headers: {Subject: '{{ .Nope }}'}}",
           kGlobal);
  const auto built = build(team.only(), many_alerts(2), templates());
  REQUIRE(built.has_value());
  const std::string message = std::get<MailRequest>(built->request).message;
  CHECK(header(message, "Subject") == "[FIRING:2] Down");
  CHECK(message.find("text/html") == std::string::npos);
  CHECK(message.find("Tocsin: the template of headers.Subject failed") != std::string::npos);
  CHECK(built->warning.find("the template of html failed") != std::string::npos);
}

TEST_CASE("security follows require_tls, force_implicit_tls and port 465") {
  using Security = MailRequest::Security;
  struct Row {
    const char* block;
    Security security;
  };
  for (const Row& row :
       {Row{"{to: a@b.c, smarthost: 'h:587'}", Security::kStartTls},
        Row{"{to: a@b.c, smarthost: 'h:465'}", Security::kImplicitTls},
        Row{"{to: a@b.c, smarthost: 'h:465', force_implicit_tls: false}", Security::kStartTls},
        Row{"{to: a@b.c, smarthost: 'h:25', require_tls: false}", Security::kPlain},
        Row{"{to: a@b.c, smarthost: 'h:25', force_implicit_tls: true}", Security::kImplicitTls}}) {
    CAPTURE(row.block);
    CHECK(mail(read("email_configs", row.block, kGlobal), many_alerts(1)).security == row.security);
  }
}

TEST_CASE("SMTP's reply codes decide whether another attempt makes sense") {
  const ReadReceiver team = read("email_configs", "{to: 'ops@example.org'}", kGlobal);
  const Notification what = many_alerts(1);
  struct Row {
    int status;
    Outcome outcome;
    const char* reason;
  };
  for (const Row& row : {Row{250, Outcome::kDelivered, ""}, Row{421, Outcome::kFailed, "serverError"},
                         Row{451, Outcome::kFailed, "serverError"}, Row{535, Outcome::kRejected, "authError"},
                         Row{550, Outcome::kRejected, "clientError"}}) {
    CAPTURE(row.status);
    const DeliveryResult result = team.only().read(what, answer(row.status));
    CHECK(result.outcome == row.outcome);
    CHECK(result.reason == row.reason);
  }
  OutboundAnswer gone;
  gone.result = TransportResult::kTimedOut;
  CHECK(team.only().read(what, gone).outcome == Outcome::kFailed);
}

}  // namespace tocsin
