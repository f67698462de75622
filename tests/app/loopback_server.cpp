#include "tests/app/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <utility>

#include "core/check.h"

namespace tocsin::test {
namespace {

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Certificate make_certificate(const std::string& host) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  const bool address = host.find_first_not_of("0123456789.") == std::string::npos;
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, NID_subject_alt_name, (address ? "IP:" : "DNS:") + host);
  X509_sign(certificate, key, EVP_sha256());
  Certificate result;
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate);
  result.certificate = text_of(memory);
  memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  result.key = text_of(memory);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return result;
}

RsaKey make_rsa_key() {
  RsaKey result;
  result.key.reset(EVP_RSA_gen(2048), EVP_PKEY_free);
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, result.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  result.pem = text_of(memory);
  return result;
}

bool RsaKey::verifies(const std::string& algorithm, const std::string& text,
                      const std::string& signature) const {
  const EVP_MD* digest = algorithm == "RS512"   ? EVP_sha512()
                         : algorithm == "RS384" ? EVP_sha384()
                                                : EVP_sha256();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const auto bytes = [](const std::string& of) { return reinterpret_cast<const unsigned char*>(of.data()); };
  const bool good =
      EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context, bytes(signature), signature.size(), bytes(text), text.size()) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

Connection::~Connection() {
  if (tls_ != nullptr) {
    SSL_shutdown(tls_);
    SSL_free(tls_);
  }
  if (context_ != nullptr) SSL_CTX_free(context_);
}

bool Connection::more() {
  char data[16384];
  const ssize_t count =
      tls_ != nullptr ? SSL_read(tls_, data, sizeof data) : ::recv(fd_, data, sizeof data, 0);
  gone_ = count <= 0;
  if (gone_) return false;
  buffer_.append(data, static_cast<std::size_t>(count));
  return true;
}

std::string Connection::bytes(std::size_t count) {
  while (buffer_.size() < count && more()) {
  }
  std::string result = buffer_.substr(0, count);
  buffer_.erase(0, result.size());
  return result;
}

std::string Connection::line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!more()) return "";
  }
  std::string result = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return result;
}

std::string Connection::http_request() {
  std::string head;
  while (true) {
    const std::string next = line();
    head += next + "\r\n";
    if (next.empty()) break;
  }
  if (head == "\r\n") return "";
  const std::string length = header_of(head, "content-length");
  return length.empty() ? head : head + bytes(std::stoul(length));
}

void Connection::write(const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t count = tls_ != nullptr
                              ? SSL_write(tls_, text.data() + sent, static_cast<int>(text.size() - sent))
                              : ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

std::string Connection::wait_for_peer_to_go() {
  while (more()) {
  }
  return std::exchange(buffer_, "");
}

void Connection::wait_without_reading() {
  pollfd gone{fd_, POLLRDHUP, 0};
  (void)::poll(&gone, 1, -1);
}

bool Connection::start_tls(const Certificate& identity) {
  context_ = SSL_CTX_new(TLS_server_method());
  BIO* memory = BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size()));
  X509* certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  memory = BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  SSL_CTX_use_certificate(context_, certificate);
  SSL_CTX_use_PrivateKey(context_, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  tls_ = SSL_new(context_);
  SSL_set_fd(tls_, fd_);
  const bool accepted = SSL_accept(tls_) == 1;
  const char* name = SSL_get_servername(tls_, TLSEXT_NAMETYPE_host_name);
  tls_name_ = name == nullptr ? "" : name;
  return accepted;
}

LoopbackServer::LoopbackServer(Story story) : story_(std::move(story)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  TOCSIN_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "a port");
  TOCSIN_CHECK(::listen(listener_, 512) == 0, "a listener");
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  close();
}

void LoopbackServer::close() {
  if (!acceptor_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  acceptor_.join();
  for (auto& story : stories_) story.join();
  ::close(listener_);
}

int LoopbackServer::connections() {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void LoopbackServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (fd < 0 || closing_) {
      if (fd >= 0) ::close(fd);
      return;
    }
    ++connections_;
    open_.push_back(fd);
    stories_.emplace_back([this, fd] { tell(fd); });
  }
}

void LoopbackServer::tell(int fd) {
  {
    Connection connection(fd);
    story_(connection);
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

HttpFake::HttpFake(Answer answer)
    : answer_(std::move(answer)), server_([this](Connection& connection) {
        while (true) {
          const std::string request = connection.http_request();
          if (request.empty()) return;
          {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
          }
          connection.write(answer_(request));
        }
      }) {}

std::vector<std::string> HttpFake::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string http_answer(int status, const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Words\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + more_headers + "\r\n" + body;
}

std::string header_of(const std::string& request, const std::string& name) {
  std::istringstream lines(request.substr(0, request.find("\r\n\r\n")));
  std::string line;
  while (std::getline(lines, line)) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || lower(line.substr(0, colon)) != name) continue;
    std::string value = line.substr(colon + 1);
    if (!value.empty() && value.back() == '\r') value.pop_back();
    if (!value.empty() && value.front() == ' ') value.erase(0, 1);
    return value;
  }
  return "";
}

}  // namespace tocsin::test
