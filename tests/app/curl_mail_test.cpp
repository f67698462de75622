#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "app/curl_transport.h"
#include "tests/app/loopback_server.h"
#include "tests/app/shell_support.h"

using namespace std::chrono_literals;
using namespace tocsin;
using namespace tocsin::test;

namespace {

// A mail server that follows a script: what it offers, what it says to whom, and where it falls silent or
// hangs up.
struct Script {
  std::string auth = {};  // "PLAIN LOGIN"; empty: not offered
  std::map<std::string, std::string> replies =
      {};  // command line or its verb → another reply; "" hangs, CLOSE hangs up. TEXT: "" reads no message
  const Certificate* implicit_tls = nullptr;  // from the start
  const Certificate* starttls = nullptr;      // offered
  Counter* until = nullptr;      // counts: mails are taken, but the word that they are comes only then
  std::string second_mail = {};  // in one session: what is said to it, or CLOSE; empty: as to the first
};

class SmtpFake {
 public:
  explicit SmtpFake(Script script)
      : script_(std::move(script)), server_([this](Connection& connection) { talk(connection); }) {}
  std::string address() const { return server_.address(); }
  int connections() { return server_.connections(); }
  std::vector<std::string> commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  bool saw(const std::string& command) {
    const auto all = commands();
    return std::find(all.begin(), all.end(), command) != all.end();
  }
  // Until so many sessions have fallen silent.
  void wait_until_silent(int sessions = 1) { silent_.wait_for(sessions); }
  // To the server while it was silent, until its sessions were over; ends it.
  std::string still_said() {
    server_.close();
    return still_said_;
  }
  // In whose name mails came, of each session that had any.
  std::vector<std::set<std::string>> senders() {
    const std::lock_guard lock(mutex_);
    std::vector<std::set<std::string>> out;
    for (const auto& [session, names] : senders_) out.push_back(names);
    return out;
  }
  std::string message() {
    const std::lock_guard lock(mutex_);
    return message_;
  }

 private:
  void talk(Connection& connection) {
    const int session = ++sessions_;
    bool had_mail = false;
    if (script_.implicit_tls != nullptr && !connection.start_tls(*script_.implicit_tls)) return;
    if (!say(connection, "GREETING", "GREETING", "220 fake ESMTP")) return;
    bool tls = false;
    while (true) {
      const std::string line = connection.line();
      if (line.empty()) return;
      keep(line);
      const std::string verb = line.substr(0, line.find(' '));
      if (verb == "MAIL") {
        const std::lock_guard lock(mutex_);
        senders_[session].insert(line);
      }
      if (verb == "MAIL" && had_mail && !script_.second_mail.empty()) {
        if (script_.second_mail != "CLOSE") connection.write(script_.second_mail + "\r\n");
        return;
      }
      if (!say(connection, line, verb, usual(verb, tls))) return;
      if (verb == "STARTTLS" && script_.starttls != nullptr) {
        if (!connection.start_tls(*script_.starttls)) return;
        tls = true;
      }
      if (verb == "QUIT") return;
      if (verb != "DATA" || script_.replies.contains("DATA")) continue;
      if (script_.replies.contains("TEXT")) {
        silent_.add();
        return connection.wait_without_reading();
      }
      std::string message;
      for (std::string text = connection.line(); text != "."; text = connection.line()) {
        if (connection.gone()) return;
        message += text + "\r\n";
      }
      {
        const std::lock_guard lock(mutex_);
        message_ = message;
      }
      if (script_.until != nullptr) {
        silent_.add();
        script_.until->wait_for(1);
      }
      if (!say(connection, "END", "END", "250 2.0.0 queued")) return;
      had_mail = true;
    }
  }
  std::string usual(const std::string& verb, bool tls) const {
    if (verb == "EHLO") {
      const bool offer = script_.starttls != nullptr && !tls;
      return "250-fake greets\r\n250-8BITMIME\r\n" + std::string(offer ? "250-STARTTLS\r\n" : "") +
             (script_.auth.empty() ? "" : "250-AUTH " + script_.auth + "\r\n") + "250 SIZE 1000000";
    }
    if (verb == "STARTTLS") return "220 go on";
    if (verb == "DATA") return "354 go on";
    if (verb == "QUIT") return "221 bye";
    return "250 ok";
  }
  bool say(Connection& connection, const std::string& line, const std::string& verb, std::string reply) {
    for (const auto& key : {verb, line}) {
      const auto other = script_.replies.find(key);
      if (other != script_.replies.end()) reply = other->second;
    }
    if (reply == "CLOSE") return false;
    if (reply.empty()) {
      silent_.add();
      const std::string still_said = connection.wait_for_peer_to_go();
      const std::lock_guard lock(mutex_);
      still_said_ += still_said;
      return false;
    }
    connection.write(reply + "\r\n");
    return true;
  }
  void keep(const std::string& command) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(command);
  }

  Script script_;
  std::mutex mutex_;
  std::vector<std::string> commands_;
  std::map<int, std::set<std::string>> senders_;  // by session
  std::atomic<int> sessions_ = 0;
  Counter silent_;
  std::string still_said_;
  std::string message_;
  LoopbackServer server_;
};

MailRequest mail_to(const SmtpFake& server, std::vector<std::string> recipients = {"you@example.org"}) {
  MailRequest mail;
  mail.smarthost = server.address();
  mail.hello = "me.example";
  mail.from = "me@example.org";
  mail.recipients = std::move(recipients);
  mail.message = "Subject: x\r\n\r\n.dot\r\n..\r\nlast\r\n";
  mail.security = MailRequest::Security::kPlain;
  mail.timeout = 20s;
  return mail;
}

// To "user" with "pw" or "other", and to "other" with "pw", by AUTH PLAIN.
const std::map<std::string, std::string> kWelcome = {{"AUTH PLAIN", "334 "},
                                                     {"AHVzZXIAcHc=", "235 welcome"},
                                                     {"AHVzZXIAb3RoZXI=", "235 welcome"},
                                                     {"AG90aGVyAHB3", "235 welcome"}};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

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
    MailRequest mail;
    mail.smarthost = "127.0.0.1:" + std::to_string(server->port());
    mail.from = "a@example.com";
    mail.recipients = {"b@example.com"};
    mail.message = "Subject: x\r\n\r\ny\r\n";
    mail.security =
        server == &silent ? MailRequest::Security::kImplicitTls : MailRequest::Security::kStartTls;
    mail.timeout = 150ms;
    const auto answer = transport.perform(mail);
    CHECK_MESSAGE(answer.result == TransportResult::kTimedOut, answer.error);
    CHECK(answer.took < 10s);
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

TEST_CASE("a server that never says goodbye does not undo the mail") {
  SmtpFake server({.replies = {{"QUIT", ""}}});
  CurlTransport transport;
  auto mail = mail_to(server);
  const auto answer = transport.perform(mail);
  CHECK(answer.status == 250);
  CHECK(answer.took < 10s);
}

namespace {

// An hour is given to the mail, and libcurl's own patience with a server is a minute or two: what ends in a
// few seconds was ended.
template <class Action>
bool ends_soon(Action action) {
  const auto began = std::chrono::steady_clock::now();
  action();
  return std::chrono::steady_clock::now() - began < 10s;
}

MailRequest patient_mail_to(const SmtpFake& server) {
  MailRequest mail = mail_to(server);
  mail.timeout = 1h;
  return mail;
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
    MailRequest mail;
    mail.smarthost = server->address();
    mail.from = "a@example.com";
    mail.recipients = {"b@example.com"};
    mail.message = "Subject: x\r\n\r\ny\r\n";
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
