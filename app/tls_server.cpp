#include "app/tls_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>
#include <vector>

#include "core/check.h"

namespace tocsin {
namespace {

template <auto function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using ContextHandle = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, Free<SSL_free>>;
using CertificateHandle = std::unique_ptr<X509, Free<X509_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using MemoryHandle = std::unique_ptr<BIO, Free<BIO_free>>;

// What the library says about its last failure, and nothing left for the next one to find.
std::string take_reason() {
  const unsigned long error = ERR_peek_last_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

MemoryHandle read_from(const std::string& text) {
  return MemoryHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A key behind a pass phrase must fail, not ask the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

std::vector<CertificateHandle> read_certificates(const std::string& pem) {
  std::vector<CertificateHandle> certificates;
  const MemoryHandle memory = read_from(pem);
  while (X509* certificate = PEM_read_bio_X509(memory.get(), nullptr, no_pass_phrase, nullptr)) {
    certificates.emplace_back(certificate);
  }
  ERR_clear_error();  // the end of the text counts as an error
  return certificates;
}

int protocol_version(std::string_view name) {
  if (name == "TLS10") return TLS1_VERSION;
  if (name == "TLS11") return TLS1_1_VERSION;
  return name == "TLS12" ? TLS1_2_VERSION : TLS1_3_VERSION;
}

const char* group_name(std::string_view curve) {
  if (curve == "CurveP256") return "P-256";
  if (curve == "CurveP384") return "P-384";
  return curve == "CurveP521" ? "P-521" : "X25519";
}

std::string to_text(const ASN1_STRING* text) {
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  return {bytes, static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(const ASN1_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return "";
  return inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size()) == nullptr ? ""
                                                                                              : text.data();
}

// DNS names, e-mail addresses, URIs and IP addresses, as they are written in client_allowed_sans.
std::vector<std::string> alternative_names(const X509* certificate) {
  std::vector<std::string> names;
  auto* all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    int type = 0;
    const auto* value =
        static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &type));
    if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI) names.push_back(to_text(value));
    if (type == GEN_IPADD) names.push_back(address_text(value));
  }
  GENERAL_NAMES_free(all);
  return names;
}

// Only HTTP/1.1 is spoken. A client that wants nothing else hears so, as RFC 7301 asks.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr std::array<unsigned char, 9> kHttp = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kHttp.data(), kHttp.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a client that vanishes would kill the process.
int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio)));
}
int bio_result(BIO* bio, ssize_t count, int retry) {
  BIO_clear_retry_flags(bio);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
  return static_cast<int>(count);
}
int bio_write(BIO* bio, const char* bytes, int size) {
  ssize_t sent = 0;
  do {
    sent = send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return bio_result(bio, sent, BIO_FLAGS_WRITE);
}
int bio_read(BIO* bio, char* bytes, int size) {
  ssize_t received = 0;
  do {
    received = recv(socket_of(bio), bytes, static_cast<std::size_t>(size), 0);
  } while (received < 0 && errno == EINTR);
  return bio_result(bio, received, BIO_FLAGS_READ);
}
long bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* make_bio(int socket) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  BIO* bio = BIO_new(method);
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

struct TlsServer::Context {
  ContextHandle handle;
  ClientAuth client_auth = ClientAuth::kNone;
  std::optional<std::vector<std::string>> allowed_names;

  Result<void> identify(const TlsServerFiles&);
  Result<void> choose_algorithms(const TlsServerConfig&);
  Result<void> judge_clients(const TlsServerFiles&);

  bool verifies() const {
    return client_auth == ClientAuth::kVerifyIfGiven || client_auth == ClientAuth::kRequireAndVerify;
  }
  bool allows(const X509* certificate) const {
    if (!allowed_names) return true;
    const std::vector<std::string> names = alternative_names(certificate);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return std::find(allowed_names->begin(), allowed_names->end(), name) != allowed_names->end();
    });
  }
  static int on_certificate(int verified, X509_STORE_CTX* store);
};

// Called for each certificate of the client's chain. The client's own is at depth 0.
int TlsServer::Context::on_certificate(int verified, X509_STORE_CTX* store) {
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* context = static_cast<const Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (verified == 0 && context->verifies()) return 0;
  if (X509_STORE_CTX_get_error_depth(store) == 0 &&
      !context->allows(X509_STORE_CTX_get_current_cert(store))) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  return 1;
}

Result<void> TlsServer::Context::identify(const TlsServerFiles& files) {
  const std::vector<CertificateHandle> chain = read_certificates(files.cert);
  if (chain.empty()) return fail("the certificate holds no PEM block CERTIFICATE that can be read");
  const MemoryHandle memory = read_from(files.key);
  const KeyHandle key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) return fail("the key cannot be read: " + take_reason());
  if (SSL_CTX_use_certificate(handle.get(), chain.front().get()) != 1) {
    return fail("the certificate cannot be used: " + take_reason());
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(handle.get(), chain[i].get()) != 1) {
      return fail("the certificate's chain cannot be used: " + take_reason());
    }
  }
  if (SSL_CTX_use_PrivateKey(handle.get(), key.get()) != 1 || SSL_CTX_check_private_key(handle.get()) != 1) {
    return fail("key and certificate do not belong together: " + take_reason());
  }
  return {};
}

Result<void> TlsServer::Context::choose_algorithms(const TlsServerConfig& config) {
  SSL_CTX* context = handle.get();
  std::string ciphers;
  for (const std::string& suite : config.cipher_suites) {
    const char* name = openssl_cipher_name(suite);
    if (name != nullptr && *name != '\0') ciphers += (ciphers.empty() ? "" : ":") + std::string(name);
  }
  // Only suites of TLS 1.3 were chosen: nothing is left for older versions.
  const bool only_newest = ciphers.empty() && !config.cipher_suites.empty();
  if (only_newest && config.max_version != "TLS13") {
    return fail("none of the cipher_suites can be used up to " + config.max_version);
  }
  SSL_CTX_set_min_proto_version(context, only_newest ? TLS1_3_VERSION : protocol_version(config.min_version));
  SSL_CTX_set_max_proto_version(context, protocol_version(config.max_version));
  // Debian's level refuses keys that Go takes, and the old versions need the lowest, if somebody wants them.
  SSL_CTX_set_security_level(context, config.min_version < "TLS12" ? 0 : 1);
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context, ciphers.c_str()) != 1) {
    return fail("the cipher_suites cannot be used: " + take_reason());
  }
  if (config.prefer_server_cipher_suites) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  std::string groups;
  for (const std::string& curve : config.curve_preferences) {
    groups += (groups.empty() ? "" : ":") + std::string(group_name(curve));
  }
  if (!groups.empty() && SSL_CTX_set1_groups_list(context, groups.c_str()) != 1) {
    return fail("the curve_preferences cannot be used: " + take_reason());
  }
  return {};
}

Result<void> TlsServer::Context::judge_clients(const TlsServerFiles& files) {
  if (client_auth == ClientAuth::kNone) return {};
  const bool required =
      client_auth == ClientAuth::kRequireAny || client_auth == ClientAuth::kRequireAndVerify;
  // Who is on a list of names has to show one.
  const int insist = required || allowed_names ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(handle.get(), SSL_VERIFY_PEER | insist, on_certificate);
  if (!verifies()) return {};
  X509_STORE* store = SSL_CTX_get_cert_store(handle.get());
  // As for Go, whatever stands in the file is trusted, also what is not signed by itself.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  if (files.client_ca.empty()) {
    SSL_CTX_set_default_verify_paths(handle.get());
    return {};
  }
  const std::vector<CertificateHandle> authorities = read_certificates(files.client_ca);
  if (authorities.empty()) {
    return fail("the clients' authorities hold no PEM block CERTIFICATE that can be read");
  }
  for (const CertificateHandle& authority : authorities) {
    X509_STORE_add_cert(store, authority.get());
    SSL_CTX_add_client_CA(handle.get(), authority.get());
  }
  return {};
}

namespace {

class TlsStream : public ByteStream {
 public:
  TlsStream(std::shared_ptr<const void> context, SslHandle ssl, int socket)
      : context_(std::move(context)), ssl_(std::move(ssl)), socket_(socket) {}

  // A peer that reads on after this can tell an end from a connection that was cut off.
  ~TlsStream() override { say_goodbye(); }

  Moved receive(char* bytes, size_t size) override {
    if (plain_) return plain_->receive(bytes, size);
    ERR_clear_error();
    const auto limit = std::min<size_t>(size, std::numeric_limits<int>::max());
    return judge(SSL_read(ssl_.get(), bytes, static_cast<int>(limit)));
  }

  Moved send(std::string_view bytes) override {
    if (plain_) return plain_->send(bytes);
    ERR_clear_error();
    const auto limit = std::min<size_t>(bytes.size(), std::numeric_limits<int>::max());
    return judge(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(limit)));
  }

  void finish_sending() override {
    say_goodbye();
    shutdown(socket_, SHUT_WR);
  }

  bool holds_bytes() const override { return !plain_ && SSL_has_pending(ssl_.get()) == 1; }

 private:
  void say_goodbye() {
    if (plain_ || broken_ || SSL_in_init(ssl_.get()) != 0) return;
    broken_ = true;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  Moved judge(int result) {
    if (result > 0) return {Outcome::kMoved, static_cast<size_t>(result)};
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {Outcome::kWantsRead};
      case SSL_ERROR_WANT_WRITE:
        return {Outcome::kWantsWrite};
      case SSL_ERROR_ZERO_RETURN:  // said goodbye, and may still listen
        return {Outcome::kOver};
      default:
        break;
    }
    const bool http = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
    ERR_clear_error();
    broken_ = true;
    if (!http) return {Outcome::kOver};
    plain_ = make_plain_stream(socket_);
    return {Outcome::kPlainHttp};
  }

  const std::shared_ptr<const void> context_;  // outlives the SSL, which points into it
  const SslHandle ssl_;
  const int socket_;
  bool broken_ = false;  // nothing may be said any more
  std::unique_ptr<ByteStream> plain_;
};

}  // namespace

Result<std::shared_ptr<const TlsServer>> TlsServer::make(const TlsServerConfig& config,
                                                         const TlsServerFiles& files) {
  const auto context = std::make_shared<Context>();
  context->handle = ContextHandle(SSL_CTX_new(TLS_server_method()));
  TOCSIN_CHECK(context->handle, "OpenSSL can make a context");
  context->client_auth = config.client_auth;
  if (config.client_auth != ClientAuth::kNone) context->allowed_names = config.client_allowed_sans;
  SSL_CTX* handle = context->handle.get();
  SSL_CTX_set_app_data(handle, context.get());
  // Sessions are not taken up again: that would skip the look at a client's certificate.
  SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(handle, 0);
  SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(
      handle, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // A peer that sends nothing but the protocol's own messages must not keep a thread to itself.
  SSL_CTX_clear_mode(handle, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_alpn_select_cb(handle, choose_protocol, nullptr);
  ERR_clear_error();
  if (auto done = context->choose_algorithms(config); !done) return tl::unexpected(done.error());
  if (auto done = context->identify(files); !done) return tl::unexpected(done.error());
  if (auto done = context->judge_clients(files); !done) return tl::unexpected(done.error());
  return std::shared_ptr<const TlsServer>(new TlsServer(context));
}

std::unique_ptr<ByteStream> TlsServer::accept(int socket) const {
  SslHandle ssl(SSL_new(context_->handle.get()));
  TOCSIN_CHECK(ssl, "OpenSSL can make a connection");
  BIO* bio = make_bio(socket);
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsStream>(context_, std::move(ssl), socket);
}

}  // namespace tocsin
