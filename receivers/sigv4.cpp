#include "receivers/sigv4.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <map>
#include <vector>

#include "core/letter_case.h"
#include "core/percent_encoding.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

// 20260102T030405Z
std::string compact_time(TimePoint now) {
  std::string out = format_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
  std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
  return out;
}

std::string single_spaced(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out.push_back(c);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

template <class Url>
std::string host_of(const Url& url) {
  std::string out = lower_case(std::string(url.encoded_host()));
  const std::string port(url.port());
  const bool usual = port.empty() || port == (url.scheme() == "https" ? "443" : "80");
  return usual ? out : out + ":" + port;
}

template <class Url>
std::string canonical_query(const Url& url) {
  std::vector<std::string> pairs;
  for (const auto& parameter : url.params()) {
    pairs.push_back(percent_encoded(std::string(parameter.key)) + "=" +
                    percent_encoded(std::string(parameter.value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const std::string& pair : pairs) out += (out.empty() ? "" : "&") + pair;
  return out;
}

}  // namespace

Result<void> sign_for_aws(HttpRequest& request, const AwsIdentity& identity, const std::string& service,
                          TimePoint now) {
  const auto url = boost::urls::parse_uri(request.url);
  if (!url) return fail("the URL of AWS cannot be understood");
  const std::string time = compact_time(now);
  request.headers.emplace_back("X-Amz-Date", time);
  if (!identity.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", identity.session_token);
  }
  std::map<std::string, std::string> headers = {{"host", host_of(*url)}};
  for (const auto& [name, value] : request.headers) headers[lower_case(name)] = single_spaced(value);
  std::string header_lines, names;
  for (const auto& [name, value] : headers) {
    header_lines += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string path(url->encoded_path());
  const std::string canonical = request.method + "\n" + (path.empty() ? "/" : percent_encoded(path, "/")) +
                                "\n" + canonical_query(*url) + "\n" + header_lines + "\n" + names + "\n" +
                                sha256_hex(request.body);
  const std::string day = time.substr(0, 8);
  const std::string scope = day + "/" + identity.region + "/" + service + "/aws4_request";
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256_hex(canonical);
  std::string key = "AWS4" + identity.secret_key;
  for (const std::string& part : {day, identity.region, service, std::string("aws4_request")}) {
    key = hmac_sha256_bytes(key, part);
  }
  request.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + identity.access_key + "/" +
                                                    scope + ", SignedHeaders=" + names + ", Signature=" +
                                                    hex_digits(hmac_sha256_bytes(key, to_sign)));
  return {};
}

}  // namespace tocsin
