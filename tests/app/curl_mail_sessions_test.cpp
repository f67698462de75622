// Sessions with a mail server: which mails go over one, how many there are, and how they end.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "app/curl_transport.h"
#include "tests/app/shell_support.h"
#include "tests/app/smtp_fake.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

TEST_CASE("mails that wait for one server go over one session, and their order is kept") {
  const auto certificate = make_certificate("127.0.0.1");
  SmtpFake starttls({.auth = "PLAIN", .replies = kWelcome, .starttls = &certificate});
  SmtpFake implicit({.auth = "PLAIN", .replies = kWelcome, .implicit_tls = &certificate});
  for (SmtpFake* server : {&starttls, &implicit}) {
    CurlTransport transport;
    constexpr int kMails = 20;
    Counter sent;
    std::vector<OutboundAnswer> answers(kMails);
    for (int i = 0; i < kMails; ++i) {
      auto mail = mail_to(*server, {"you" + std::to_string(i) + "@example.org"});
      mail.security =
          server == &starttls ? MailRequest::Security::kStartTls : MailRequest::Security::kImplicitTls;
      mail.tls.ca = certificate.certificate;
      mail.auth_username = "user";
      mail.auth_password.text = "pw";
      transport.send(std::move(mail), [&, i](OutboundAnswer answer) {
        answers[static_cast<std::size_t>(i)] = std::move(answer);
        sent.add();
      });
    }
    sent.wait_for(kMails);
    for (const OutboundAnswer& answer : answers) CHECK_MESSAGE(answer.status == 250, answer.error);
    CHECK(server->connections() <= 2);  // the first may be through before the others are there
    const auto commands = server->commands();
    CHECK(std::count_if(commands.begin(), commands.end(),
                        [](const auto& line) { return line.starts_with("AUTH"); }) == server->connections());
    int next = 0;
    for (const std::string& command : commands) {
      if (command == "RCPT TO:<you" + std::to_string(next) + "@example.org>") ++next;
    }
    CHECK(next == kMails);
  }
}

TEST_CASE("a session that the server ended between two mails is begun anew") {
  // After its first mail the server says what it says, to whatever comes next.
  for (const std::string then : {"421 enough", "CLOSE"}) {
    const auto certificate = make_certificate("127.0.0.1");
    SmtpFake server({.implicit_tls = &certificate, .second_mail = then});
    CurlTransport transport;
    constexpr int kMails = 4;
    Counter sent;
    std::vector<OutboundAnswer> answers(kMails);
    for (int i = 0; i < kMails; ++i) {
      auto mail = mail_to(server);
      mail.security = MailRequest::Security::kImplicitTls;
      mail.tls.ca = certificate.certificate;
      transport.send(std::move(mail), [&, i](OutboundAnswer answer) {
        answers[static_cast<std::size_t>(i)] = std::move(answer);
        sent.add();
      });
    }
    sent.wait_for(kMails);
    for (const OutboundAnswer& answer : answers)
      CHECK_MESSAGE(answer.status == 250, then << ": " << answer.error);
    CHECK(server.connections() >= kMails);
  }
}

TEST_CASE("mails of other users, secrets, names, and TLS settings never go over one session") {
  const auto certificate = make_certificate("127.0.0.1");
  SmtpFake server({.auth = "PLAIN", .replies = kWelcome, .starttls = &certificate});
  auto first = mail_to(server);
  first.security = MailRequest::Security::kStartTls;
  first.tls.insecure_skip_verify = true;
  first.auth_username = "user";
  first.auth_password.text = "pw";
  std::vector<MailRequest> kinds(7, first);
  kinds[1].auth_username = "other";
  kinds[2].auth_password.text = "other";
  kinds[3].security = MailRequest::Security::kPlain;
  kinds[4].tls.insecure_skip_verify = false;
  kinds[4].tls.ca = certificate.certificate;
  kinds[5].hello = "other.example";
  kinds[6].auth_username = "";
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i].from = "kind" + std::to_string(i) + "@example.org";
  CurlTransport transport;
  Counter sent;
  constexpr int kOfEach = 3;
  for (int i = 0; i < kOfEach; ++i) {
    for (const MailRequest& kind : kinds) {
      transport.send(kind, [&](const OutboundAnswer& answer) {
        CHECK_MESSAGE(answer.status == 250, answer.error);
        sent.add();
      });
    }
  }
  sent.wait_for(kOfEach * static_cast<int>(kinds.size()));
  std::set<std::string> all;
  for (const auto& senders : server.senders()) {
    CHECK(senders.size() == 1);
    all.insert(senders.begin(), senders.end());
  }
  CHECK(all.size() == kinds.size());
}

TEST_CASE("a mailbox whose server thinks for long does not hold up the others of that server") {
  SmtpFake server({.replies = {{"RCPT TO:<slow@example.org>", ""}}});
  CurlTransport transport({.mail_look_interval = 1ms});
  Counter ended;
  auto slow = patient_mail_to(server);
  slow.recipients = {"slow@example.org"};
  transport.send(std::move(slow), [&](const OutboundAnswer&) { ended.add(); });
  server.wait_until_silent();
  for (int i = 0; i < 3; ++i) CHECK(transport.perform(patient_mail_to(server)).status == 250);
  CHECK(ended.count() == 0);
  transport.stop();
}

TEST_CASE("a slow mail server gets more sessions while mails wait, up to the limit") {
  Counter go_on;
  SmtpFake server({.until = &go_on});
  CurlTransport transport({.mail_sessions_per_place = 4, .mail_look_interval = 1ms});
  constexpr int kMails = 12;
  Counter sent;
  for (int i = 0; i < kMails; ++i) {
    transport.send(patient_mail_to(server), [&](const OutboundAnswer& answer) {
      CHECK_MESSAGE(answer.status == 250, answer.error);
      sent.add();
    });
  }
  server.wait_until_silent(4);
  CHECK(server.connections() == 4);
  CHECK(sent.count() == 0);
  go_on.add();
  sent.wait_for(kMails);
  CHECK(server.connections() <= 8);  // one that had no mail to wait for was ended, and another begun
}

TEST_CASE("a slow mail server does not take the sessions that others need") {
  SmtpFake slow({.replies = {{"RCPT", ""}}}), good(Script{});
  CurlTransport transport({.mail_sessions = 4, .mail_look_interval = 1ms});
  Counter ended;
  for (int i = 0; i < 12; ++i)
    transport.send(patient_mail_to(slow), [&](const OutboundAnswer&) { ended.add(); });
  slow.wait_until_silent(2);
  CHECK(transport.perform(patient_mail_to(good)).status == 250);
  CHECK(slow.connections() == 2);
  CHECK(ended.count() == 0);
  transport.stop();
  CHECK(ended.count() == 12);
}

TEST_CASE("mails that wait for a slow server for too long are given up in time, and the others are not") {
  Counter go_on;
  SmtpFake server({.until = &go_on});
  CurlTransport transport({.mail_sessions_per_place = 1});
  Counter ended;
  transport.send(patient_mail_to(server), [&](const OutboundAnswer& answer) {
    CHECK(answer.status == 250);
    ended.add();
  });
  server.wait_until_silent();
  auto hasty = mail_to(server);
  hasty.timeout = 150ms;
  const auto answer = transport.perform(hasty);
  CHECK(answer.result == TransportResult::kTimedOut);
  CHECK_MESSAGE(holds(answer.error, "no complete answer in time"), answer.error);
  go_on.add();
  ended.wait_for(1);
  CHECK(server.connections() == 1);
}

TEST_CASE("an answer that comes after the deadline is nobody's, and the mail counts as not delivered") {
  Counter go_on;
  SmtpFake server({.until = &go_on});
  CurlTransport transport;
  auto mail = mail_to(server);
  mail.timeout = 150ms;
  const auto late = transport.perform(mail);
  CHECK(late.result == TransportResult::kTimedOut);
  CHECK_MESSAGE(holds(late.error, "DATA: "), late.error);
  server.wait_until_silent();
  go_on.add();
  mail.timeout = 1h;
  const auto again = transport.perform(mail);  // in a session of its own
  CHECK(again.status == 250);
  CHECK(server.connections() == 2);
}
