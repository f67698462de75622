// How a mail server is logged in to: TLS, passwords, secrets and tokens.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "app/curl_transport.h"
#include "tests/app/shell_support.h"
#include "tests/app/smtp_fake.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

TEST_CASE("STARTTLS is required, and implicit TLS starts at once") {
  const auto certificate = make_certificate("127.0.0.1");
  const auto named = make_certificate("mail.example");
  CurlTransport transport;
  SmtpFake starttls({.starttls = &certificate}), implicit({.implicit_tls = &certificate}), none(Script{}),
      other({.starttls = &named});
  auto mail = mail_to(starttls);
  mail.security = MailRequest::Security::kStartTls;
  CHECK(transport.perform(mail).result == TransportResult::kTlsFailed);
  CHECK(starttls.commands().back() == "STARTTLS");
  mail.tls.ca = certificate.certificate;
  auto answer = transport.perform(mail);
  CHECK_MESSAGE(answer.status == 250, answer.error);
  mail.smarthost = none.address();
  answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kTlsFailed);
  CHECK(!none.saw("RCPT TO:<you@example.org>"));
  mail.smarthost = other.address();
  mail.tls.ca = named.certificate;
  CHECK(transport.perform(mail).result == TransportResult::kTlsFailed);
  mail.tls.server_name = "mail.example";
  CHECK(transport.perform(mail).status == 250);
  mail.tls = {};
  mail.tls.insecure_skip_verify = true;
  CHECK(transport.perform(mail).status == 250);
  mail.smarthost = implicit.address();
  mail.security = MailRequest::Security::kImplicitTls;
  CHECK(transport.perform(mail).status == 250);
}

TEST_CASE("login uses the mechanism that fits, in the server's order") {
  struct Row {
    std::string offered, password, secret, expected;
  };
  // base64: "\0user\0pw" = AHVzZXIAcHc=, "user" = dXNlcg==, "pw" = cHc=
  for (const auto& row :
       {Row{"PLAIN LOGIN", "pw", "", "AUTH PLAIN"}, Row{"LOGIN", "pw", "", "AUTH LOGIN"},
        Row{"PLAIN CRAM-MD5", "", "key", "AUTH CRAM-MD5"},
        Row{"CRAM-MD5 PLAIN", "pw", "key", "AUTH CRAM-MD5"}, Row{"PLAIN CRAM-MD5", "pw", "key", "AUTH PLAIN"},
        Row{"LOGIN", "pw", "key", "AUTH LOGIN"}}) {
    SmtpFake server({.auth = row.offered,
                     .replies = {{"AUTH PLAIN", "334 "},
                                 {"AUTH LOGIN", "334 VXNlcm5hbWU6"},
                                 {"AUTH CRAM-MD5", "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+"},
                                 {"dXNlcg==", "334 UGFzc3dvcmQ6"},
                                 {"cHc=", "235 welcome"},
                                 {"AHVzZXIAcHc=", "235 welcome"},
                                 {"dXNlciA2NWNjMWM0NWZjM2YyZjNmZWVkZjJmNWQ0YWVlNGMzYw==", "235 welcome"}}});
    CurlTransport transport;
    auto mail = mail_to(server);
    mail.auth_username = "user";
    mail.auth_password.text = row.password;
    mail.auth_secret.text = row.secret;
    const auto answer = transport.perform(mail);
    const auto commands = server.commands();
    CHECK_MESSAGE(answer.status == 250, answer.error);
    const auto login = std::find_if(commands.begin(), commands.end(),
                                    [](const auto& line) { return line.starts_with("AUTH"); });
    REQUIRE(login != commands.end());
    CHECK(*login == row.expected);
  }
}

TEST_CASE("a login that fails or does not fit is told without the password") {
  CurlTransport transport;
  SmtpFake refusing(
      {.auth = "LOGIN",
       .replies = {
           {"AUTH LOGIN", "334 VXNlcm5hbWU6"}, {"dXNlcg==", "334 UGFzc3dvcmQ6"}, {"cHc=", "535 bad login"}}});
  auto mail = mail_to(refusing);
  mail.auth_username = "user";
  mail.auth_password.text = "pw";
  auto answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kAnswered);
  CHECK(answer.status == 535);
  CHECK(holds(answer.error, "AUTH: 535 bad login"));
  CHECK(!holds(answer.error, "cHc="));
  SmtpFake foreign({.auth = "CRAM-MD5"});
  mail.smarthost = foreign.address();
  answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kMisconfigured);
  CHECK(holds(answer.error, "no way to log in that fits"));
  SmtpFake open(Script{});  // offers no AUTH at all: as Alertmanager, go on without
  mail.smarthost = open.address();
  CHECK(transport.perform(mail).status == 250);
  mail.auth_password.text = "";
  answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kMisconfigured);
  mail.auth_password.file = "/nowhere/password";
  answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kMisconfigured);
  CHECK(holds(answer.error, "/nowhere/password"));
}

TEST_CASE("a token goes to the mail server by XOAUTH2, and only in TLS") {
  const auto certificate = make_certificate("127.0.0.1");
  // base64 of "user=user\1auth=Bearer tok\1\1"
  const std::string login = "AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRvawEB";
  SmtpFake server({.auth = "PLAIN XOAUTH2",
                   .replies = {{"AUTH", "535 no"},
                               {login, "235 welcome"},
                               {"AUTH XOAUTH2", "334 "},
                               {login.substr(13), "235 welcome"}},
                   .implicit_tls = &certificate});
  CurlTransport transport;
  auto mail = mail_to(server);
  mail.security = MailRequest::Security::kImplicitTls;
  mail.tls.ca = certificate.certificate;
  mail.auth_username = "user";
  mail.auth_token.text = "tok";
  auto answer = transport.perform(mail);
  CHECK_MESSAGE(answer.status == 250, answer.error);

  SmtpFake passwords({.auth = "PLAIN LOGIN", .implicit_tls = &certificate});
  mail.smarthost = passwords.address();
  answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kMisconfigured);
  CHECK(holds(answer.error, "XOAUTH2 needs auth_xoauth2"));
  mail.auth_token = {"", "/nowhere/token"};
  answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kMisconfigured);
  CHECK(holds(answer.error, "/nowhere/token"));
}

TEST_CASE("a token for mail is fetched from its issuer, and once more when the mail server refuses it") {
  std::atomic<int> fetched = 0;
  HttpFake issuer([&](const std::string&) {
    return http_answer(200, R"({"access_token":")" + std::string(++fetched == 1 ? "old" : "new") +
                                R"(","token_type":"bearer","expires_in":3600})");
  });
  const auto certificate = make_certificate("127.0.0.1");
  // base64 of "user=user\1auth=Bearer new\1\1"
  SmtpFake server({.auth = "XOAUTH2",
                   .replies = {{"AUTH", "535 expired"},
                               {"AUTH XOAUTH2", "334 "},
                               {"dXNlcj11c2VyAWF1dGg9QmVhcmVyIG9sZAEB", "535 expired"},
                               {"AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIG5ldwEB", "235 welcome"},
                               {"dXNlcj11c2VyAWF1dGg9QmVhcmVyIG5ldwEB", "235 welcome"}},
                   .implicit_tls = &certificate});
  CurlTransport transport;
  auto mail = mail_to(server);
  mail.security = MailRequest::Security::kImplicitTls;
  mail.tls.ca = certificate.certificate;
  mail.auth_username = "user";
  HttpConfig::OAuth2 oauth2;
  oauth2.client_id = "client";
  oauth2.client_secret.text = "secret";
  oauth2.token_url = issuer.url("/token");
  mail.auth_oauth2 = std::make_shared<const HttpConfig::OAuth2>(oauth2);
  for (int i = 0; i < 2; ++i) {
    const auto answer = transport.perform(mail);
    CHECK_MESSAGE(answer.status == 250, answer.error);
  }
  CHECK(fetched == 2);

  oauth2.token_url = "http://127.0.0.1:1/token";
  mail.auth_oauth2 = std::make_shared<const HttpConfig::OAuth2>(oauth2);
  const auto answer = transport.perform(mail);
  CHECK(answer.result == TransportResult::kUnreachable);
  CHECK(holds(answer.error, "oauth2"));
}
