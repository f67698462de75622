// HttpListener: the listening socket of the server, TCP or Unix. It accepts; what is accepted belongs to the
// caller.
#pragma once

#include <optional>
#include <string>

#include "app/file_descriptor.h"
#include "core/result.h"

namespace tocsin {

class HttpListener {
 public:
  // `address` as in HttpServerOptions.
  static Result<HttpListener> open(const std::string& address);
  // A socket that somebody else has opened and that listens already; owned from here on.
  static Result<HttpListener> adopt(int descriptor);
  HttpListener(HttpListener&&) = default;
  HttpListener& operator=(HttpListener&&) = default;
  ~HttpListener() { close(); }

  struct Peer {
    FileDescriptor socket;  // non-blocking, without Nagle's delay
    std::string address;    // without port; "unix" for a Unix socket
  };
  // The next connection that waits, if any. Out of descriptors, it drops one, so that the queue does not stay
  // full.
  std::optional<Peer> accept();

  // Also removes a Unix socket's file, if open() made it.
  void close();

  int number() const { return socket_.number(); }
  const std::string& address() const { return address_; }  // with the port really bound

 private:
  HttpListener() = default;
  static Result<HttpListener> open_tcp(const std::string& address);
  static Result<HttpListener> open_unix(const std::string& path);

  FileDescriptor socket_;
  FileDescriptor spare_;  // given up for a moment when the process has no descriptor left
  std::string address_;
  std::string unix_path_;
};

}  // namespace tocsin
