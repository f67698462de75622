#include "app/curl_transport.h"

#include "app/curl_http.h"
#include "app/curl_loop.h"
#include "app/curl_mail.h"
#include "app/curl_mail_sessions.h"
#include "app/oauth2_request.h"
#include "app/oauth2_tokens.h"

namespace tocsin {

class CurlTransport::Inside {
 public:
  explicit Inside(const TransportOptions& options)
      : tokens_([this](HttpRequest request, auto done) { send(std::move(request), std::move(done)); },
                [this](std::uint64_t id) { http_.resume(id); }),
        surroundings_(std::make_shared<const HttpSurroundings>(HttpSurroundings{
            options.user_agent, options.stall_timeout, process_environment(), &tokens_, &urls_})),
        http_({options.transfers, options.transfers_per_place, options.waiting}),
        mail_({options.mail_sessions, options.mail_sessions_per_place, options.waiting,
               options.mail_look_interval}) {}

  void send(HttpRequest request, Done done) {
    http_.submit(std::make_unique<HttpExchange>(std::move(request), std::move(done), surroundings_));
  }
  void send(MailRequest request, Done done) {
    if (request.auth_oauth2) return send_with_token(std::move(request), std::move(done), "");
    mail_.submit(std::make_unique<MailExchange>(std::move(request), std::move(done)));
  }
  // `refused` is a token that the mail server did not accept, as it is asked for; empty: it was not asked
  // yet.
  void send_with_token(MailRequest request, Done done, const std::string& refused) {
    const auto config = request.auth_oauth2;
    const Duration timeout = request.timeout;
    auto ask = std::make_unique<OAuth2Request>(
        tokens_, config, timeout,
        [this, request = std::move(request), done = std::move(done),
         again = !refused.empty()](const OAuth2Tokens::Answer& answer) mutable {
          if (answer.authorization.empty()) {
            OutboundAnswer failed;
            failed.result = answer.failure;
            failed.error = answer.error;
            return done(std::move(failed));
          }
          send_with(answer.authorization, std::move(request), std::move(done), again);
        });
    ask->refuse(refused);
    http_.submit(std::move(ask));
  }
  // An old token may have been withdrawn: a new one is tried once.
  void send_with(const std::string& authorization, MailRequest request, Done done, bool again) {
    MailRequest with_token = request;
    with_token.auth_token.text = authorization.substr(authorization.find(' ') + 1);
    if (again) return mail_.submit(std::make_unique<MailExchange>(std::move(with_token), std::move(done)));
    mail_.submit(std::make_unique<MailExchange>(
        std::move(with_token), [this, authorization, request = std::move(request),
                                done = std::move(done)](OutboundAnswer answer) mutable {
          if (answer.result == TransportResult::kAnswered && answer.status == 535)
            return send_with_token(std::move(request), std::move(done), authorization);
          done(std::move(answer));
        }));
  }
  void stop() {
    http_.stop();
    mail_.stop();
  }

 private:
  OAuth2Tokens tokens_;
  CurlUrls urls_;
  std::shared_ptr<const HttpSurroundings> surroundings_;
  CurlLoop http_;  // last, both: their threads end before what they use
  MailSessions mail_;
};

CurlTransport::CurlTransport(TransportOptions options) : inside_(std::make_unique<Inside>(options)) {}

CurlTransport::~CurlTransport() {
  stop();
}

void CurlTransport::send(OutboundRequest request, Done done) {
  std::visit([&](auto& kind) { inside_->send(std::move(kind), std::move(done)); }, request);
}

void CurlTransport::stop() {
  inside_->stop();
}

}  // namespace tocsin
