// Keeps a folder to one process. Held as long as the object lives; the kernel lets go of it when the process
// ends, however it ends.
#pragma once

#include <string>
#include <utility>

#include "core/result.h"

namespace tocsin {

class FolderLock {
 public:
  // Fails in words where another process, or another part of this one, holds it.
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace tocsin
