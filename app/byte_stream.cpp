#include "app/byte_stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace tocsin {
namespace {

class PlainStream : public ByteStream {
 public:
  explicit PlainStream(int socket) : socket_(socket) {}

  Moved receive(char* bytes, size_t size) override {
    while (true) {
      const ssize_t received = recv(socket_, bytes, size, 0);
      if (received > 0) {
        const auto count = static_cast<size_t>(received);
        return {Outcome::kMoved, count, count < size};
      }
      if (received == 0) return {Outcome::kOver};
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {Outcome::kWantsRead};
      if (errno != EINTR) return {Outcome::kOver};
    }
  }

  Moved send(std::string_view bytes) override {
    while (true) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) return {Outcome::kMoved, static_cast<size_t>(sent)};
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {Outcome::kWantsWrite};
      if (errno != EINTR) return {Outcome::kOver};
    }
  }

  void finish_sending() override { shutdown(socket_, SHUT_WR); }
  bool holds_bytes() const override { return false; }

 private:
  const int socket_;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(int socket) {
  return std::make_unique<PlainStream>(socket);
}

}  // namespace tocsin
