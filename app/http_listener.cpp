#include "app/http_listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>

namespace tocsin {
namespace {

// Connections that arrive together wait here; with the five of cpp-httplib a burst of 200 lost a thousand
// handshakes.
constexpr int kBacklog = 1024;
constexpr mode_t kUnixSocketMode = 0660;
constexpr std::string_view kUnixPrefix = "unix:";

std::string system_text(int error) {
  return std::generic_category().message(error);
}

std::string explain(const std::string& address, int error) {
  const std::string text = "cannot listen on " + address + ": " + system_text(error);
  switch (error) {
    case EADDRINUSE:
      return text + "; another process serves there: stop it or choose another --web.listen-address";
    case EADDRNOTAVAIL:
      return text + "; this machine has no such address";
    case EACCES:
      return text + "; ports below 1024 and protected folders need privileges";
    default:
      return text;
  }
}

struct HostAndPort {
  std::string host;  // empty: every address
  std::string port;
};

Result<HostAndPort> split(const std::string& address) {
  const size_t colon = address.rfind(':');
  const auto complain = [&](std::string_view what) {
    return fail("cannot listen on \"" + address + "\": " + std::string(what) +
                "; write host:port, as in 127.0.0.1:9093, [::1]:9093 or :9093");
  };
  if (colon == std::string::npos) return complain("the port is missing");
  HostAndPort parts{address.substr(0, colon), address.substr(colon + 1)};
  const bool number = !parts.port.empty() && parts.port.size() <= 5 &&
                      parts.port.find_first_not_of("0123456789") == std::string::npos;
  if (!number || std::stoul(parts.port) > 65535) return complain("the port is not a number from 0 to 65535");
  if (parts.host.starts_with('[') && parts.host.ends_with(']')) {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  } else if (parts.host.find(':') != std::string::npos) {
    return complain("an IPv6 address must stand in brackets");
  }
  return parts;
}

// The address without (`NI_NUMERICHOST` alone) or with its port, in numbers.
std::string text_of(const sockaddr_storage& address, socklen_t size, const char* between) {
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
              NI_NUMERICHOST | NI_NUMERICSERV);
  std::string name = host;
  // An IPv4 client of a socket for both families reads as it does on an IPv4 socket.
  if (name.starts_with("::ffff:")) name.erase(0, 7);
  if (*between == '\0') return name;
  return (name.find(':') == std::string::npos ? name : "[" + name + "]") + between + port;
}

// Binds and listens; 0 or the error. SO_REUSEADDR lets a restart take a port with old connections in
// TIME_WAIT; SO_REUSEPORT would let a second daemon take half of the first one's traffic in silence.
int bind_and_listen(int socket, const addrinfo& where) {
  const int on = 1;
  const int off = 0;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where.ai_family == AF_INET6) setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(socket, where.ai_addr, where.ai_addrlen) != 0) return errno;
  return ::listen(socket, kBacklog) == 0 ? 0 : errno;
}

bool somebody_answers(const sockaddr_un& name) {
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(probe.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
}

}  // namespace

Result<HttpListener> HttpListener::open(const std::string& address) {
  auto listener =
      address.starts_with(kUnixPrefix) ? open_unix(address.substr(kUnixPrefix.size())) : open_tcp(address);
  if (listener) listener->spare_ = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return listener;
}

Result<HttpListener> HttpListener::adopt(int descriptor) {
  HttpListener listener;
  listener.socket_ = FileDescriptor(descriptor);
  int listens = 0;
  socklen_t size = sizeof listens;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return fail("descriptor " + std::to_string(descriptor) +
                " is not a listening stream socket; a socket unit needs ListenStream= and Accept=no");
  }
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  sockaddr_storage bound{};
  size = sizeof bound;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
  if (bound.ss_family == AF_UNIX) {
    const auto& name = reinterpret_cast<const sockaddr_un&>(bound);
    listener.address_ = std::string("unix:") + name.sun_path;
  } else {
    listener.address_ = text_of(bound, size, ":");
  }
  listener.spare_ = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return listener;
}

Result<HttpListener> HttpListener::open_tcp(const std::string& address) {
  const auto parts = split(address);
  if (!parts) return tl::unexpected(parts.error());
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const char* host = parts->host.empty() ? "::" : parts->host.c_str();
  if (const int error = getaddrinfo(host, parts->port.c_str(), &hints, &found); error != 0) {
    return fail("cannot listen on " + address + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* where = found; where != nullptr; where = where->ai_next) {
    HttpListener listener;
    listener.socket_ =
        FileDescriptor(::socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = listener.socket_ ? bind_and_listen(listener.number(), *where) : errno;
    if (error != 0) continue;
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    getsockname(listener.number(), reinterpret_cast<sockaddr*>(&bound), &size);
    listener.address_ = text_of(bound, size, ":");
    return listener;
  }
  // A machine without IPv6 has no "::".
  if (parts->host.empty() && error == EAFNOSUPPORT) return open_tcp("0.0.0.0:" + parts->port);
  return fail(explain(address, error));
}

Result<HttpListener> HttpListener::open_unix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    return fail("cannot listen on unix:" + path + ": the path must have 1 to " +
                std::to_string(sizeof name.sun_path - 1) + " bytes");
  }
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  struct stat file {};
  const bool left_behind = lstat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
  if (left_behind && somebody_answers(name)) return fail(explain("unix:" + path, EADDRINUSE));
  if (left_behind) unlink(path.c_str());
  HttpListener listener;
  listener.socket_ = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // The file must have its mode before anyone can connect: listen() comes last.
  if (!listener.socket_ ||
      bind(listener.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      chmod(path.c_str(), kUnixSocketMode) != 0 || ::listen(listener.number(), kBacklog) != 0) {
    return fail(explain("unix:" + path, errno));
  }
  listener.unix_path_ = path;
  listener.address_ = "unix:" + path;
  return listener;
}

std::optional<HttpListener::Peer> HttpListener::accept() {
  while (true) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    FileDescriptor socket(
        accept4(number(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      if (address.ss_family == AF_UNIX) return Peer{std::move(socket), "unix"};
      const int on = 1;
      setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return Peer{std::move(socket), text_of(address, size, "")};
    }
    if ((errno == EMFILE || errno == ENFILE) && spare_) {
      spare_.close();
      FileDescriptor(accept4(number(), nullptr, nullptr, SOCK_CLOEXEC)).close();
      spare_ = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      return std::nullopt;
    }
    if (errno != EINTR && errno != ECONNABORTED) return std::nullopt;
  }
}

void HttpListener::close() {
  socket_.close();
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
  unix_path_.clear();
}

}  // namespace tocsin
