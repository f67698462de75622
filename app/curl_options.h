// What HTTP and mail have in common when they set up libcurl: addresses, TLS, and a failure put into words.
// Internal to app/curl_*.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

#include "core/http_config.h"
#include "core/outbound.h"
#include "core/result.h"

namespace tocsin {

using SteadyTime = std::chrono::steady_clock::time_point;

// Before anything of libcurl is used, by each who uses it.
void start_libcurl();
// A thread for it that gets no signals: they are main's, and a SIGPIPE out of the TLS library must not end
// the program. Threads that it begins are like it.
std::thread begin_libcurl_thread(std::function<void()> work);

// A list of strings for libcurl; lives at least as long as the transfer.
class CurlList {
 public:
  void add(const std::string& line);
  curl_slist* head() const { return head_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> head_;
};

// A URL taken apart and put together by libcurl, so that both always agree on what a URL means.
class CurlUrl {
 public:
  CurlUrl() : handle_(curl_url()) {}
  CurlUrl(const CurlUrl& other) : handle_(curl_url_dup(other.handle_.get())), known_(other.known_) {}
  CurlUrl& operator=(const CurlUrl&) = delete;

  // A whole URL, or one relative to what is there. False: it is no URL, and what was there is unchanged or
  // lost.
  bool set(const std::string& url);
  bool set_part(CURLUPart, const std::string& value);
  void clear_part(CURLUPart part);
  std::string part(CURLUPart, unsigned flags = 0) const;  // "" where there is none
  const std::string& text() const;
  const std::string& scheme() const;
  const std::string& host() const;  // without brackets
  int port() const;                 // with the scheme's default
  // scheme://host, and the port where it is not the default: all of a URL that may be shown, since paths can
  // be secrets.
  const std::string& place() const;

 private:
  // What is asked for several times a request; taken apart once.
  struct Known {
    std::string scheme, host, place, text;
  };
  struct Free {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
  };
  std::unique_ptr<CURLU, Free> handle_;
  mutable Known known_;  // what is empty was not asked for yet
};

// URLs that were read before: in a storm the same few are asked for thousands of times. For one thread.
class CurlUrls {
 public:
  // Null: it is no URL.
  std::shared_ptr<const CurlUrl> read(const std::string& url);

 private:
  static constexpr std::size_t kMost = 64;
  std::unordered_map<std::string, std::shared_ptr<const CurlUrl>> known_;
};

// Checked before libcurl sees it, because its complaint about a bad one would repeat the whole URL, password
// included.
bool is_proxy_url(const std::string&);

// "[::1]" for an IPv6 address, anything else as it is.
std::string bracketed(const std::string& host);

// A peer that vanished (a firewall that forgot the connection) must be noticed within half a minute: HTTP/2
// keeps using a connection on which requests time out, and the kernel alone would take a quarter of an hour.
void apply_liveness(CURL*);

// Certificates are handed over as bytes read now, so that a rotated file is used by the next connection.
// Fails with the file's name.
enum class ClientCertificate { kSend, kWithhold };
Result<void> apply_tls(CURL*, const TlsConfig&, ClientCertificate);

// Sets the URL. With `server_name` the TLS name is that one while the connection still goes to the URL's host
// (`connect_to` then holds the detour).
Result<void> apply_address(CURL*, const CurlUrl&, const std::string& server_name, CurlList& connect_to);

// Why a transfer failed, without secrets: libcurl's detail is used only where it cannot hold any.
struct Failure {
  TransportResult result;
  std::string words;
};
Failure describe_failure(CURL*, CURLcode, const char* detail);

// Line breaks and other control characters, which would end a header or an SMTP command.
bool has_control_characters(const std::string& text);

}  // namespace tocsin
