// The Daemon's HTTP side: where it listens, under which settings, and who is asked before the API is.
#include <algorithm>
#include <boost/url/parse.hpp>
#include <chrono>

#include "app/daemon.h"
#include "app/host_name.h"
#include "app/log.h"
#include "app/socket_activation.h"

namespace tocsin {
namespace {

// Threads of the HTTP server beyond those that GET requests may take: POSTed alerts always find one.
constexpr std::int64_t kThreadsForPosts = 4;
constexpr std::int64_t kMostThreads = 256;

// As Alertmanager does: the host's name where the address says "everywhere".
std::string default_external_url(std::string_view scheme, const std::string& listening) {
  if (listening.starts_with("unix:")) return std::string(scheme) + "://" + host_name();
  const std::size_t colon = listening.rfind(':');
  std::string host = listening.substr(0, colon);
  if (host.empty() || host == "0.0.0.0" || host == "[::]") host = host_name();
  return std::string(scheme) + "://" + host + listening.substr(colon);
}

}  // namespace

// The port comes first: whoever else holds it is reported before anything is touched, and links need to know
// it.
Result<void> Daemon::listen() {
  if (!options_.web_config_file.empty()) {
    auto web = WebSettings::open(options_.web_config_file);
    if (!web) return fail(web.error().message + "\nThe web configuration is wrong; nothing was started.");
    web_ = std::move(*web);
  }
  if (auto opened = open_servers(server_options()); !opened) return opened;
  const char* scheme = web_ && web_->uses_tls() ? "https" : "http";
  external_url_ = options_.external_url.empty() ? default_external_url(scheme, servers_.front()->address())
                                                : options_.external_url;
  while (external_url_.ends_with('/')) external_url_.pop_back();
  const auto parsed = boost::urls::parse_uri(external_url_);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https") || parsed->host().empty()) {
    return fail(
        "--web.external-url must be an http or https URL with a host, for example "
        "https://tocsin.example.com");
  }
  return {};
}

HttpServerOptions Daemon::server_options() {
  HttpServerOptions http;
  http.threads = static_cast<std::size_t>(std::min(gets_.limit() + kThreadsForPosts, kMostThreads));
  if (options_.web_timeout > Duration::zero()) {
    http.handler_timeout = std::chrono::ceil<std::chrono::milliseconds>(options_.web_timeout);
  }
  http.report_failure = [](const HttpQuery& query, std::string_view what) {
    log(LogLevel::kError, "A request failed", {{"path", query.path}, {"error", std::string(what)}});
  };
  if (!web_) return http;
  if (web_->uses_tls()) http.make_stream = [this](int socket) { return web_->tls()->accept(socket); };
  http.takes_long = [this](const HttpQuery& query) { return guard_.takes_long(query, *web_->config()); };
  return http;
}

Result<void> Daemon::open_servers(const HttpServerOptions& http) {
  std::vector<HttpServerOptions> places;
  if (options_.systemd_socket) {
    const auto sockets = take_activated_sockets();
    if (!sockets) return tl::unexpected(sockets.error());
    for (const int descriptor : *sockets) places.emplace_back(http).descriptor = descriptor;
  } else {
    for (const std::string& address : options_.listen_addresses) places.emplace_back(http).address = address;
  }
  for (const HttpServerOptions& place : places) {
    auto server = HttpServer::listen(place, [this](const HttpQuery& query) { return guarded(query); });
    if (!server) return tl::unexpected(server.error());
    servers_.push_back(std::move(*server));
  }
  return {};
}

HttpAnswer Daemon::guarded(const HttpQuery& query) {
  const auto limited = [this](const HttpQuery& asked) {
    return gets_.answer(asked, [this](const HttpQuery& passed) { return answer(passed); });
  };
  if (!web_) return limited(query);
  return guard_.answer(query, *web_->config(), std::chrono::steady_clock::now(), limited);
}

HttpAnswer Daemon::answer(const HttpQuery& query) {
  if (!serving_) return {503, "text/plain; charset=utf-8", "starting\n", {}};
  const auto started = std::chrono::steady_clock::now();
  HttpAnswer answer = api_->answer(query);
  const Duration took = std::chrono::steady_clock::now() - started;
  metrics_.observe_http(api_->handler_name(query), query.method, answer, to_seconds(took));
  return answer;
}

}  // namespace tocsin
