#include "app/socket_activation.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace tocsin {
namespace {

constexpr int kFirstDescriptor = 3;
constexpr int kMostDescriptors = 1024;

int number_of(const char* text) {
  int number = -1;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
  return number;
}

}  // namespace

Result<std::vector<int>> activated_sockets(const char* listen_pid, const char* listen_fds, int own_pid) {
  const int count = number_of(listen_fds);
  if (count < 1 || count > kMostDescriptors || number_of(listen_pid) != own_pid) {
    return fail(
        "--web.systemd-socket: systemd has handed over no socket; start it through its .socket unit, or "
        "leave "
        "the flag out");
  }
  std::vector<int> descriptors(static_cast<std::size_t>(count));
  std::iota(descriptors.begin(), descriptors.end(), kFirstDescriptor);
  return descriptors;
}

Result<std::vector<int>> take_activated_sockets() {
  auto sockets = activated_sockets(getenv("LISTEN_PID"), getenv("LISTEN_FDS"), getpid());
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  return sockets;
}

}  // namespace tocsin
