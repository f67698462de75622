#include "app/sqlite_store.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "app/folder_lock.h"
#include "app/sqlite_store_log.h"

namespace tocsin {
namespace {

// 20261123T101500Z: a time for file names.
std::string compact_stamp(TimePoint t) {
  std::string stamp = format_rfc3339(std::chrono::floor<std::chrono::seconds>(t));
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp;
}

constexpr int kSchemaVersion = 1;
constexpr const char* kSchema =
    "CREATE TABLE record (bucket TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
    "  PRIMARY KEY (bucket, key)) WITHOUT ROWID;"
    // `at` in nanoseconds since 1970. The row id keeps the order of equal times.
    "CREATE TABLE history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,"
    "  subject TEXT NOT NULL, json TEXT NOT NULL);"
    "CREATE INDEX history_by_time ON history (at, id);"
    "CREATE INDEX history_by_subject ON history (subject, at, id);"
    "PRAGMA user_version = 1;";

bool is_corruption(int code) {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

}  // namespace

// The connection and its prepared statements.
class SqliteStore::Database {
 public:
  // What may go wrong, kept with SQLite's code so that corruption can be told from the rest.
  struct Trouble {
    int code;
    std::string message;
  };
  template <class T>
  using Attempt = tl::expected<T, Trouble>;

  explicit Database(FolderLock lock) : lock_(std::move(lock)) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { close(); }

  Attempt<void> open(const std::string& path);
  void close();

  Attempt<void> run(const char* sql) {
    return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Attempt<void>() : trouble();
  }
  // One number, as PRAGMA user_version gives.
  Attempt<std::int64_t> number(const char* sql);
  Attempt<std::string> text(const char* sql);

  tl::unexpected<Trouble> trouble() const {
    return tl::unexpected(Trouble{sqlite3_extended_errcode(db_), sqlite3_errmsg(db_)});
  }
  sqlite3* connection() const { return db_; }
  const std::string& path() const { return path_; }
  tl::unexpected<Error> failure(const char* doing) const {
    return fail(std::string("cannot ") + doing + " " + path_ + ": " + sqlite3_errmsg(db_));
  }

  sqlite3_stmt* put = nullptr;
  sqlite3_stmt* remove = nullptr;
  sqlite3_stmt* add_history = nullptr;

 private:
  Attempt<void> prepare_statements();
  FolderLock lock_;
  sqlite3* db_ = nullptr;
  std::string path_;
  std::unique_ptr<SqliteStoreLog> log_;
};

namespace {

// A statement for one use.
class Statement {
 public:
  Statement(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }
  explicit operator bool() const { return statement_ != nullptr; }
  sqlite3_stmt* raw() const { return statement_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

// The bytes live longer than the step that uses them.
void bind_text(sqlite3_stmt* statement, int place, const std::string& text) {
  sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void bind_bytes(sqlite3_stmt* statement, int place, const std::string& bytes) {
  // A null pointer would bind NULL.
  sqlite3_bind_blob64(statement, place, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
}

std::string column(sqlite3_stmt* statement, int place) {
  const void* bytes = sqlite3_column_blob(statement, place);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, place));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

bool run_once(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return code == SQLITE_DONE;
}

std::int64_t nanoseconds(TimePoint at) {
  return at.time_since_epoch().count();
}

}  // namespace

SqliteStore::Database::Attempt<std::int64_t> SqliteStore::Database::number(const char* sql) {
  Statement statement(db_, sql);
  if (!statement || sqlite3_step(statement.raw()) != SQLITE_ROW) return trouble();
  return sqlite3_column_int64(statement.raw(), 0);
}

SqliteStore::Database::Attempt<std::string> SqliteStore::Database::text(const char* sql) {
  Statement statement(db_, sql);
  if (!statement || sqlite3_step(statement.raw()) != SQLITE_ROW) return trouble();
  return column(statement.raw(), 0);
}

SqliteStore::Database::Attempt<void> SqliteStore::Database::open(const std::string& path) {
  path_ = path;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) return trouble();
  sqlite3_extended_result_codes(db_, 1);
  for (const char* pragma :
       // A large commit takes the memory it needs for its moment, rather than writing pages twice; and while
       // one comes after the other, pages stay at hand (KiB): see rest().
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA busy_timeout = 5000",
        "PRAGMA cache_spill = OFF", "PRAGMA cache_size = -32768"}) {
    if (auto done = run(pragma); !done) return done;
  }
  const auto health = text("PRAGMA quick_check(1)");
  if (!health) return tl::unexpected(health.error());
  if (*health != "ok") return tl::unexpected(Trouble{SQLITE_CORRUPT, *health});
  const auto version = number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version > kSchemaVersion) {
    return tl::unexpected(Trouble{SQLITE_ERROR, "it was written by a newer tocsin (format " +
                                                    std::to_string(*version) + ", this one knows " +
                                                    std::to_string(kSchemaVersion) + ")"});
  }
  if (*version == 0) {
    if (auto done = run("BEGIN IMMEDIATE"); !done) return done;
    if (auto done = run(kSchema); !done) return done;
    if (auto done = run("COMMIT"); !done) return done;
  }
  if (auto done = prepare_statements(); !done) return done;
  log_ = std::make_unique<SqliteStoreLog>(db_, path);
  return {};
}

SqliteStore::Database::Attempt<void> SqliteStore::Database::prepare_statements() {
  const auto prepare = [this](const char* sql, sqlite3_stmt*& statement) {
    return sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK;
  };
  const bool prepared =
      prepare(
          "INSERT INTO record (bucket, key, value) VALUES (?1, ?2, ?3)"
          " ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value",
          put) &&
      prepare("DELETE FROM record WHERE bucket = ?1 AND key = ?2", remove) &&
      prepare("INSERT INTO history (at, kind, subject, json) VALUES (?1, ?2, ?3, ?4)", add_history);
  if (!prepared) return trouble();
  return {};
}

void SqliteStore::Database::close() {
  log_.reset();
  for (sqlite3_stmt** statement : {&put, &remove, &add_history})
    sqlite3_finalize(std::exchange(*statement, nullptr));
  sqlite3_close(std::exchange(db_, nullptr));
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

Result<SqliteStore::Opened> SqliteStore::open(const std::string& folder, TimePoint now) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail("cannot create " + folder + ": " + error.message());
  auto lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  const std::string path = folder + "/tocsin.db";
  auto database = std::make_unique<Database>(std::move(*lock));
  Opened opened;
  auto attempt = database->open(path);
  if (!attempt && is_corruption(attempt.error().code)) {
    const std::string reason = attempt.error().message;
    database->close();
    const auto aside = set_aside(path, now);
    if (!aside) return tl::unexpected(aside.error());
    opened.warning =
        path + " is damaged (" + reason + "). It was kept as " + *aside +
        " and a new one was started: silences, alert states and what was already notified are unknown, so "
        "notifications may repeat.";
    attempt = database->open(path);
  }
  if (!attempt) return fail("cannot open " + path + ": " + attempt.error().message);
  opened.store.reset(new SqliteStore(std::move(database)));
  return opened;
}

Result<std::vector<Record>> SqliteStore::load() {
  Statement statement(database_->connection(), "SELECT bucket, key, value FROM record ORDER BY bucket, key");
  if (!statement) return database_->failure("read");
  std::vector<Record> records;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.raw())) == SQLITE_ROW) {
    records.push_back({column(statement.raw(), 0), column(statement.raw(), 1), column(statement.raw(), 2)});
  }
  if (code != SQLITE_DONE) return database_->failure("read");
  return records;
}

Result<void> SqliteStore::commit(std::span<const Record> records, std::span<const HistoryEntry> history) {
  if (records.empty() && history.empty()) return {};
  Database& database = *database_;
  const auto put = [&](const Record& record) {
    sqlite3_stmt* statement = record.value ? database.put : database.remove;
    bind_text(statement, 1, record.bucket);
    bind_text(statement, 2, record.key);
    if (record.value) bind_bytes(statement, 3, *record.value);
    return run_once(statement);
  };
  const auto note = [&](const HistoryEntry& entry) {
    sqlite3_stmt* statement = database.add_history;
    sqlite3_bind_int64(statement, 1, nanoseconds(entry.at));
    bind_text(statement, 2, entry.kind);
    bind_text(statement, 3, entry.subject);
    bind_text(statement, 4, entry.json);
    return run_once(statement);
  };
  const bool stored = database.run("BEGIN IMMEDIATE").has_value() &&
                      std::all_of(records.begin(), records.end(), put) &&
                      std::all_of(history.begin(), history.end(), note) && database.run("COMMIT").has_value();
  if (stored) return {};
  auto failure = database.failure("write");
  // After some errors SQLite has already rolled back by itself.
  if (sqlite3_get_autocommit(database.connection()) == 0) (void)database.run("ROLLBACK");
  return failure;
}

Result<std::vector<HistoryEntry>> SqliteStore::history(const std::string& subject, std::size_t limit) {
  const char* sql = subject.empty()
                        ? "SELECT at, kind, subject, json FROM history ORDER BY at DESC, id DESC LIMIT ?2"
                        : "SELECT at, kind, subject, json FROM history WHERE subject = ?1"
                          " ORDER BY at DESC, id DESC LIMIT ?2";
  Statement statement(database_->connection(), sql);
  if (!statement) return database_->failure("read");
  if (!subject.empty()) bind_text(statement.raw(), 1, subject);
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  sqlite3_bind_int64(statement.raw(), 2, static_cast<std::int64_t>(std::min(limit, kMost)));
  std::vector<HistoryEntry> found;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.raw())) == SQLITE_ROW) {
    found.push_back({TimePoint(Duration(sqlite3_column_int64(statement.raw(), 0))),
                     column(statement.raw(), 1), column(statement.raw(), 2), column(statement.raw(), 3)});
  }
  if (code != SQLITE_DONE) return database_->failure("read");
  return found;
}

void SqliteStore::rest() {
  sqlite3_db_release_memory(database_->connection());
}

Result<void> SqliteStore::forget_history(TimePoint before) {
  Statement statement(database_->connection(), "DELETE FROM history WHERE at < ?1");
  if (!statement) return database_->failure("write");
  sqlite3_bind_int64(statement.raw(), 1, nanoseconds(before));
  if (sqlite3_step(statement.raw()) != SQLITE_DONE) return database_->failure("write");
  return {};
}

Result<void> SqliteStore::limit_size(std::size_t bytes) {
  const auto page = database_->number("PRAGMA page_size");
  if (!page) return database_->failure("read");
  const auto pages = std::max<std::size_t>(1, bytes / static_cast<std::size_t>(*page));
  const std::string pragma = "PRAGMA max_page_count = " + std::to_string(pages);
  if (!database_->run(pragma.c_str())) return database_->failure("limit");
  return {};
}

}  // namespace tocsin
