#include "app/curl_mail.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "app/secret_files.h"
#include "core/percent_encoding.h"

namespace tocsin {
namespace {

constexpr auto kConnectTimeout =
    std::chrono::seconds(30);  // libcurl counts it until AUTH is through; some servers greet late
constexpr auto kStepTimeout = std::chrono::seconds(60);
constexpr auto kLongestTimeout = std::chrono::hours(24);
constexpr std::size_t kMaxReplyBytes = 500;  // of text that is kept

bool is_local(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

bool is_address(const std::string& text) {
  return !text.empty() && !has_control_characters(text) && text.find_first_of("<> \t") == std::string::npos;
}

}  // namespace

MailExchange::MailExchange(MailRequest request, Transport::Done done)
    : request_(std::move(request)),
      done_(std::move(done)),
      started_(std::chrono::steady_clock::now()),
      deadline_(started_ + std::clamp<Duration>(request_.timeout, Duration::zero(), kLongestTimeout)) {
  if (request_.auth_username.empty()) return;
  if (request_.auth_token.set()) {
    mechanism_ = Mechanism::kToken;
    return;
  }
  if (request_.auth_secret.set()) {
    mechanism_ = Mechanism::kCramMd5;
  } else if (request_.auth_password.set()) {
    mechanism_ = Mechanism::kPassword;
  }
  mechanism_chosen_ = !(request_.auth_secret.set() && request_.auth_password.set());
}

MailExchange::Step MailExchange::begin() {
  if (const auto checked = check_request(); !checked) {
    return finish(TransportResult::kMisconfigured, 0, checked.error().message);
  }
  return Step::kTransfer;
}

Result<void> MailExchange::check_request() {
  const bool implicit = request_.security == MailRequest::Security::kImplicitTls;
  const std::string& smarthost = request_.smarthost;
  const auto colon = smarthost.rfind(':');
  const std::string scheme = implicit ? "smtps://" : "smtp://";
  if (colon == std::string::npos || smarthost.find_first_of("/@?# ") != std::string::npos ||
      !url_.set(scheme + smarthost) || url_.port() == 0) {
    return fail("the smarthost \"" + smarthost + "\" is not HOST:PORT");
  }
  url_read_ = true;
  session_ = session_name();
  place_ = url_.place() + "#" + session_;
  if (!request_.from.empty() && !is_address(request_.from)) return fail("the sender is not one mail address");
  if (request_.recipients.empty()) return fail("the mail has no recipients");
  for (const auto& recipient : request_.recipients) {
    if (!is_address(recipient)) return fail("a recipient is not a mail address");
  }
  if (!request_.auth_username.empty() && mechanism_ == Mechanism::kNone) {
    return fail("there is a user name for SMTP but neither a password nor a secret nor a token");
  }
  return {};
}

MailExchange::Step MailExchange::prepare(CURL* handle, std::function<bool()> keep_for_next) {
  handle_ = handle;
  keep_for_next_ = std::move(keep_for_next);
  recipients_ = {};
  connect_to_ = {};
  sent_ = recipient_ = 0;
  stage_ = Stage::kGreeting;
  refusals_.clear();
  greeted_ = tls_started_ = other_mechanism_ = quitting_ = false;
  code_ = 0;
  text_.clear();
  text_so_far_.clear();
  detail_[0] = '\0';
  if (const auto applied = apply_all(handle); !applied) {
    return finish(TransportResult::kMisconfigured, 0, applied.error().message);
  }
  return Step::kTransfer;
}

Result<void> MailExchange::apply_all(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  apply_liveness(handle);
  apply_reuse(handle);
  const auto patience = std::min<Duration>(request_.timeout, kConnectTimeout);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(milliseconds, 1)));
  const auto step =
      std::chrono::ceil<std::chrono::seconds>(std::min<Duration>(request_.timeout, kStepTimeout));
  curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   static_cast<long>(std::max<std::int64_t>(step.count(), 1)));
  const bool starttls = request_.security == MailRequest::Security::kStartTls;
  curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  // libcurl says HELLO with what stands in the URL's path.
  CurlUrl url(url_);
  url.set_part(CURLUPART_PATH, "/" + percent_encoded(request_.hello.empty() ? "localhost" : request_.hello));
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, ("<" + request_.from + ">").c_str());
  for (const auto& recipient : request_.recipients) recipients_.add("<" + recipient + ">");
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients_.head());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.message.size()));
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, &MailExchange::on_read);
  curl_easy_setopt(handle, CURLOPT_READDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &MailExchange::on_reply);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  // Commands can be seen only through the debugging interface; they are looked at and never kept, since some
  // hold secrets.
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, &MailExchange::on_debug);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail_);
  const bool plain = request_.security == MailRequest::Security::kPlain;
  return apply_address(handle, url, plain ? "" : request_.tls.server_name, connect_to_)
      .and_then([&] { return apply_tls(handle, request_.tls, ClientCertificate::kSend); })
      .and_then([&] { return apply_login(handle); });
}

// libcurl lets a session go on with another mail where server and login are the same. Whether STARTTLS
// secured it, and how its certificate was checked, it does not compare: so our name of the session stands in
// the one part of a login that this login does not use.
void MailExchange::apply_reuse(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, static_cast<long>(afresh_));
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);  // taken back where another mail waits
  const bool token = mechanism_ == Mechanism::kToken;
  curl_easy_setopt(handle, token ? CURLOPT_SASL_AUTHZID : CURLOPT_XOAUTH2_BEARER, session_.c_str());
}

// What two mails must have in common besides the server and the secret.
std::string MailExchange::session_name() const {
  const TlsConfig& tls = request_.tls;
  const std::string name = std::to_string(static_cast<int>(request_.security)) +
                           std::to_string(static_cast<int>(mechanism_)) + "\n" + request_.hello + "\n" +
                           request_.auth_username + "\n" + request_.auth_identity + "\n" + tls.server_name +
                           "\n" + tls.ca + tls.ca_file + "\n" + tls.cert + tls.cert_file +
                           (tls.insecure_skip_verify ? "\n!" : "\n");
  return "session-" + std::to_string(std::hash<std::string>()(name));
}

// As Alertmanager: CRAM-MD5 with the secret, PLAIN and LOGIN with the password, PLAIN only where nobody can
// listen.
Result<void> MailExchange::apply_login(CURL* handle) {
  if (mechanism_ == Mechanism::kNone) return {};
  if (mechanism_ == Mechanism::kToken) {
    if (!may_send_plain()) return fail("a token is sent only in TLS: set require_tls");
    const auto token = reveal(request_.auth_token);
    if (!token) return tl::unexpected(token.error());
    curl_easy_setopt(handle, CURLOPT_USERNAME, request_.auth_username.c_str());
    curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, token->c_str());
    curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
    return {};
  }
  const bool cram = mechanism_ == Mechanism::kCramMd5;
  const auto secret = reveal(cram ? request_.auth_secret : request_.auth_password);
  if (!secret) return tl::unexpected(secret.error());
  curl_easy_setopt(handle, CURLOPT_USERNAME, request_.auth_username.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, secret->c_str());
  if (!request_.auth_identity.empty()) {
    curl_easy_setopt(handle, CURLOPT_SASL_AUTHZID, request_.auth_identity.c_str());
  }
  const char* mechanisms = cram ? "AUTH=CRAM-MD5" : may_send_plain() ? "AUTH=PLAIN;AUTH=LOGIN" : "AUTH=LOGIN";
  curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, mechanisms);
  return {};
}

bool MailExchange::may_send_plain() const {
  return request_.security != MailRequest::Security::kPlain || is_local(url_.host());
}

// The first mechanism in the server's order that there is something for.
MailExchange::Mechanism MailExchange::first_usable(std::string_view offered) const {
  while (!offered.empty()) {
    const auto space = offered.find(' ');
    const std::string mechanism = upper(offered.substr(0, space));
    if (mechanism == "CRAM-MD5" && request_.auth_secret.set()) return Mechanism::kCramMd5;
    const bool password = mechanism == "LOGIN" || (mechanism == "PLAIN" && may_send_plain());
    if (password && request_.auth_password.set()) return Mechanism::kPassword;
    if (space == std::string_view::npos) break;
    offered.remove_prefix(space + 1);
  }
  return Mechanism::kNone;
}

int MailExchange::on_debug(CURL* handle, curl_infotype type, char* data, std::size_t size, void* self) {
  if (type == CURLINFO_HEADER_OUT) static_cast<MailExchange*>(self)->take_command(handle, {data, size});
  return 0;
}

std::size_t MailExchange::on_reply(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<MailExchange*>(self)->take_reply({data, size * count}) ? size * count : 0;
}

std::size_t MailExchange::on_read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<MailExchange*>(self);
  const auto length = std::min(size * count, exchange.request_.message.size() - exchange.sent_);
  std::memcpy(buffer, exchange.request_.message.data() + exchange.sent_, length);
  exchange.sent_ += length;
  return length;
}

void MailExchange::take_command(CURL* handle, std::string_view line) {
  if (quitting_) return;
  const std::string verb = upper(line.substr(0, line.find_first_of(" \r\n")));
  if (verb == "QUIT") {
    // The mail is through: a second must do for a goodbye.
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
    quitting_ = true;
    return;
  }
  code_ = 0;
  text_.clear();
  if (verb == "EHLO" || verb == "HELO") {
    stage_ = Stage::kHello;
    greeted_ = true;
  } else if (verb == "STARTTLS") {
    stage_ = Stage::kStartTls;
  } else if (verb == "AUTH") {
    stage_ = Stage::kAuth;
  } else if (verb == "MAIL") {
    stage_ = Stage::kSender;
  } else if (verb == "RCPT") {
    stage_ = Stage::kRecipient;
    ++recipient_;
  } else if (verb == "DATA") {
    stage_ = Stage::kMessage;
  } else if (stage_ != Stage::kAuth) {  // within AUTH come lines without a verb
    stage_ = Stage::kOther;
  }
}

bool MailExchange::take_reply(std::string_view line) {
  if (quitting_) return true;
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.size() < 3 ||
      !std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; })) {
    return true;
  }
  const std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view();
  if (stage_ == Stage::kHello && upper(text.substr(0, 5)) == "AUTH ") {
    const bool settled = request_.security != MailRequest::Security::kStartTls || tls_started_;
    const auto wanted = first_usable(text.substr(5));
    if (settled && !mechanism_chosen_ && wanted != Mechanism::kNone) {
      mechanism_chosen_ = true;
      if (wanted != mechanism_) {
        mechanism_ = wanted;
        other_mechanism_ = true;
        return false;  // libcurl has been given the other secret: once more from the start
      }
    }
  }
  if (text_so_far_.size() < kMaxReplyBytes) {
    if (!text_so_far_.empty()) text_so_far_ += ' ';
    text_so_far_ += text.substr(0, kMaxReplyBytes);
  }
  if (line.size() > 3 && line[3] == '-') return true;
  code_ = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  text_ = std::exchange(text_so_far_, "");
  for (char& c : text_) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (stage_ == Stage::kStartTls && code_ == 220) tls_started_ = true;
  if (stage_ == Stage::kMessage && code_ >= 200 && code_ < 300 && keep_for_next_())
    curl_easy_setopt(handle_, CURLOPT_FORBID_REUSE, 0L);
  if (stage_ == Stage::kRecipient && code_ >= 400 && recipient_ >= 1 &&
      recipient_ <= request_.recipients.size()) {
    refusals_.push_back({request_.recipients[recipient_ - 1], code_, text_});
  }
  return true;
}

MailExchange::Step MailExchange::ended(CURL* handle, CURLcode code) {
  const bool late = std::chrono::steady_clock::now() >= deadline_;
  if (other_mechanism_ && !late) return Step::kTransfer;
  if (code != CURLE_OK && !late && may_try_afresh(handle)) {
    afresh_ = true;
    return Step::kTransfer;
  }
  if (code == CURLE_OK) return finish(TransportResult::kAnswered, code_, refused_recipients());
  if (!refusals_.empty() && refusals_.size() == recipient_ && stage_ == Stage::kRecipient) {
    // Nobody was accepted. A temporary refusal among them makes another try worth while.
    const auto temporary =
        std::find_if(refusals_.begin(), refusals_.end(), [](const auto& r) { return r.code < 500; });
    const int status = temporary == refusals_.end() ? refusals_.back().code : temporary->code;
    return finish(TransportResult::kAnswered, status, refused_recipients());
  }
  if (late && (code == CURLE_OPERATION_TIMEDOUT || other_mechanism_))
    return finish(TransportResult::kTimedOut, 0, stage_words() + ": no complete answer in time");
  if (code_ >= 400) {
    const bool tls = stage_ == Stage::kStartTls;
    return finish(tls ? TransportResult::kTlsFailed : TransportResult::kAnswered, code_,
                  stage_words() + ": " + std::to_string(code_) + " " + text_);
  }
  if (code == CURLE_LOGIN_DENIED) {
    return finish(
        TransportResult::kMisconfigured, 0,
        "the server offers no way to log in that fits: CRAM-MD5 needs auth_secret, PLAIN and LOGIN need "
        "auth_password, XOAUTH2 needs auth_xoauth2, and PLAIN needs TLS");
  }
  if (code == CURLE_USE_SSL_FAILED)
    return finish(TransportResult::kTlsFailed, 0, "the server does not offer STARTTLS");
  auto failure = describe_failure(handle, code, detail_);
  return finish(failure.result, 0, stage_words() + ": " + failure.words);
}

void MailExchange::give_up(TransportResult result, const std::string& why) {
  finish(result, 0, stage_words() + ": " + why);
}

std::string MailExchange::refused_recipients() const {
  std::string words;
  for (const auto& refusal : refusals_) {
    words += words.empty() ? "refused recipients: " : "; ";
    words += refusal.recipient + " (" + std::to_string(refusal.code) + " " + refusal.text + ")";
  }
  return words;
}

// A server may end a session between two mails, by 421 or without a word. Nothing was said of this mail then.
bool MailExchange::may_try_afresh(CURL* handle) const {
  long connections = 0;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connections);
  const bool said_nothing =
      stage_ == Stage::kGreeting || stage_ == Stage::kSender || stage_ == Stage::kRecipient;
  return !afresh_ && !greeted_ && connections == 0 && said_nothing && (code_ == 0 || code_ == 421);
}

std::string MailExchange::stage_words() const {
  switch (stage_) {
    case Stage::kGreeting:
      return "connection";
    case Stage::kHello:
      return "EHLO";
    case Stage::kStartTls:
      return "STARTTLS";
    case Stage::kAuth:
      return "AUTH";
    case Stage::kSender:
      return "MAIL FROM";
    case Stage::kRecipient:
      return "RCPT TO";
    case Stage::kMessage:
      return "DATA";
    case Stage::kOther:
      break;
  }
  return "SMTP";
}

MailExchange::Step MailExchange::finish(TransportResult result, int status, std::string words) {
  OutboundAnswer answer;
  answer.result = result;
  answer.status = status;
  answer.took = std::chrono::steady_clock::now() - started_;
  if (!words.empty()) answer.error = (url_read_ ? url_.place() + ": " : "") + words;
  done_(std::move(answer));
  return Step::kDone;
}

}  // namespace tocsin
