// One mail: its envelope and text, and what the server says to each step.
#include <doctest/doctest.h>

#include <algorithm>

#include "app/curl_transport.h"
#include "tests/app/shell_support.h"
#include "tests/app/smtp_fake.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

TEST_CASE("a mail is handed over with its envelope, and dots survive") {
  SmtpFake server(Script{});
  CurlTransport transport;
  const auto answer = transport.perform(mail_to(server));
  CHECK(answer.result == TransportResult::kAnswered);
  CHECK(answer.status == 250);
  CHECK(answer.error == "");
  CHECK(server.saw("EHLO me.example"));
  CHECK(server.saw("RCPT TO:<you@example.org>"));
  const auto commands = server.commands();
  CHECK(std::any_of(commands.begin(), commands.end(),
                    [](const auto& line) { return line.starts_with("MAIL FROM:<me@example.org>"); }));
  CHECK(server.message() == "Subject: x\r\n\r\n..dot\r\n...\r\nlast\r\n");
}

TEST_CASE("a refused recipient is named and does not hold up the others") {
  SmtpFake server({.replies = {{"RCPT TO:<gone@example.org>", "550-5.1.1 no\r\n550 such user"}}});
  CurlTransport transport;
  for (const auto& recipients : {std::vector<std::string>{"gone@example.org", "a@example.org"},
                                 std::vector<std::string>{"a@example.org", "gone@example.org"}}) {
    const auto answer = transport.perform(mail_to(server, recipients));
    CHECK(answer.result == TransportResult::kAnswered);
    CHECK(answer.status == 250);
    CHECK(holds(answer.error, "refused recipients: gone@example.org (550 5.1.1 no such user)"));
    CHECK(!holds(answer.error, "a@example.org ("));
  }
}

TEST_CASE("when nobody is accepted the status is the refusal, a temporary one if there was one") {
  SmtpFake server(
      {.replies = {{"RCPT TO:<gone@example.org>", "550 gone"}, {"RCPT TO:<full@example.org>", "452 full"}}});
  CurlTransport transport;
  CHECK(transport.perform(mail_to(server, {"gone@example.org"})).status == 550);
  const auto both = transport.perform(mail_to(server, {"full@example.org", "gone@example.org"}));
  CHECK(both.result == TransportResult::kAnswered);
  CHECK(both.status == 452);
  CHECK(holds(both.error, "full@example.org (452 full); gone@example.org (550 gone)"));
}

TEST_CASE("a refusal at any step is an answer with the server's code and words") {
  struct Row {
    std::string step;
    std::string reply;
    int status;
    std::string where;
  };
  for (const auto& row :
       {Row{"GREETING", "421 too busy", 421, "connection"}, Row{"GREETING", "554 go away", 554, "connection"},
        Row{"MAIL", "451 later", 451, "MAIL FROM"}, Row{"MAIL", "550 not you", 550, "MAIL FROM"},
        Row{"DATA", "451 later", 451, "DATA"}, Row{"END", "554 looks like spam", 554, "DATA"},
        Row{"END", "452 disk full", 452, "DATA"}}) {
    SmtpFake server({.replies = {{row.step, row.reply}}});
    CurlTransport transport;
    const auto answer = transport.perform(mail_to(server));
    CHECK(answer.result == TransportResult::kAnswered);
    CHECK(answer.status == row.status);
    CHECK_MESSAGE(holds(answer.error, row.where + ": " + row.reply), answer.error);
    CHECK(answer.error.starts_with("smtp://" + server.address()));
  }
}

TEST_CASE("a mail server that hangs up at any step is told apart") {
  for (const std::string step : {"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "END"}) {
    SmtpFake server({.replies = {{step, "CLOSE"}}});
    CurlTransport transport;
    const auto answer = transport.perform(mail_to(server));
    CHECK_MESSAGE(answer.result == TransportResult::kClosedEarly, step << " " << answer.error);
    CHECK(answer.status == 0);
  }
}

TEST_CASE("a mail that cannot be sent is called misconfigured before anybody is asked") {
  SmtpFake server(Script{});
  CurlTransport transport;
  const auto refused = [&](auto change) {
    auto mail = mail_to(server);
    change(mail);
    return transport.perform(mail).result == TransportResult::kMisconfigured;
  };
  CHECK(refused([](MailRequest& mail) { mail.smarthost = "host"; }));
  CHECK(refused([](MailRequest& mail) { mail.smarthost = "user@host:25"; }));
  CHECK(refused([](MailRequest& mail) { mail.from = "a@b>\r\nRCPT TO:<evil@x"; }));
  CHECK(refused([](MailRequest& mail) { mail.recipients = {}; }));
  CHECK(refused([](MailRequest& mail) { mail.recipients = {"a@b\r\nDATA"}; }));
  CHECK(server.connections() == 0);
}
