#include "app/proxy_choice.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace tocsin {
namespace {

using Address = std::array<unsigned char, 16>;

// IPv4 as an IPv4-mapped IPv6 address, so that one comparison serves both.
std::optional<Address> parse_address(const std::string& text) {
  Address address{};
  if (::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  address = {};
  address[10] = address[11] = 0xff;
  if (::inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) return address;
  return std::nullopt;
}

bool same_prefix(const Address& a, const Address& b, int bits) {
  for (int i = 0; i < bits; ++i) {
    const auto byte = static_cast<std::size_t>(i / 8);
    const int mask = 0x80 >> (i % 8);
    if (((a[byte] ^ b[byte]) & mask) != 0) return false;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return std::string(text);
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

bool is_loopback(const std::string& host) {
  if (lower(host) == "localhost") return true;
  const auto address = parse_address(host);
  if (!address) return false;
  return same_prefix(*address, *parse_address("127.0.0.0"), 96 + 8) || *address == *parse_address("::1");
}

// "10.0.0.0/8" against an address.
bool network_holds(const std::string& entry, const std::string& host) {
  const auto slash = entry.find('/');
  const auto network = parse_address(entry.substr(0, slash));
  const auto bits = parse_number(std::string_view(entry).substr(slash + 1));
  const auto address = parse_address(host);
  if (!network || !bits || !address) return false;
  const int all_bits = *bits + (entry.find(':') == std::string::npos ? 96 : 0);
  return *bits >= 0 && all_bits <= 128 && same_prefix(*network, *address, all_bits);
}

bool name_covers(std::string entry, const std::string& host) {
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (entry.starts_with(".")) return host.ends_with(entry);
  return host == entry || host.ends_with("." + entry);
}

bool entry_names(std::string entry, const std::string& host, int port) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string::npos) return network_holds(entry, host);
  if (entry.starts_with("[")) {  // [::1]:8080 or [::1]
    const auto close = entry.find(']');
    if (close == std::string::npos) return false;
    const std::string rest = entry.substr(close + 1);
    if (!rest.empty() && parse_number(std::string_view(rest).substr(1)) != port) return false;
    entry = entry.substr(1, close - 1);
  } else if (std::count(entry.begin(), entry.end(), ':') == 1) {
    const auto colon = entry.find(':');
    if (parse_number(std::string_view(entry).substr(colon + 1)) != port) return false;
    entry.resize(colon);
  }
  if (const auto address = parse_address(entry)) return parse_address(host) == address;
  return !entry.empty() && name_covers(entry, host);
}

std::string first_set(const Environment& environment, const char* upper, const char* lower_case) {
  std::string value = environment(upper);
  return value.empty() ? environment(lower_case) : value;
}

}  // namespace

Environment process_environment() {
  return [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
}

bool no_proxy_names(std::string_view list, const std::string& host, int port) {
  std::string wanted = lower(host);
  if (wanted.ends_with(".")) wanted.pop_back();
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string entry = lower(trimmed(list.substr(0, comma)));
    if (!entry.empty() && entry_names(entry, wanted, port)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

std::string choose_proxy(const ProxySettings& settings, std::string_view scheme, const std::string& host,
                         int port, const Environment& environment) {
  std::string proxy = settings.proxy_url;
  std::string no_proxy = settings.no_proxy;
  if (settings.from_environment) {
    proxy = scheme == "https" ? first_set(environment, "HTTPS_PROXY", "https_proxy")
                              : first_set(environment, "HTTP_PROXY", "http_proxy");
    no_proxy = first_set(environment, "NO_PROXY", "no_proxy");
  } else if (no_proxy.empty()) {
    return proxy;
  }
  if (proxy.empty() || is_loopback(host) || no_proxy_names(no_proxy, host, port)) return "";
  return proxy;
}

}  // namespace tocsin
