#include "app/api_client.h"

#include <fmt/format.h>

#include "app/curl_options.h"
#include "app/curl_transport.h"
#include "app/http_config_file.h"
#include "app/version.h"
#include "core/json.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestReason =
    500;  // of a body that nobody meant for reading, such as a proxy's page

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

std::string way_out(TransportResult result) {
  switch (result) {
    case TransportResult::kUnreachable:
      return "is tocsin running? --url names another server";
    case TransportResult::kTimedOut:
      return "--timeout gives it longer";
    case TransportResult::kTlsFailed:
      return "tls_config in the file of --http.config.file says whom to trust";
    case TransportResult::kClosedEarly:
      return "does --url name an HTTP server, and http:// or https:// as it speaks?";
    case TransportResult::kAnswered:
    case TransportResult::kTooLarge:
    case TransportResult::kMisconfigured:
      break;
  }
  return "";
}

std::string hint_for(const OutboundAnswer& answer) {
  if (answer.status == 401 || answer.status == 403)
    return " (--http.config.file names a file with credentials)";
  // What the API does not find it answers with nothing or with JSON: anything else came from elsewhere.
  if (answer.status == 404 && !answer.body.empty() && !JsonValue::parse(answer.body)) {
    return " (is the path in --url right? a server with a route prefix needs it there)";
  }
  return "";
}

}  // namespace

std::string api_error_message(const std::string& body) {
  const std::string text = trimmed(body);
  if (const auto json = JsonValue::parse(text)) {
    if (json->kind() == JsonValue::Kind::kString) return json->string();
    for (const char* key : {"message", "error"}) {
      if (const std::string& reason = json->find(key).string(); !reason.empty()) return reason;
    }
  }
  return text.size() <= kLongestReason ? text : text.substr(0, kLongestReason) + "…";
}

ApiAnswer read_api_answer(OutboundAnswer answer, const std::string& server) {
  if (answer.result != TransportResult::kAnswered) {
    const std::string hint = way_out(answer.result);
    return tl::unexpected(
        ApiFailure{0, fmt::format("cannot reach {}: {}{}", server, without_place(answer.error, server),
                                  hint.empty() ? "" : " (" + hint + ")")});
  }
  if (answer.status >= 200 && answer.status < 300) return std::move(answer.body);
  std::string reason = api_error_message(answer.body);
  if (reason.empty()) reason = answer.error;
  if (reason.empty()) reason = answer.status == 404 ? "not found" : "no reason given";
  return tl::unexpected(ApiFailure{
      answer.status, fmt::format("{} answered {}: {}{}", server, answer.status, reason, hint_for(answer))});
}

Result<ApiClient> ApiClient::open(const ApiClientOptions& options) {
  const auto url = read_server_url(options.url);
  if (!url) return tl::unexpected(url.error());
  ApiClient client;
  client.base_ = url->text();
  while (client.base_.ends_with('/')) client.base_.pop_back();
  client.timeout_ = options.timeout;
  HttpConfig config;
  // Without a file as Go's clients, amtool among them; loopback addresses are never asked by way of a proxy.
  config.proxy_from_environment = true;
  if (!options.http_config_file.empty()) {
    auto read = read_http_config_file(options.http_config_file);
    if (!read) return tl::unexpected(read.error());
    config = std::move(*read);
  }
  client.config_ = std::make_shared<const HttpConfig>(std::move(config));
  client.transport_ =
      std::make_unique<CurlTransport>(TransportOptions{.user_agent = std::string("Tocsin/") + kVersion});
  return client;
}

Result<std::string> ApiClient::ask(std::string method, std::string path_and_query, std::string body) {
  return request(std::move(method), std::move(path_and_query), std::move(body))
      .map_error([](const ApiFailure& failure) { return Error{failure.message}; });
}

ApiAnswer ApiClient::request(std::string method, std::string path_and_query, std::string body) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = base_ + path_and_query;
  request.headers = {{"Accept", "application/json"}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  request.config = config_;
  request.timeout = timeout_;
  CurlUrl url;
  url.set(base_);
  return read_api_answer(transport_->perform(std::move(request)), url.place());
}

}  // namespace tocsin
