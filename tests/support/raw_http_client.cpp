#include "tests/support/raw_http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace tocsin::test {
namespace {

constexpr timeval kPatience{20, 0};

[[noreturn]] void complain(const std::string& what) {
  throw std::runtime_error(what + ": " + std::generic_category().message(errno));
}

template <class Address>
int connect_to(int family, const Address& address) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) complain("socket");
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (family != AF_UNIX) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    ::close(socket);
    errno = error;
    complain("connect");
  }
  return socket;
}

int open_socket(const std::string& address) {
  if (address.starts_with("unix:")) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, address.c_str() + 5, sizeof name.sun_path - 1);
    return connect_to(AF_UNIX, name);
  }
  const size_t colon = address.rfind(':');
  const auto port = htons(static_cast<uint16_t>(std::stoul(address.substr(colon + 1))));
  if (address.starts_with('[')) {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = port;
    if (inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &name.sin6_addr) != 1) complain(address);
    return connect_to(AF_INET6, name);
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = port;
  if (inet_pton(AF_INET, address.substr(0, colon).c_str(), &name.sin_addr) != 1) complain(address);
  return connect_to(AF_INET, name);
}

}  // namespace

std::string RawHttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  }
  return "";
}

RawHttpClient::RawHttpClient(const std::string& address) : socket_(open_socket(address)) {}

RawHttpClient::~RawHttpClient() {
  if (socket_ >= 0) ::close(socket_);
}

void RawHttpClient::send(std::string_view bytes) {
  if (!try_send(bytes)) complain("send");
}

bool RawHttpClient::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawHttpClient::finish_sending() {
  shutdown(socket_, SHUT_WR);
}

bool RawHttpClient::receive() {
  std::array<char, 65536> bytes;
  const ssize_t received = recv(socket_, bytes.data(), bytes.size(), 0);
  if (received < 0 && errno != ECONNRESET) complain("receive");
  if (received <= 0) return false;
  input_.append(bytes.data(), static_cast<size_t>(received));
  return true;
}

RawHttpAnswer RawHttpClient::read_answer(std::string_view method) {
  size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive())
      throw std::runtime_error("the server closed without an answer; it sent \"" + input_ + "\"");
  }
  RawHttpAnswer answer;
  answer.head = input_.substr(0, end + 4);
  input_.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ') + 1));
  for (size_t at = answer.head.find("\r\n") + 2; at < end;) {
    const size_t line_end = answer.head.find("\r\n", at);
    const std::string line = answer.head.substr(at, line_end - at);
    const size_t colon = line.find(": ");
    answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at = line_end + 2;
  }
  const std::string length = answer.header("Content-Length");
  const size_t bytes = method == "HEAD" || length.empty() ? 0 : std::stoul(length);
  while (input_.size() < bytes) {
    if (!receive()) throw std::runtime_error("the server closed in the middle of a body");
  }
  answer.body = input_.substr(0, bytes);
  input_.erase(0, bytes);
  return answer;
}

RawHttpAnswer RawHttpClient::ask(std::string_view request) {
  send(request);
  return read_answer(request.substr(0, request.find(' ')));
}

std::string RawHttpClient::read_to_end() {
  while (receive()) {
  }
  return std::exchange(input_, {});
}

}  // namespace tocsin::test
