#include "app/web_settings.h"

#include <algorithm>
#include <utility>

#include "app/log.h"
#include "app/secret_files.h"

namespace tocsin {
namespace {

// Of a file, or of the text beside it. The stamp comes before the reading.
Result<std::string> text_of(const std::string& text, const std::string& file, std::string_view key,
                            std::map<std::string, FileStamp>& stamps) {
  if (file.empty()) return text;
  stamps[file] = FileStamp::of(file);
  auto read = read_small_file(file);
  if (!read) return fail(std::string(key) + ": " + read.error().message);
  return read;
}

}  // namespace

Result<std::unique_ptr<WebSettings>> WebSettings::open(const std::string& path) {
  std::unique_ptr<WebSettings> settings(new WebSettings(path));
  if (auto done = read(path, settings->state_); !done) return tl::unexpected(done.error());
  settings->uses_tls_ = settings->state_.tls != nullptr;
  return settings;
}

Result<void> WebSettings::read(const std::string& path, State& state) {
  state.stamps[path] = FileStamp::of(path);
  const auto text = read_small_file(path);
  if (!text) return tl::unexpected(text.error());
  Problems problems;
  auto config = read_web_config(*text, path, problems);
  if (!config) {
    std::string complaints = problems.to_string();
    complaints.pop_back();  // the end of the last line
    return fail(std::move(complaints));
  }
  for (const Problem& problem : problems.all()) {
    log(LogLevel::kWarning, "Web configuration warning", {{"problem", problem.to_string()}});
  }
  if (config->tls) {
    if (auto done = read_tls(path, *config->tls, state); !done) return done;
  }
  state.config = std::make_shared<const WebConfig>(std::move(*config));
  return {};
}

Result<void> WebSettings::read_tls(const std::string& path, const TlsServerConfig& config, State& state) {
  const auto cert = text_of(config.cert, config.cert_file, "cert_file", state.stamps);
  const auto key = text_of(config.key, config.key_file, "key_file", state.stamps);
  const auto client_ca = text_of(config.client_ca, config.client_ca_file, "client_ca_file", state.stamps);
  std::string complaints;
  for (const auto* file : {&cert, &key, &client_ca}) {
    if (!*file) complaints += (complaints.empty() ? "" : "\n") + path + ": error: " + file->error().message;
  }
  if (!complaints.empty()) return fail(complaints);
  auto tls = TlsServer::make(config, {*cert, *key, *client_ca});
  if (!tls) return fail(path + ": error: " + tls.error().message);
  state.tls = std::move(*tls);
  return {};
}

bool WebSettings::unchanged() const {
  return std::all_of(state_.stamps.begin(), state_.stamps.end(), [](const auto& file) {
    return FileStamp::of(file.first).proves_unchanged_since(file.second);
  });
}

void WebSettings::refresh() {
  if (unchanged()) return;
  State next;
  auto done = read(path_, next);
  if (done && (next.tls != nullptr) != uses_tls_) {
    done = fail(path_ + ": error: TLS cannot be switched on or off while the program runs; restart it");
  }
  if (done) {
    if (!complaint_.empty()) log(LogLevel::kInfo, "The web configuration is good again", {{"file", path_}});
    complaint_.clear();
    state_ = std::move(next);
    return;
  }
  if (done.error().message != std::exchange(complaint_, done.error().message)) {
    log(LogLevel::kError, "The web configuration is wrong; the old one stays",
        {{"file", path_}, {"problem", complaint_}});
  }
  // Files that are no longer named, or not yet, still count: each change is a reason to look again.
  for (auto& [file, stamp] : next.stamps) state_.stamps[file] = stamp;
}

std::shared_ptr<const WebConfig> WebSettings::config() {
  const std::lock_guard lock(mutex_);
  refresh();
  return state_.config;
}

std::shared_ptr<const TlsServer> WebSettings::tls() {
  const std::lock_guard lock(mutex_);
  refresh();
  return state_.tls;
}

}  // namespace tocsin
