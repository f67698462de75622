#include "app/curl_transport.h"

#include "app/curl_http.h"
#include "app/curl_loop.h"
#include "app/curl_mail.h"
#include "app/oauth2_tokens.h"

namespace tocsin {

class CurlTransport::Inside {
 public:
  explicit Inside(const TransportOptions& options)
      : tokens_([this](HttpRequest request, auto done) { send(std::move(request), std::move(done)); },
                [this](std::uint64_t id) { http_.resume(id); }),
        surroundings_(std::make_shared<const HttpSurroundings>(
            HttpSurroundings{options.user_agent, options.stall_timeout, process_environment(), &tokens_})),
        http_({options.transfers, options.transfers_per_place, options.waiting}),
        mail_({options.transfers, options.transfers_per_place, options.waiting}) {}

  void send(HttpRequest request, Done done) {
    http_.submit(std::make_unique<HttpExchange>(std::move(request), std::move(done), surroundings_));
  }
  void send(MailRequest request, Done done) {
    mail_.submit(std::make_unique<MailExchange>(std::move(request), std::move(done)));
  }
  void stop() {
    http_.stop();
    mail_.stop();
  }

 private:
  OAuth2Tokens tokens_;
  std::shared_ptr<const HttpSurroundings> surroundings_;
  CurlLoop http_, mail_;  // last: their threads end before what they use
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
