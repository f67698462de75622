// The store's write-ahead log: what a commit writes, and what is then synced. This keeps commits quick: the
// file has its usual size from the start (appending to a file costs the file system more than overwriting
// it), and a thread of its own carries what the log holds over into the database, so that no commit waits for
// it.
#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "app/file_descriptor.h"
#include "core/result.h"

namespace tocsin {

class SqliteStoreLog {
 public:
  // `connection` writes to the database at `path`, is in WAL mode and outlives this.
  SqliteStoreLog(sqlite3* connection, const std::string& path);
  ~SqliteStoreLog();
  // Everything committed is on disk when this returns. Only where the log can: otherwise commits have to do
  // it.
  Result<void> sync();
  bool can_sync() const { return static_cast<bool>(file_); }
  SqliteStoreLog(const SqliteStoreLog&) = delete;
  SqliteStoreLog& operator=(const SqliteStoreLog&) = delete;

 private:
  static int on_commit(void* self, sqlite3* connection, const char* database, int pages);
  void work();

  sqlite3* connection_;
  sqlite3* own_ = nullptr;  // the thread's
  FileDescriptor file_;     // SQLite holds no locks on the log, which closing this would end
  std::string path_;        // of the log
  std::mutex mutex_;
  std::condition_variable wake_;
  bool long_ = false;  // there is enough to carry over
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tocsin
