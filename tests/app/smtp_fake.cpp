#include "tests/app/smtp_fake.h"

#include <algorithm>

namespace tocsin::test {

SmtpFake::SmtpFake(Script script)
    : script_(std::move(script)), server_([this](Connection& connection) { talk(connection); }) {}

std::vector<std::string> SmtpFake::commands() {
  const std::lock_guard lock(mutex_);
  return commands_;
}

bool SmtpFake::saw(const std::string& command) {
  const auto all = commands();
  return std::find(all.begin(), all.end(), command) != all.end();
}

std::string SmtpFake::still_said() {
  server_.close();
  return still_said_;
}

std::vector<std::set<std::string>> SmtpFake::senders() {
  const std::lock_guard lock(mutex_);
  std::vector<std::set<std::string>> out;
  for (const auto& [session, names] : senders_) out.push_back(names);
  return out;
}

std::string SmtpFake::message() {
  const std::lock_guard lock(mutex_);
  return message_;
}

void SmtpFake::talk(Connection& connection) {
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

std::string SmtpFake::usual(const std::string& verb, bool tls) const {
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

bool SmtpFake::say(Connection& connection, const std::string& line, const std::string& verb,
                   std::string reply) {
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

void SmtpFake::keep(const std::string& command) {
  const std::lock_guard lock(mutex_);
  commands_.push_back(command);
}

MailRequest mail_to(const std::string& address, std::vector<std::string> recipients) {
  MailRequest mail;
  mail.smarthost = address;
  mail.hello = "me.example";
  mail.from = "me@example.org";
  mail.recipients = std::move(recipients);
  mail.message = "Subject: x\r\n\r\n.dot\r\n..\r\nlast\r\n";
  mail.security = MailRequest::Security::kPlain;
  mail.timeout = std::chrono::seconds(20);
  return mail;
}

MailRequest mail_to(const SmtpFake& server, std::vector<std::string> recipients) {
  return mail_to(server.address(), std::move(recipients));
}

MailRequest patient_mail_to(const SmtpFake& server) {
  MailRequest mail = mail_to(server);
  mail.timeout = std::chrono::hours(1);
  return mail;
}

const std::map<std::string, std::string> kWelcome = {{"AUTH PLAIN", "334 "},
                                                     {"AHVzZXIAcHc=", "235 welcome"},
                                                     {"AHVzZXIAb3RoZXI=", "235 welcome"},
                                                     {"AG90aGVyAHB3", "235 welcome"}};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace tocsin::test
