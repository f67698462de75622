#include "app/sqlite_store.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <system_error>
#include <utility>

#include "app/folder_lock.h"
#include "app/sqlite_statement.h"
#include "app/sqlite_store_files.h"
#include "app/sqlite_store_history.h"
#include "app/sqlite_store_log.h"
#include "app/sqlite_store_sorter.h"

namespace tocsin {
namespace {

// 20261123T101500Z: a time for file names.
std::string compact_stamp(TimePoint t) {
  std::string stamp = format_rfc3339(std::chrono::floor<std::chrono::seconds>(t));
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp;
}

}  // namespace

class SqliteStore::Database {
 public:
  Database(FolderLock lock, std::string folder) : lock_(std::move(lock)), folder_(std::move(folder)) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { close(); }

  // The file that is in trouble, where there is any.
  struct Trouble {
    std::string path;
    SqliteFile::Trouble what;
  };
  tl::expected<void, Trouble> open();
  void close();
  Result<std::vector<Record>> load();
  Result<void> append(std::span<const Record>, std::span<const HistoryEntry>);
  Result<void> sync() { return log_->sync(); }

  const std::string& folder() const { return folder_; }
  SqliteFile& recent() { return recent_; }
  SqliteStoreSorter& sorter() { return *sorter_; }

 private:
  SqliteFile::Attempt<void> prepare();

  FolderLock lock_;
  std::string folder_;
  SqliteFile sorted_;  // for looking only: the sorter writes
  SqliteFile recent_;
  SqliteStatement append_;
  std::int64_t last_ = 0;  // number of the last commit
  StoreBatchWriter writer_;
  std::unique_ptr<SqliteStoreLog> log_;
  std::unique_ptr<SqliteStoreSorter> sorter_;
};

tl::expected<void, SqliteStore::Database::Trouble> SqliteStore::Database::open() {
  const auto in = [](const std::string& path) {
    return [path](SqliteFile::Trouble&& what) { return Trouble{path, std::move(what)}; };
  };
  const std::string sorted = sorted_path(folder_), recent = recent_path(folder_);
  if (auto opened = sorted_.open(sorted, kSortedForm).map_error(in(sorted)); !opened) return opened;
  if (auto opened = recent_.open(recent, kRecentForm).map_error(in(recent)); !opened) return opened;
  return prepare().map_error(in(recent));
}

SqliteFile::Attempt<void> SqliteStore::Database::prepare() {
  const auto sorted = sorted_.number(kLastSorted);
  if (!sorted) return tl::unexpected(sorted.error());
  const auto last = recent_.number("SELECT coalesce(max(id), 0) FROM batch");
  if (!last) return tl::unexpected(last.error());
  const auto waiting = recent_.number("SELECT coalesce(sum(length(bytes)), 0) FROM batch");
  if (!waiting) return tl::unexpected(waiting.error());
  last_ = std::max(*sorted, *last);
  append_ = {recent_.raw(), "INSERT INTO batch (id, bytes) VALUES (?1, ?2)"};
  if (!append_) return recent_.trouble();
  log_ = std::make_unique<SqliteStoreLog>(recent_.raw(), recent_.path());
  // From here on a commit leaves syncing to sync().
  if (log_->can_sync()) {
    if (auto done = recent_.run("PRAGMA synchronous = NORMAL"); !done) return done;
  }
  auto sorter = SqliteStoreSorter::start(folder_, static_cast<std::size_t>(*waiting));
  if (!sorter) return tl::unexpected(sorter.error());
  sorter_ = std::move(*sorter);
  return {};
}

void SqliteStore::Database::close() {
  sorter_.reset();
  log_.reset();
  append_ = {};
  recent_.close();
  sorted_.close();
}

// Without writing, so that a full disk keeps nobody from starting. First what is recent: what the sorter puts
// into its place meanwhile is then read twice, and not missed.
Result<std::vector<Record>> SqliteStore::Database::load() {
  auto recent = read_recent(recent_.raw(), 0, std::numeric_limits<std::size_t>::max());
  if (!recent) return recent_.failure("read", recent.error().message);
  SqliteStatement rows(sorted_.raw(), "SELECT bucket, key, value FROM record ORDER BY bucket, key");
  std::vector<Record> records;
  while (rows && rows.next_row()) records.push_back({rows.text(0), rows.text(1), rows.text(2)});
  if (!rows || rows.failed()) return sorted_.failure("read");
  sqlite3_db_release_memory(sorted_.raw());
  if (recent->bytes == 0) return records;
  std::ranges::move(recent->batch.records, std::back_inserter(records));
  keep_last_values(records);
  std::erase_if(records, [](const Record& record) { return !record.value; });
  return records;
}

Result<void> SqliteStore::Database::append(std::span<const Record> records,
                                           std::span<const HistoryEntry> history) {
  if (auto way = sorter_->make_way(); !way) return way;
  const std::string& bytes = writer_.write(records, history);
  append_.bind_number(1, last_ + 1);
  append_.bind_bytes(2, bytes);
  if (!append_.run()) return recent_.failure("write");
  ++last_;
  sorter_->added(bytes.size());
  return {};
}

namespace {

// Moves the database and its companions out of the way; the result is the new name.
Result<std::string> set_aside(const std::string& path, TimePoint now) {
  const std::string stamp = compact_stamp(now);
  const std::string base = path + ".corrupt-" + stamp;
  std::string target = base;
  std::error_code error;
  for (int i = 2; std::filesystem::exists(target, error); ++i) target = base + "-" + std::to_string(i);
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    std::filesystem::rename(path + suffix, target + suffix, error);
    if (error && error != std::errc::no_such_file_or_directory) {
      return fail("cannot set the unreadable " + path + suffix + " aside: " + error.message());
    }
  }
  return target;
}

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
SqliteStore::~SqliteStore() = default;

// The two files belong together: with one of them damaged, the other is no state to go on from.
Result<SqliteStore::Opened> SqliteStore::open(const std::string& folder, TimePoint now) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail("cannot create " + folder + ": " + error.message());
  auto lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  auto database = std::make_unique<Database>(std::move(*lock), folder);
  Opened opened;
  auto attempt = database->open();
  if (!attempt && attempt.error().what.corruption()) {
    const Database::Trouble damage = attempt.error();
    database->close();
    std::string kept;
    for (const std::string& path : {sorted_path(folder), recent_path(folder)}) {
      const auto aside = set_aside(path, now);
      if (!aside) return tl::unexpected(aside.error());
      if (path == damage.path) kept = *aside;
    }
    opened.warning =
        damage.path + " is damaged (" + damage.what.message + "). It was kept as " + kept +
        " and a new one was started: silences, alert states and what was already notified are unknown, so "
        "notifications may repeat.";
    attempt = database->open();
  }
  if (!attempt) return fail("cannot open " + attempt.error().path + ": " + attempt.error().what.message);
  opened.store.reset(new SqliteStore(std::move(database)));
  return opened;
}

Result<std::vector<Record>> SqliteStore::load() {
  return database_->load();
}

Result<void> SqliteStore::commit(std::span<const Record> records, std::span<const HistoryEntry> history) {
  if (records.empty() && history.empty()) return {};
  return database_->append(records, history);
}

Result<std::vector<HistoryEntry>> SqliteStore::history(const std::string& subject, std::size_t limit) {
  if (auto sorted = database_->sorter().finish(); !sorted) return tl::unexpected(sorted.error());
  HistoryQuery query;
  if (!subject.empty()) query.subjects.push_back(subject);
  query.limit = limit;
  return SqliteHistoryReader(database_->folder()).read(query);
}

Result<void> SqliteStore::sync() {
  return database_->sync();
}

void SqliteStore::rest() {
  sqlite3_db_release_memory(database_->recent().raw());
}

Result<void> SqliteStore::forget_history(TimePoint before) {
  database_->sorter().forget_history(before);
  return {};
}

Result<void> SqliteStore::limit_size(std::size_t bytes) {
  SqliteFile& recent = database_->recent();
  const auto page = recent.number("PRAGMA page_size");
  if (!page) return recent.failure("read");
  const auto pages = std::max<std::size_t>(1, bytes / static_cast<std::size_t>(*page));
  const std::string pragma = "PRAGMA max_page_count = " + std::to_string(pages);
  if (!recent.run(pragma.c_str())) return recent.failure("limit");
  return {};
}

}  // namespace tocsin
