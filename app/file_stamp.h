// FileStamp: what the file system says about a file without opening it, to read a file again only when it has
// changed. Links are followed. A file changed less than two seconds ago may change once more within the same
// tick of the clock, so its stamp is never taken for certain.
#pragma once

#include <cstdint>
#include <string>

namespace tocsin {

class FileStamp {
 public:
  FileStamp() = default;  // of no file: whatever there is has changed
  // Take it before reading: a change in between is then noticed.
  static FileStamp of(const std::string& path);

  // Whether a file with this stamp surely is what it was when `earlier` was taken.
  bool proves_unchanged_since(const FileStamp& earlier) const;

 private:
  bool exists_ = false;
  bool certain_ = false;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  std::int64_t size_ = 0;
  std::int64_t modified_ = 0;  // nanoseconds
  std::int64_t changed_ = 0;   // of the inode; a mtime can be set back
};

}  // namespace tocsin
