#include "tests/app/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <csignal>

namespace tocsin::test {
namespace {

int version_number(const std::string& name) {
  return name == "TLSv1.3"   ? TLS1_3_VERSION
         : name == "TLSv1.2" ? TLS1_2_VERSION
         : name == "TLSv1.1" ? TLS1_1_VERSION
         : name == "TLSv1"   ? TLS1_VERSION
                             : 0;
}

void identify(SSL_CTX* context, const Certificate& identity) {
  BIO* memory = BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size()));
  X509* certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  memory = BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

}  // namespace

TlsClient::TlsClient(const std::string& address, const TlsClientOptions& options) : raw_(address) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  context_ = SSL_CTX_new(TLS_client_method());
  if (options.identity != nullptr) identify(context_, *options.identity);
  SSL_CTX_set_min_proto_version(context_, version_number(options.min_version));
  SSL_CTX_set_max_proto_version(context_, version_number(options.max_version));
  if (!options.ciphers.empty()) SSL_CTX_set_cipher_list(context_, options.ciphers.c_str());
  if (!options.groups.empty()) SSL_CTX_set1_groups_list(context_, options.groups.c_str());
  std::string protocols;
  for (const std::string& protocol : options.protocols) {
    protocols += static_cast<char>(protocol.size()) + protocol;
  }
  if (!protocols.empty()) {
    SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
  }
  tls_ = SSL_new(context_);
  SSL_set_fd(tls_, raw_.socket());
  connected_ = SSL_connect(tls_) == 1;
  ERR_clear_error();
}

TlsClient::~TlsClient() {
  SSL_free(tls_);
  SSL_CTX_free(context_);
}

bool TlsClient::receive() {
  char bytes[16384];
  const int count = SSL_read(tls_, bytes, sizeof bytes);
  if (count > 0) {
    input_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  said_goodbye_ = SSL_get_error(tls_, count) == SSL_ERROR_ZERO_RETURN;
  ERR_clear_error();
  return false;
}

void TlsClient::send(const std::string& bytes) {
  SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
  ERR_clear_error();
}

int TlsClient::ask(const std::string& request) {
  if (!connected_) return 0;
  input_.clear();
  send(request);
  while (true) {
    const std::size_t head = input_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const std::string length = header_of(input_, "content-length");
      if (input_.size() >= head + 4 + (length.empty() ? 0 : std::stoul(length))) break;
    }
    if (!receive()) return 0;
  }
  return std::stoi(input_.substr(input_.find(' ') + 1));
}

std::string TlsClient::read_to_end() {
  while (receive()) {
  }
  return input_;
}

bool TlsClient::renegotiate() {
  if (SSL_renegotiate(tls_) != 1) return false;
  const bool done = SSL_do_handshake(tls_) == 1;
  ERR_clear_error();
  // The handshake's message is only answered when somebody reads.
  return done && ask("GET / HTTP/1.1\r\nHost: t\r\n\r\n") != 0;
}

std::string TlsClient::certificate() const {
  X509* shown = SSL_get1_peer_certificate(tls_);
  if (shown == nullptr) return "";
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, shown);
  X509_free(shown);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

std::string TlsClient::version() const {
  return SSL_get_version(tls_);
}

std::string TlsClient::cipher() const {
  return SSL_get_cipher_name(tls_);
}

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

}  // namespace tocsin::test
