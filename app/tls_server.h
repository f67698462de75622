// TlsServer: the server's side of TLS: one certificate and one policy towards clients, from which every
// connection gets its stream. The only file of the HTTP server that includes OpenSSL. It reads no files and
// is never changed: when a certificate is renewed, WebSettings makes another one, and connections that exist
// keep theirs.
#pragma once

#include <memory>
#include <string>

#include "app/byte_stream.h"
#include "app/web_config.h"
#include "core/result.h"

namespace tocsin {

// What the files of a TlsServerConfig hold, or its texts: PEM.
struct TlsServerFiles {
  std::string cert;  // the chain, our own certificate first
  std::string key;
  std::string client_ca;  // "": the system's authorities, where clients are verified at all
};

class TlsServer {
 public:
  // Fails in words where certificate and key cannot be read or do not belong together. `config` was read by
  // read_web_config: its names are known.
  static Result<std::shared_ptr<const TlsServer>> make(const TlsServerConfig& config, const TlsServerFiles&);

  // The handshake happens within the stream's first calls.
  std::unique_ptr<ByteStream> accept(int socket) const;

 private:
  struct Context;
  explicit TlsServer(std::shared_ptr<const Context> context) : context_(std::move(context)) {}
  std::shared_ptr<const Context> context_;
};

}  // namespace tocsin
