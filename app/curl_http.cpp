#include "app/curl_http.h"

#include <algorithm>
#include <cctype>

#include "app/secret_files.h"

namespace tocsin {
namespace {

constexpr int kMaxRedirects = 10;  // as Go's client
constexpr auto kConnectTimeout = std::chrono::seconds(10);
constexpr auto kLongestTimeout = std::chrono::hours(24);

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_token(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           (c != 0 &&
            std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos);
  });
}

// What may be told to a host that the user did not name: it describes the body and the answer, and identifies
// nobody.
bool is_harmless(const std::string& lower_name) {
  return lower_name == "content-type" || lower_name == "content-encoding" || lower_name == "accept" ||
         lower_name == "user-agent";
}

// libcurl takes "Name;" for a header without value; "Name:" would remove it.
std::string header_line(const std::string& name, const std::string& value) {
  return value.empty() ? name + ";" : name + ": " + value;
}

// Same host and port; the step from http to https on their own ports is the same service as well.
bool same_service(const CurlUrl& before, const CurlUrl& after) {
  if (lower(before.host()) != lower(after.host())) return false;
  const std::string &from = before.scheme(), &to = after.scheme();
  if (from == to) return before.port() == after.port();
  return from == "http" && to == "https" && before.port() == 80 && after.port() == 443;
}

bool is_http(const CurlUrl& url) {
  const std::string& scheme = url.scheme();
  return scheme == "http" || scheme == "https";
}

}  // namespace

HttpExchange::HttpExchange(HttpRequest request, Transport::Done done,
                           std::shared_ptr<const HttpSurroundings> surroundings)
    : Exchange(std::chrono::steady_clock::now() +
               std::clamp<Duration>(request.timeout, Duration::zero(), kLongestTimeout)),
      request_(std::move(request)),
      done_(std::move(done)),
      surroundings_(std::move(surroundings)),
      config_(request_.config ? request_.config : std::make_shared<const HttpConfig>()),
      started_(std::chrono::steady_clock::now()),
      reader_(request_.max_answer_bytes, surroundings_->stall_timeout) {}

Exchange::Step HttpExchange::advance() {
  if (!url_) {
    url_ = surroundings_->urls->read(request_.url);
    if (!url_) return finish(TransportResult::kMisconfigured, "the URL cannot be understood");
    if (const auto checked = check_request(); !checked) {
      return finish(TransportResult::kMisconfigured, checked.error().message);
    }
  }
  if (!config_->oauth2 || !trusted_ || caller_authorizes()) return Step::kTransfer;
  if (!token_) token_ = surroundings_->tokens->ask(*config_->oauth2, id());
  if (!token_->ready) return Step::kWait;
  if (token_->authorization.empty()) return answer_with({token_->failure, token_->error});
  return Step::kTransfer;
}

Result<void> HttpExchange::check_request() const {
  if (!is_http(*url_)) return fail("only http and https URLs can be used");
  if (!is_token(request_.method)) return fail("the method is not a word");
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name)) return fail("a header has no usable name");
    if (has_control_characters(value)) return fail("header " + name + " holds a control character");
  }
  return {};
}

Exchange::Step HttpExchange::prepare(CURL* handle) {
  headers_ = {};
  connect_to_ = {};
  detail_[0] = '\0';
  reader_.start(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail_);
  if (const auto applied = apply_all(handle); !applied) {
    return finish(TransportResult::kMisconfigured, applied.error().message);
  }
  return Step::kTransfer;
}

Result<void> HttpExchange::apply_all(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT,
                   1L);  // a hanging name server must not hold the loop when we give up
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION,
                   static_cast<long>(config_->enable_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  const auto patience = std::min<Duration>(request_.timeout, kConnectTimeout);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(milliseconds, 1)));
  apply_method(handle);
  apply_liveness(handle);
  const bool tls = url_->scheme() == "https";
  const std::string server_name = tls && trusted_ ? config_->tls.server_name : "";
  return apply_proxy(handle)
      .and_then([&] { return apply_address(handle, *url_, server_name, connect_to_); })
      .and_then([&] {
        return apply_tls(handle, config_->tls,
                         trusted_ ? ClientCertificate::kSend : ClientCertificate::kWithhold);
      })
      .and_then([&] { return apply_headers(handle); });
}

void HttpExchange::apply_method(CURL* handle) {
  const std::string& method = request_.method;
  if (method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request_.body.data());
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
}

Result<void> HttpExchange::apply_proxy(CURL* handle) {
  const ProxySettings settings{config_->proxy_url, config_->no_proxy, config_->proxy_from_environment};
  const std::string proxy =
      choose_proxy(settings, url_->scheme(), url_->host(), url_->port(), surroundings_->environment);
  if (!proxy.empty() && !is_proxy_url(proxy)) return fail("the proxy's URL cannot be understood");
  // Set even where empty: else libcurl would look into the environment by itself.
  curl_easy_setopt(handle, CURLOPT_PROXY, proxy.c_str());
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "");
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  proxy_headers_ = {};
  for (const auto& [name, values] : config_->proxy_connect_header) {
    for (const std::string& value : values) {
      if (!is_token(name) || has_control_characters(value))
        return fail("proxy_connect_header " + name + " cannot be sent");
      proxy_headers_.add(header_line(name, value));
    }
  }
  curl_easy_setopt(handle, CURLOPT_PROXYHEADER, proxy_headers_.head());
  return {};
}

Result<void> HttpExchange::apply_headers(CURL* handle) {
  bool names_itself = false, says_type = false, names_host = false;
  for (const auto& [name, value] : request_.headers) {
    const std::string known = lower(name);
    if (!trusted_ && !is_harmless(known)) continue;
    names_itself = names_itself || known == "user-agent";
    says_type = says_type || known == "content-type";
    names_host = names_host || known == "host";
    headers_.add(header_line(name, value));
  }
  if (trusted_) {
    if (auto applied = apply_configured_headers(); !applied) return applied;
    if (auto applied = apply_credentials(handle); !applied) return applied;
  }
  // With a detour (server_name) the URL holds the TLS name; HTTP still speaks to the host that was asked for.
  if (connect_to_.head() != nullptr && !names_host) {
    const std::string& place = url_->place();
    headers_.add("Host: " + place.substr(place.find("//") + 2));
  }
  if (!says_type) headers_.add("Content-Type:");  // libcurl would claim a form
  headers_.add("Expect:");                        // no waiting for "100 Continue"
  if (!names_itself) curl_easy_setopt(handle, CURLOPT_USERAGENT, surroundings_->user_agent.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.head());
  return {};
}

Result<void> HttpExchange::apply_configured_headers() {
  for (const auto& [name, header] : config_->headers) {
    if (!is_token(name)) return fail("http_headers: \"" + name + "\" is not a header name");
    std::vector<std::string> values = header.values;
    values.insert(values.end(), header.secrets.begin(), header.secrets.end());
    for (const auto& path : header.files) {
      auto value = read_secret_file(path);
      if (!value) return tl::unexpected(value.error());
      values.push_back(std::move(*value));
    }
    for (const auto& value : values) {
      if (has_control_characters(value)) return fail("http_headers: " + name + " holds a control character");
      headers_.add(header_line(name, value));
    }
  }
  return {};
}

// As in Go's HTTP client: what the caller or the URL says about authorization is stronger than the
// configuration.
bool HttpExchange::caller_authorizes() const {
  if (!url_->part(CURLUPART_USER).empty()) return true;
  return std::any_of(request_.headers.begin(), request_.headers.end(),
                     [](const auto& header) { return lower(header.first) == "authorization"; });
}

Result<void> HttpExchange::apply_credentials(CURL* handle) {
  if (caller_authorizes()) return {};
  std::string line;
  if (config_->authorization) {
    const auto credentials = reveal(config_->authorization->credentials);
    if (!credentials) return tl::unexpected(credentials.error());
    line = config_->authorization->type + " " + *credentials;
  } else if (config_->oauth2) {
    line = token_->authorization;
  } else if (config_->basic) {
    const auto username = config_->basic->username_file.empty()
                              ? Result<std::string>(config_->basic->username)
                              : read_secret_file(config_->basic->username_file);
    if (!username) return tl::unexpected(username.error());
    const auto password = reveal(config_->basic->password);
    if (!password) return tl::unexpected(password.error());
    curl_easy_setopt(handle, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(handle, CURLOPT_USERNAME, username->c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, password->c_str());
    return {};
  } else {
    return {};
  }
  if (has_control_characters(line)) return fail("the credentials hold a control character");
  headers_.add("Authorization: " + line);
  return {};
}

Exchange::Step HttpExchange::ended(CURL* handle, CURLcode code) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  reader_.answer().status = static_cast<int>(status);
  if (reader_.too_large()) {
    return finish(TransportResult::kTooLarge,
                  "the answer is larger than " + std::to_string(request_.max_answer_bytes) + " bytes");
  }
  if (code != CURLE_OK) return answer_with(describe_failure(handle, code, detail_));
  if (status == 401 && token_ && !token_renewed_ && trusted_) {
    token_renewed_ = true;
    surroundings_->tokens->refuse(*config_->oauth2, token_->authorization);
    token_.reset();
    return advance();
  }
  if (config_->follow_redirects && follows(reader_.answer().status)) return advance();
  return finish(TransportResult::kAnswered, reader_.answer().error);
}

// Goes where the answer points, if it does. An answer that cannot be followed stays the answer, with the
// reason in its error.
bool HttpExchange::follows(int status) {
  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) return false;
  const std::string location = reader_.answer().header("location");
  if (location.empty()) return false;
  if (++redirects_ > kMaxRedirects) {
    reader_.answer().error = url_->place() + ": more than 10 redirects";
    return false;
  }
  CurlUrl next(*url_);
  if (!next.set(location) || !is_http(next)) {
    reader_.answer().error = url_->place() + ": redirects to an address that cannot be used";
    return false;
  }
  if (!trusted_ || !same_service(*url_, next)) {
    trusted_ = false;
    next.clear_part(CURLUPART_USER);
    next.clear_part(CURLUPART_PASSWORD);
  }
  url_ = std::make_shared<const CurlUrl>(next);
  // As Go: 307 and 308 repeat the request, the others ask for the new place.
  if (status != 307 && status != 308 && request_.method != "HEAD" && request_.method != "GET") {
    request_.method = "GET";
    request_.body.clear();
    std::erase_if(request_.headers,
                  [](const auto& header) { return lower(header.first).starts_with("content-"); });
  }
  return true;
}

Exchange::Step HttpExchange::answer_with(Failure failure) {
  return finish(failure.result, std::move(failure.words));
}

Exchange::Step HttpExchange::finish(TransportResult result, std::string words) {
  reader_.answer().result = result;
  reader_.answer().took = std::chrono::steady_clock::now() - started_;
  if (result != TransportResult::kAnswered) {
    reader_.answer().body.clear();
    const std::string place = url_ ? url_->place() + ": " : "";
    reader_.answer().error = place + words;
  }
  done_(std::move(reader_.answer()));
  return Step::kDone;
}

void HttpExchange::give_up(TransportResult result, const std::string& why) {
  if (result == TransportResult::kTimedOut && token_ && !token_->ready) {
    finish(result, "no oauth2 token in time");
  } else {
    finish(result, why);
  }
}

}  // namespace tocsin
