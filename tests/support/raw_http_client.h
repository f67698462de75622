// RawHttpClient: a TCP (or Unix) client for tests of HTTP servers. It sends exactly the bytes it is given,
// well-formed or not, and reads answers one by one. Every wait ends after a few seconds with a thrown
// std::runtime_error, which fails the test.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::test {

struct RawHttpAnswer {
  int status = 0;
  std::string head;  // status line and headers, with the empty line
  std::string body;  // as sent: still compressed, if it is
  std::vector<std::pair<std::string, std::string>> headers;

  // The first header of this name (any case), "" when there is none.
  std::string header(std::string_view name) const;
};

class RawHttpClient {
 public:
  // "127.0.0.1:1234", "[::1]:1234" or "unix:/path", as a server reports its address.
  explicit RawHttpClient(const std::string& address);
  ~RawHttpClient();
  RawHttpClient(RawHttpClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  RawHttpClient(const RawHttpClient&) = delete;
  RawHttpClient& operator=(const RawHttpClient&) = delete;

  void send(std::string_view bytes);
  // As much as the server takes; false when the connection broke, which a refused upload may do.
  bool try_send(std::string_view bytes);
  void finish_sending();  // half-close

  // The next answer: to a HEAD request it has no body, whatever its Content-Length says.
  RawHttpAnswer read_answer(std::string_view method = "GET");
  // One request, one answer.
  RawHttpAnswer ask(std::string_view request);
  // Everything until the server closes; a reset counts as closing.
  std::string read_to_end();
  int socket() const { return socket_; }

 private:
  bool receive();  // false at the end

  int socket_ = -1;
  std::string input_;
};

}  // namespace tocsin::test
