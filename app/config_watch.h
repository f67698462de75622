// ConfigWatch: a thread that notices changed configuration, rule and template files and has them loaded
// again (--config.auto-reload). The kernel tells when something stirs in a folder (inotify); FileRecord
// judges whether anything has really changed. Where the kernel cannot tell, it looks every half minute. It
// knows nothing of what the files mean: a load that fails leaves its own record, and the next change is the
// next try.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/file_descriptor.h"
#include "app/file_record.h"
#include "app/quiet_time.h"

namespace tocsin {

struct ConfigWatchOptions {
  std::chrono::milliseconds quiet{1'000};   // after the last stir
  std::chrono::milliseconds limit{10'000};  // after the first, however much stirs
  std::chrono::milliseconds poll{30'000};   // where the kernel cannot tell
};

class ConfigWatch {
 public:
  // What the last load has read, whether it worked or not.
  using LastLoad = std::function<std::shared_ptr<const FileRecord>()>;
  // Called on the watch's thread with what has changed, in words.
  using Reload = std::function<void(const std::vector<std::string>& changes)>;

  ConfigWatch(LastLoad last_load, Reload reload, ConfigWatchOptions options = {});
  ~ConfigWatch();  // stops
  ConfigWatch(const ConfigWatch&) = delete;
  ConfigWatch& operator=(const ConfigWatch&) = delete;

  // Returns when no reload is under way any more, and none will come.
  void stop();
  // Somebody else has loaded: other folders may matter now.
  void renew();

 private:
  class Inotify;
  void run();
  // False: the record is no longer the last, or it is time to end.
  bool wait_for_a_look(Inotify&, const std::shared_ptr<const FileRecord>&);
  // Sleeps until something stirs, `until` comes or somebody calls.
  void wait(Inotify&, std::optional<QuietTime::TimePoint> until);

  const LastLoad last_load_;
  const Reload reload_;
  const ConfigWatchOptions options_;
  QuietTime quiet_;
  bool told_ = false;  // that the kernel cannot tell everything
  FileDescriptor wake_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace tocsin
