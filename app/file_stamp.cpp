#include "app/file_stamp.h"

#include <sys/stat.h>

#include <ctime>

namespace tocsin {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kUncertain = 2 * kSecond;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

}  // namespace

FileStamp FileStamp::of(const std::string& path) {
  FileStamp stamp;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return stamp;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  stamp.exists_ = true;
  stamp.device_ = status.st_dev;
  stamp.inode_ = status.st_ino;
  stamp.size_ = status.st_size;
  stamp.modified_ = nanoseconds(status.st_mtim);
  stamp.changed_ = nanoseconds(status.st_ctim);
  stamp.certain_ = nanoseconds(now) - stamp.changed_ > kUncertain;
  return stamp;
}

bool FileStamp::proves_unchanged_since(const FileStamp& earlier) const {
  return exists_ && earlier.exists_ && earlier.certain_ && device_ == earlier.device_ &&
         inode_ == earlier.inode_ && size_ == earlier.size_ && modified_ == earlier.modified_ &&
         changed_ == earlier.changed_;
}

}  // namespace tocsin
