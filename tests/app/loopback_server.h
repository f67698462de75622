// A tiny server on a loopback port for tests: each connection is a story told by a function in a thread of
// its own. It ends all connections when it goes out of scope, so a story that hangs never outlives its test.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;

namespace tocsin::test {

// A self-signed certificate, made on the spot; `host` is a name or an IPv4 address.
struct Certificate {
  std::string certificate, key;  // PEM
};
Certificate make_certificate(const std::string& host);

// An RSA key, made on the spot.
struct RsaKey {
  std::string pem;
  std::shared_ptr<evp_pkey_st> key;
  // RS256, RS384 or RS512
  bool verifies(const std::string& algorithm, const std::string& text, const std::string& signature) const;
};
RsaKey make_rsa_key();

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // A line without its end; "" when the peer has gone.
  std::string line();
  std::string bytes(std::size_t count);
  // Head and body of one HTTP request; "" when the peer has gone.
  std::string http_request();
  void write(const std::string&);
  // What it said until then, and nobody read.
  std::string wait_for_peer_to_go();
  // The same, but what the peer sends is left to fill the line.
  void wait_without_reading();
  bool gone() const { return gone_; }
  // False: the peer did not like us.
  bool start_tls(const Certificate&);
  const std::string& tls_name() const { return tls_name_; }

 private:
  bool more();
  int fd_;
  std::string buffer_;
  bool gone_ = false;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* tls_ = nullptr;
  std::string tls_name_;
};

class LoopbackServer {
 public:
  using Story = std::function<void(Connection&)>;
  explicit LoopbackServer(Story);
  ~LoopbackServer();
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path = "/") const { return "http://" + address() + path; }
  int connections();
  // Ends all connections and waits for their stories' end.
  void close();

 private:
  void accept_all();
  void tell(int fd);
  Story story_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  bool closing_ = false;
  int connections_ = 0;
  std::vector<int> open_;
  std::vector<std::thread> stories_;
  std::thread acceptor_;
};

// Answers each request of each connection; keeps what was asked.
class HttpFake {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  explicit HttpFake(Answer answer);
  std::string url(const std::string& path = "/") const { return server_.url(path); }
  std::string address() const { return server_.address(); }
  std::vector<std::string> requests();

 private:
  Answer answer_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  LoopbackServer server_;  // last: its threads use the others
};

std::string http_answer(int status, const std::string& body, const std::string& more_headers = "");
// The value of a header in a request as it came, "" where there is none.
std::string header_of(const std::string& request, const std::string& lower_case_name);

}  // namespace tocsin::test
