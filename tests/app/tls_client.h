// TlsClient: a TLS client for tests of our server. It trusts whatever the server shows, shows a certificate
// of its own if it has one, and reads answers like RawHttpClient. A handshake that fails is a value, not an
// error.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/app/loopback_server.h"
#include "tests/support/raw_http_client.h"

namespace tocsin::test {

struct TlsClientOptions {
  const Certificate* identity = nullptr;
  std::string min_version, max_version;  // as OpenSSL names them: "TLSv1.2"
  std::string ciphers;                   // of TLS 1.2
  std::string groups;
  std::vector<std::string> protocols;  // ALPN
};

class TlsClient {
 public:
  explicit TlsClient(const std::string& address, const TlsClientOptions& options = {});
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // False: the server did not like us. With TLS 1.3 that may show only in an answer that does not come.
  bool connected() const { return connected_; }
  // The first answer's status; 0 where the connection ends instead.
  int ask(const std::string& request);
  void send(const std::string& bytes);
  // Everything until the server closes.
  std::string read_to_end();
  bool said_goodbye() const { return said_goodbye_; }
  // False where the server refuses.
  bool renegotiate();

  std::string certificate() const;  // of the server, PEM
  std::string version() const;
  std::string cipher() const;
  std::string protocol() const;
  const std::string& input() const { return input_; }

 private:
  bool receive();
  RawHttpClient raw_;
  struct ssl_ctx_st* context_ = nullptr;
  struct ssl_st* tls_ = nullptr;
  bool connected_ = false;
  bool said_goodbye_ = false;
  std::string input_;
};

}  // namespace tocsin::test
