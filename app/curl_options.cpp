#include "app/curl_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "app/secret_files.h"
#include "core/check.h"

namespace tocsin {
namespace {

void set_blob(CURL* handle, CURLoption option, const std::string& bytes) {
  curl_blob blob{};
  blob.data = const_cast<char*>(bytes.data());  // copied, never written
  blob.len = bytes.size();
  blob.flags = CURL_BLOB_COPY;
  curl_easy_setopt(handle, option, &blob);
}

struct TlsVersion {
  const char* name;
  long least, most;
};
constexpr std::array<TlsVersion, 4> kTlsVersions{{
    {"TLS10", CURL_SSLVERSION_TLSv1_0, CURL_SSLVERSION_MAX_TLSv1_0},
    {"TLS11", CURL_SSLVERSION_TLSv1_1, CURL_SSLVERSION_MAX_TLSv1_1},
    {"TLS12", CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_MAX_TLSv1_2},
    {"TLS13", CURL_SSLVERSION_TLSv1_3, CURL_SSLVERSION_MAX_TLSv1_3},
}};

const TlsVersion* find_version(const std::string& name) {
  for (const auto& version : kTlsVersions) {
    if (name == version.name) return &version;
  }
  return nullptr;
}

Result<void> apply_versions(CURL* handle, const TlsConfig& tls) {
  long least = CURL_SSLVERSION_TLSv1_2, most = CURL_SSLVERSION_MAX_DEFAULT;
  if (!tls.min_version.empty()) {
    const auto* version = find_version(tls.min_version);
    if (version == nullptr) return fail("unknown TLS version \"" + tls.min_version + "\"");
    least = version->least;
  }
  if (!tls.max_version.empty()) {
    const auto* version = find_version(tls.max_version);
    if (version == nullptr) return fail("unknown TLS version \"" + tls.max_version + "\"");
    most = version->most;
    if (tls.min_version.empty() && version->least < least) least = version->least;
    if (version->least < least) return fail("TLS min_version is above max_version");
  }
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, least | most);
  // Debian's OpenSSL refuses the old versions at its default security level even if they are asked for.
  if (least < CURL_SSLVERSION_TLSv1_2) {
    curl_easy_setopt(handle, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
  }
  return {};
}

Result<void> apply_client_certificate(CURL* handle, const TlsConfig& tls) {
  const auto certificate = text_or_file(tls.cert, tls.cert_file);
  if (!certificate) return tl::unexpected(certificate.error());
  if (certificate->empty()) return {};
  const auto key = tls.key.file.empty() ? Result<std::string>(tls.key.text) : read_small_file(tls.key.file);
  if (!key) return tl::unexpected(key.error());
  set_blob(handle, CURLOPT_SSLCERT_BLOB, *certificate);
  set_blob(handle, CURLOPT_SSLKEY_BLOB, *key);
  return {};
}

// "connection refused", "no route to host": what the system said, which libcurl's words leave out; "" where
// it said nothing.
std::string system_words(CURL* handle) {
  long number = 0;
  if (curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number) != CURLE_OK || number == 0) return "";
  std::string words = std::generic_category().message(static_cast<int>(number));
  if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z')
    words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

int limit_unacknowledged(void*, curl_socket_t socket, curlsocktype) {
  const unsigned milliseconds = 30'000;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  return CURL_SOCKOPT_OK;
}

}  // namespace

void start_libcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  TOCSIN_CHECK(result == CURLE_OK, "libcurl must start");
}

std::thread begin_libcurl_thread(std::function<void()> work) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

void CurlList::add(const std::string& line) {
  curl_slist* longer = curl_slist_append(head_.get(), line.c_str());
  TOCSIN_CHECK(longer != nullptr, "memory for a list");
  (void)head_.release();
  head_.reset(longer);
}

bool CurlUrl::set(const std::string& url) {
  known_ = {};
  return curl_url_set(handle_.get(), CURLUPART_URL, url.c_str(), CURLU_URLENCODE) == CURLUE_OK;
}

bool CurlUrl::set_part(CURLUPart part, const std::string& value) {
  known_ = {};
  return curl_url_set(handle_.get(), part, value.c_str(), 0) == CURLUE_OK;
}

std::string CurlUrl::part(CURLUPart part, unsigned flags) const {
  char* text = nullptr;
  if (curl_url_get(handle_.get(), part, &text, flags) != CURLUE_OK || text == nullptr) return "";
  std::string result(text);
  curl_free(text);
  return result;
}

const std::string& CurlUrl::host() const {
  if (known_.host.empty()) {
    known_.host = part(CURLUPART_HOST);
    if (known_.host.size() > 2 && known_.host.front() == '[')
      known_.host = known_.host.substr(1, known_.host.size() - 2);
  }
  return known_.host;
}

const std::string& CurlUrl::scheme() const {
  if (known_.scheme.empty()) known_.scheme = part(CURLUPART_SCHEME);
  return known_.scheme;
}

const std::string& CurlUrl::text() const {
  if (known_.text.empty()) known_.text = part(CURLUPART_URL);
  return known_.text;
}

int CurlUrl::port() const {
  const std::string text = part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

const std::string& CurlUrl::place() const {
  if (known_.place.empty()) {
    const std::string port = part(CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
    known_.place = scheme() + "://" + bracketed(host()) + (port.empty() ? "" : ":" + port);
  }
  return known_.place;
}

void CurlUrl::clear_part(CURLUPart part) {
  known_ = {};
  curl_url_set(handle_.get(), part, nullptr, 0);
}

std::shared_ptr<const CurlUrl> CurlUrls::read(const std::string& url) {
  const auto found = known_.find(url);
  if (found != known_.end()) return found->second;
  auto read = std::make_shared<CurlUrl>();
  if (!read->set(url)) return nullptr;
  if (known_.size() >= kMost) known_.clear();  // templates may make any number of them
  return known_.emplace(url, std::move(read)).first->second;
}

bool is_proxy_url(const std::string& text) {
  const std::string url = text.find("://") == std::string::npos ? "http://" + text : text;
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return false;
  const std::string scheme = url.substr(0, url.find("://"));
  for (const char* known : {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}) {
    if (scheme == known) return true;
  }
  return false;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

void apply_liveness(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPIDLE, 30L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPINTVL, 10L);
  curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, &limit_unacknowledged);
}

Result<void> apply_tls(CURL* handle, const TlsConfig& tls, ClientCertificate certificate) {
  const long verify = tls.insecure_skip_verify ? 0L : 1L;
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, verify);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, verify * 2);
  curl_easy_setopt(handle, CURLOPT_PROXY_SSL_VERIFYPEER, verify);
  curl_easy_setopt(handle, CURLOPT_PROXY_SSL_VERIFYHOST, verify * 2);
  const auto authorities = text_or_file(tls.ca, tls.ca_file);
  if (!authorities) return tl::unexpected(authorities.error());
  if (!authorities->empty()) {
    set_blob(handle, CURLOPT_CAINFO_BLOB, *authorities);
    set_blob(handle, CURLOPT_PROXY_CAINFO_BLOB, *authorities);
    // Else the system's authorities would be trusted beside the ones given.
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(handle, CURLOPT_PROXY_CAPATH, nullptr);
  } else if (!tls.ca_file.empty()) {
    return fail(tls.ca_file + " holds no certificate");
  }
  if (certificate == ClientCertificate::kSend) {
    if (auto applied = apply_client_certificate(handle, tls); !applied) return applied;
  }
  return apply_versions(handle, tls);
}

Result<void> apply_address(CURL* handle, const CurlUrl& url, const std::string& server_name,
                           CurlList& connect_to) {
  if (server_name.empty() || server_name == url.host()) {
    curl_easy_setopt(handle, CURLOPT_URL, url.text().c_str());
    return {};
  }
  CurlUrl named(url);
  if (!named.set_part(CURLUPART_HOST, bracketed(server_name))) {
    return fail("server_name \"" + server_name + "\" is not a host name");
  }
  const std::string port = std::to_string(url.port());
  connect_to.add(bracketed(server_name) + ":" + port + ":" + bracketed(url.host()) + ":" + port);
  curl_easy_setopt(handle, CURLOPT_CONNECT_TO, connect_to.head());
  curl_easy_setopt(handle, CURLOPT_URL, named.text().c_str());
  return {};
}

Failure describe_failure(CURL* handle, CURLcode code, const char* detail) {
  const std::string general = curl_easy_strerror(code);
  const std::string detailed = *detail == '\0' ? general : std::string(detail);
  switch (code) {
    case CURLE_COULDNT_CONNECT: {
      const std::string words = system_words(handle);
      return {TransportResult::kUnreachable, words.empty() ? detailed : words};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
      return {TransportResult::kUnreachable, detailed};
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_ABORTED_BY_CALLBACK:
      return {TransportResult::kTimedOut, detailed};
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return {TransportResult::kMisconfigured, detailed};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return {TransportResult::kTlsFailed, detailed};
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return {TransportResult::kClosedEarly, detailed};
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return {TransportResult::kMisconfigured, general};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_PROXY:
      return {TransportResult::kUnreachable, general};
    default:
      // Broken framing, broken compression, answers that are not HTTP.
      return {TransportResult::kClosedEarly, general};
  }
}

bool has_control_characters(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return true;
  }
  return false;
}

}  // namespace tocsin
