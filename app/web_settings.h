// WebSettings: the web configuration in force, read again whenever one of its files has changed: a renewed
// certificate serves the next connection, a removed login fails the next request. Where the new files are
// wrong (a certificate is there and its key not yet), the last good ones stay in force and the log says so:
// Prometheus must be able to deliver its alerts meanwhile. Safe to use from several threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "app/file_stamp.h"
#include "app/tls_server.h"
#include "app/web_config.h"

namespace tocsin {

class WebSettings {
 public:
  // Reads and checks all of it. Fails with every problem, a line each.
  static Result<std::unique_ptr<WebSettings>> open(const std::string& path);

  std::shared_ptr<const WebConfig> config();
  // Null where TLS is off. On or off is settled when the program starts.
  std::shared_ptr<const TlsServer> tls();
  bool uses_tls() const { return uses_tls_; }

 private:
  struct State {
    std::shared_ptr<const WebConfig> config;
    std::shared_ptr<const TlsServer> tls;
    std::map<std::string, FileStamp> stamps;  // of every file that was read
  };
  // `state.stamps` are filled in any case.
  static Result<void> read(const std::string& path, State& state);
  static Result<void> read_tls(const std::string& path, const TlsServerConfig& config, State& state);

  explicit WebSettings(std::string path) : path_(std::move(path)) {}
  // With the mutex held.
  void refresh();
  bool unchanged() const;

  const std::string path_;
  bool uses_tls_ = false;
  std::mutex mutex_;
  State state_;
  std::string complaint_;  // about the files as they are now; "" while they are good
};

}  // namespace tocsin
