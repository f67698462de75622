// ApiClient: how commands speak to a running Tocsin (or Alertmanager: the API is the same). One request at a
// time, waited for. It knows addresses, credentials and how to word what went wrong; what the answers mean is
// the commands' business.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/transport.h"
#include "core/result.h"

namespace tocsin {

struct ApiClientOptions {
  std::string url = "http://localhost:9093";  // with the route prefix, where the server has one
  std::string http_config_file;               // the keys of http_config, as amtool takes it; empty: none
  Duration timeout = std::chrono::seconds(30);
};

// Why there is no answer to use. For those who can go on after some refusals, such as a silence that is gone.
struct ApiFailure {
  int status = 0;  // of a refusal; 0: nobody answered
  std::string message;
};
using ApiAnswer = tl::expected<std::string, ApiFailure>;
// ApiClient::request, or what stands in for it in a test.
using AskApi = std::function<ApiAnswer(std::string method, std::string path_and_query, std::string body)>;

class ApiClient {
 public:
  // Fails on a URL that cannot be used and on a faulty file; it does not look whether anybody is there.
  static Result<ApiClient> open(const ApiClientOptions&);
  // `path_and_query` begins with a slash and is escaped where that is needed; a body is JSON. The answer's
  // body where the status is 2xx, else the server's own words.
  Result<std::string> ask(std::string method, std::string path_and_query, std::string body = "");
  ApiAnswer request(std::string method, std::string path_and_query, std::string body = "");

 private:
  ApiClient() = default;
  std::string base_;  // without a slash at the end
  std::shared_ptr<const HttpConfig> config_;
  Duration timeout_{};
  std::unique_ptr<Transport> transport_;
};

// What an answer comes to. `server` is how messages name who was asked, without passwords.
ApiAnswer read_api_answer(OutboundAnswer answer, const std::string& server);

// The reason in the body of a refusal: a JSON string, {"message": …}, {"error": …}, or else the text itself.
std::string api_error_message(const std::string& body);


}  // namespace tocsin
