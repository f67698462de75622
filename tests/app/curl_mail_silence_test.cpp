// Mail servers that fall silent: in time a mail is given up, the program stops soon, and nobody else waits.
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>

#include "app/curl_transport.h"
#include "tests/app/shell_support.h"
#include "tests/app/smtp_fake.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

namespace {

// An hour is given to the mail, and libcurl's own patience with a server is a minute or two: what ends in a
// few seconds was ended.
template <class Action>
bool ends_soon(Action action) {
  const auto began = std::chrono::steady_clock::now();
  action();
  return std::chrono::steady_clock::now() - began < 10s;
}

// Each place where a server may fall silent, with a mail that gets there.
struct Silence {
  std::string where;
  Script script;
  std::function<void(MailRequest&)> change = [](MailRequest&) {};
};

std::vector<Silence> silences(const Certificate& certificate) {
  const auto log_in = [](MailRequest& mail) {
    mail.auth_username = "user";
    mail.auth_password.text = "pw";
  };
  const auto start_tls = [](MailRequest& mail) { mail.security = MailRequest::Security::kStartTls; };
  const auto long_text = [](MailRequest& mail) {
    mail.message = "Subject: x\r\n\r\n";
    for (int i = 0; i < 400'000; ++i) mail.message += "a line that fills up the way to the server\r\n";
  };
  std::vector<Silence> out;
  out.push_back({"greeting", {.replies = {{"GREETING", ""}}}});
  out.push_back({"EHLO", {.replies = {{"EHLO", ""}}}});
  out.push_back({"STARTTLS", {.replies = {{"STARTTLS", ""}}, .starttls = &certificate}, start_tls});
  out.push_back({"AUTH", {.auth = "PLAIN", .replies = {{"AUTH", ""}}}, log_in});
  auto after_login = kWelcome;
  after_login["MAIL"] = "";
  out.push_back({"after AUTH", {.auth = "PLAIN", .replies = after_login}, log_in});
  out.push_back({"RCPT", {.replies = {{"RCPT", ""}}}});
  out.push_back({"DATA", {.replies = {{"DATA", ""}}}});
  out.push_back({"within the message", {.replies = {{"TEXT", ""}}}, long_text});
  out.push_back({"after the final dot", {.replies = {{"END", ""}}}});
  return out;
}

}  // namespace

TEST_CASE("a mail server that hangs at any step times out") {
  for (const std::string step : {"GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END"}) {
    SmtpFake server({.auth = "LOGIN", .replies = {{step, ""}}});
    CurlTransport transport;
    auto mail = mail_to(server);
    mail.timeout = 150ms;
    mail.auth_username = "user";
    mail.auth_password.text = "pw";
    if (step != "AUTH" && step != "GREETING" && step != "EHLO") mail.auth_username = "";
    const auto answer = transport.perform(mail);
    CHECK_MESSAGE(answer.result == TransportResult::kTimedOut, answer.error);
    CHECK(answer.status == 0);
    CHECK(answer.took < 10s);
    CHECK(!holds(server.still_said(), "."));  // no final dot, which would make a mail of half of it
  }
}

TEST_CASE("a mail server that hangs in its TLS handshake times out, whichever way TLS begins") {
  LoopbackServer silent([](Connection& connection) { connection.wait_for_peer_to_go(); });
  LoopbackServer half([](Connection& connection) {
    connection.write("220 fake ready\r\n");
    connection.line();
    connection.write("250-fake\r\n250 STARTTLS\r\n");
    connection.line();
    connection.write("220 go ahead\r\n");
    connection.wait_for_peer_to_go();
  });
  for (LoopbackServer* server : {&silent, &half}) {
    CurlTransport transport;
    MailRequest mail = mail_to(server->address());
    mail.security =
        server == &silent ? MailRequest::Security::kImplicitTls : MailRequest::Security::kStartTls;
    mail.timeout = 150ms;
    const auto answer = transport.perform(mail);
    CHECK_MESSAGE(answer.result == TransportResult::kTimedOut, answer.error);
    CHECK(answer.took < 10s);
  }
}

TEST_CASE("a server that never says goodbye does not undo the mail") {
  SmtpFake server({.replies = {{"QUIT", ""}}});
  CurlTransport transport;
  auto mail = mail_to(server);
  const auto answer = transport.perform(mail);
  CHECK(answer.status == 250);
  CHECK(answer.took < 10s);
}

TEST_CASE("the program stops soon, wherever a mail server has fallen silent") {
  const auto certificate = make_certificate("127.0.0.1");
  for (auto& [where, script, change] : silences(certificate)) {
    CAPTURE(where);
    SmtpFake server(std::move(script));
    auto transport = std::make_unique<CurlTransport>();
    auto mail = patient_mail_to(server);
    change(mail);
    Counter answered;
    OutboundAnswer answer;
    transport->send(std::move(mail), [&](OutboundAnswer given) {
      answer = std::move(given);
      answered.add();
    });
    server.wait_until_silent();
    CHECK(answered.count() == 0);
    CHECK(ends_soon([&] { transport.reset(); }));
    CHECK(answered.count() == 1);
    CHECK(answer.result == TransportResult::kClosedEarly);
    CHECK_MESSAGE(holds(answer.error, "the program is stopping"), answer.error);
    CHECK(server.still_said() == "");
  }
}

TEST_CASE("the program stops soon while a mail server keeps silent within its TLS handshake") {
  Counter silent;
  LoopbackServer at_once([&](Connection& connection) {
    silent.add();
    connection.wait_for_peer_to_go();
  });
  LoopbackServer asked([&](Connection& connection) {
    connection.write("220 fake ready\r\n");
    connection.line();
    connection.write("250-fake\r\n250 STARTTLS\r\n");
    connection.line();
    connection.write("220 go ahead\r\n");
    silent.add();
    connection.wait_for_peer_to_go();
  });
  auto transport = std::make_unique<CurlTransport>();
  Counter answered;
  for (LoopbackServer* server : {&at_once, &asked}) {
    MailRequest mail = mail_to(server->address());
    mail.security =
        server == &at_once ? MailRequest::Security::kImplicitTls : MailRequest::Security::kStartTls;
    mail.timeout = 1h;
    transport->send(std::move(mail), [&](const OutboundAnswer& answer) {
      CHECK(answer.result == TransportResult::kClosedEarly);
      answered.add();
    });
  }
  silent.wait_for(2);
  CHECK(ends_soon([&] { transport.reset(); }));
  CHECK(answered.count() == 2);
}

TEST_CASE("the program stops soon while mail servers keep it waiting for their goodbye") {
  constexpr int kServers = 30;
  std::vector<std::unique_ptr<SmtpFake>> servers;
  auto transport = std::make_unique<CurlTransport>();
  for (int i = 0; i < kServers; ++i) {
    servers.push_back(std::make_unique<SmtpFake>(Script{.replies = {{"QUIT", ""}}}));
    transport->send(patient_mail_to(*servers.back()), [](const OutboundAnswer&) {});
  }
  servers.front()->wait_until_silent();
  CHECK(ends_soon([&] { transport.reset(); }));
}

TEST_CASE("goodbyes that are not answered do not add up, and no other mail waits for them") {
  constexpr int kServers = 30;
  std::vector<std::unique_ptr<SmtpFake>> servers;
  SmtpFake good(Script{});
  CurlTransport transport;
  Counter answered;
  CHECK(ends_soon([&] {
    for (int i = 0; i < kServers; ++i) {
      servers.push_back(std::make_unique<SmtpFake>(Script{.replies = {{"QUIT", ""}}}));
      transport.send(patient_mail_to(*servers.back()), [&](const OutboundAnswer& answer) {
        CHECK(answer.status == 250);
        answered.add();
      });
    }
    CHECK(transport.perform(patient_mail_to(good)).status == 250);
    answered.wait_for(kServers);
  }));
  for (const auto& server : servers) CHECK(server->saw("QUIT"));
}

TEST_CASE("the program stops soon with a session that was kept, whose server no longer answers") {
  const auto certificate = make_certificate("127.0.0.1");
  for (const Certificate* tls : {static_cast<const Certificate*>(nullptr), &certificate}) {
    Counter go_on;
    SmtpFake server({.auth = "PLAIN",
                     .replies = {{"AUTH PLAIN", "334 "}, {"AHVzZXIAcHc=", "235 welcome"}, {"QUIT", ""}},
                     .implicit_tls = tls,
                     .until = &go_on});
    auto transport = std::make_unique<CurlTransport>();
    auto mail = patient_mail_to(server);
    mail.auth_username = "user";
    mail.auth_password.text = "pw";
    if (tls != nullptr) {
      mail.security = MailRequest::Security::kImplicitTls;
      mail.tls.ca = tls->certificate;
    }
    Counter answered;
    transport->send(mail, [&](const OutboundAnswer& answer) {
      CHECK(answer.status == 250);
      answered.add();
    });
    server.wait_until_silent();
    // The next mail waits for the session, and then cannot be sent: nobody takes the session that was kept
    // for it.
    mail.auth_password = {"", "/nowhere/password"};
    transport->send(mail, [&](const OutboundAnswer& answer) {
      CHECK(answer.result == TransportResult::kMisconfigured);
      answered.add();
    });
    go_on.add();
    answered.wait_for(2);
    server.wait_until_silent(2);  // the session has ended, with a goodbye that is not answered
    CHECK(ends_soon([&] { transport.reset(); }));
  }
}

TEST_CASE("a mail server that has fallen silent does not hold up the mails to others") {
  const auto certificate = make_certificate("127.0.0.1");
  SmtpFake good(Script{});
  std::vector<std::unique_ptr<SmtpFake>> bad;
  CurlTransport transport;
  Counter ended;
  for (auto& [where, script, change] : silences(certificate)) {
    bad.push_back(std::make_unique<SmtpFake>(std::move(script)));
    auto mail = patient_mail_to(*bad.back());
    change(mail);
    transport.send(std::move(mail), [&](const OutboundAnswer&) { ended.add(); });
    bad.back()->wait_until_silent();
    const auto answer = transport.perform(patient_mail_to(good));
    CHECK_MESSAGE(answer.status == 250, where << " " << answer.error);
  }
  CHECK(ended.count() == 0);
  transport.stop();
}
