#include "app/sqlite_store_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace tocsin {
namespace {

// Where the log's pages are carried over: SQLite's own default.
constexpr int kLongPages = 1000;
// The thread does not keep up: now a commit has to wait for it, so that the log does not grow without end.
constexpr int kTooLongPages = 16 * kLongPages;
constexpr sqlite3_int64 kRoomBytes = 6 << 20;

// Zeros at the end of the log mean nothing to SQLite: it reads up to the first page whose checksum is wrong.
// A failure is no harm: the file then grows as it is written.
void make_room(sqlite3* connection) {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log == nullptr || log->pMethods == nullptr) return;
  sqlite3_int64 size = 0;
  if (log->pMethods->xFileSize(log, &size) != SQLITE_OK) return;
  const std::vector<char> zeros(std::size_t{64} << 10);  // SQLite's files take up to 128 KiB at once
  while (size < kRoomBytes) {
    const auto bytes = std::min<sqlite3_int64>(kRoomBytes - size, static_cast<sqlite3_int64>(zeros.size()));
    if (log->pMethods->xWrite(log, zeros.data(), static_cast<int>(bytes), size) != SQLITE_OK) return;
    size += bytes;
  }
  (void)log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
}

// As far as goes without waiting for anybody.
void carry_over(sqlite3* connection) {
  (void)sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace

SqliteStoreLog::SqliteStoreLog(sqlite3* connection, const std::string& path)
    : connection_(connection), path_(path + "-wal") {
  // Without a second connection SQLite goes on as it does by itself, within commits.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &own_, flags, nullptr) != SQLITE_OK) return;
  make_room(connection);
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  sqlite3_wal_hook(connection, on_commit, this);
  thread_ = std::thread([this] { work(); });
}

SqliteStoreLog::~SqliteStoreLog() {
  sqlite3_wal_hook(connection_, nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  sqlite3_close(own_);
}

Result<void> SqliteStoreLog::sync() {
  if (!file_ || ::fdatasync(file_.number()) == 0) return {};
  return fail("cannot sync " + path_ + ": " + std::error_code(errno, std::generic_category()).message());
}

// On the thread that commits, after each commit.
int SqliteStoreLog::on_commit(void* self, sqlite3* connection, const char*, int pages) {
  if (pages < kLongPages) return SQLITE_OK;
  if (pages >= kTooLongPages) {
    carry_over(connection);
    return SQLITE_OK;
  }
  auto& log = *static_cast<SqliteStoreLog*>(self);
  {
    const std::lock_guard lock(log.mutex_);
    log.long_ = true;
  }
  log.wake_.notify_one();
  return SQLITE_OK;
}

void SqliteStoreLog::work() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || long_; });
      if (stopping_) return;
      long_ = false;
    }
    carry_over(own_);
  }
}

}  // namespace tocsin
