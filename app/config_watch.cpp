#include "app/config_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "app/log.h"
#include "app/watched_folders.h"
#include "core/check.h"

namespace tocsin {
namespace {

using Clock = std::chrono::steady_clock;

// Not IN_OPEN and the like: our own reading must not look like a change. IN_CREATE comes with links, which
// are never written to.
constexpr std::uint32_t kStirs = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                 IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

std::set<std::string> folders_of(const FileRecord& record) {
  std::set<std::string> folders;
  for (const std::string& path : record.paths()) folders.merge(folders_of_file(path));
  for (const std::string& pattern : record.patterns()) folders.merge(folders_of_pattern(pattern));
  return folders;
}

}  // namespace

// The kernel's queue of stirs in some folders. Made anew for each set of folders: what has stirred before is
// settled then.
class ConfigWatch::Inotify {
 public:
  explicit Inotify(const std::set<std::string>& folders) : queue_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    complete_ = queue_ && std::all_of(folders.begin(), folders.end(), [this](const std::string& folder) {
                  return inotify_add_watch(queue_.number(), folder.c_str(), kStirs) >= 0;
                });
  }

  int number() const { return queue_.number(); }  // -1 where there is none
  bool complete() const { return complete_; }
  void empty() {
    std::array<char, 16384> events;
    while (read(queue_.number(), events.data(), events.size()) > 0) {
    }
  }

 private:
  FileDescriptor queue_;
  bool complete_ = false;
};

ConfigWatch::ConfigWatch(LastLoad last_load, Reload reload, ConfigWatchOptions options)
    : last_load_(std::move(last_load)),
      reload_(std::move(reload)),
      options_(options),
      quiet_(options.quiet, options.limit),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {
  TOCSIN_CHECK(wake_, "a process that runs has one more descriptor");
}

ConfigWatch::~ConfigWatch() {
  stop();
}

void ConfigWatch::stop() {
  ending_ = true;
  renew();
  if (thread_.joinable()) thread_.join();
}

void ConfigWatch::renew() {
  eventfd_write(wake_.number(), 1);
}

void ConfigWatch::run() {
  while (!ending_) {
    const std::shared_ptr<const FileRecord> record = last_load_();
    // Watched anew after every look: a folder may have been replaced by one of the same name.
    Inotify inotify(folders_of(*record));
    if (!inotify.complete() && !std::exchange(told_, true)) {
      log(LogLevel::kWarning,
          "Not all files of the configuration can be watched; looking at them now and then");
    }
    // What changed before the watches were in place would stay unseen.
    if (!record->changes().empty()) quiet_.stirred(Clock::now());
    if (!wait_for_a_look(inotify, record)) continue;
    quiet_.looked();
    const std::vector<std::string> changes = record->changes();
    if (!changes.empty()) reload_(changes);
  }
}

bool ConfigWatch::wait_for_a_look(Inotify& inotify, const std::shared_ptr<const FileRecord>& record) {
  const QuietTime::TimePoint next_poll = Clock::now() + options_.poll;
  while (!ending_ && last_load_() == record) {
    auto until = quiet_.due();
    if (!until && !inotify.complete()) until = next_poll;
    if (until && *until <= Clock::now()) return true;
    wait(inotify, until);
  }
  return false;
}

void ConfigWatch::wait(Inotify& inotify, std::optional<QuietTime::TimePoint> until) {
  std::array<pollfd, 2> sources{{{wake_.number(), POLLIN, 0}, {inotify.number(), POLLIN, 0}}};
  int timeout = -1;
  if (until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
    timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }
  poll(sources.data(), sources.size(), timeout);
  eventfd_t calls = 0;
  eventfd_read(wake_.number(), &calls);
  if ((sources[1].revents & POLLIN) != 0) {
    inotify.empty();
    quiet_.stirred(Clock::now());
  }
}

}  // namespace tocsin
