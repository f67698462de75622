#include "app/serve_command.h"

#include <pthread.h>

#include <csignal>
#include <cstdio>

#include "app/daemon.h"
#include "app/log.h"
#include "app/version.h"

namespace tocsin {
namespace {

// The signals that the main thread waits for; blocked everywhere, so that no other thread is interrupted by
// them.
sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

int run_serve(const ServeOptions& options) {
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  Log::init(parse_log_level(options.log_level).value(), parse_log_format(options.log_format).value());
  log(LogLevel::kInfo, "Starting Tocsin",
      {{"version", kVersion}, {"compatible_with", std::string("Alertmanager ") + kCompatibleAlertmanager}});
  for (const std::string& flag : options.ignored)
    log(LogLevel::kWarning, "Flag accepted, but without effect", {{"flag", flag}});

  auto daemon = Daemon::start(options);
  if (!daemon) {
    std::fprintf(stderr, "%s\n", daemon.error().message.c_str());
    return 1;
  }
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) break;
    (void)(*daemon)->reload();  // logged there
  }
  log(LogLevel::kInfo, "Stopping", {});
  (*daemon)->stop();
  return 0;
}

}  // namespace tocsin
