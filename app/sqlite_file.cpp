#include "app/sqlite_file.h"

#include <utility>

#include "app/sqlite_statement.h"

namespace tocsin {

SqliteFile::Attempt<void> SqliteFile::open(const std::string& path, const Steps& steps) {
  if (auto opened = open_again(path); !opened) return opened;
  const auto health = text("PRAGMA quick_check(1)");
  if (!health) return tl::unexpected(health.error());
  if (*health != "ok") return tl::unexpected(Trouble{SQLITE_CORRUPT, *health});
  return bring_up_to_date(steps);
}

SqliteFile::Attempt<void> SqliteFile::open_again(const std::string& path) {
  path_ = path;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) return trouble();
  sqlite3_extended_result_codes(db_, 1);
  for (const char* pragma :
       // A large commit takes the memory it needs for its moment, rather than writing pages twice; and while
       // one comes after the other, pages stay at hand (KiB) until they are released.
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA busy_timeout = 5000",
        "PRAGMA cache_spill = OFF", "PRAGMA cache_size = -32768"}) {
    if (auto done = run(pragma); !done) return done;
  }
  return {};
}

SqliteFile::Attempt<void> SqliteFile::bring_up_to_date(const Steps& steps) {
  const auto version = number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  const auto known = static_cast<sqlite3_int64>(steps.size());
  if (*version > known) {
    return tl::unexpected(Trouble{SQLITE_ERROR, "it was written by a newer tocsin (format " +
                                                    std::to_string(*version) + ", this one knows " +
                                                    std::to_string(known) + ")"});
  }
  if (*version == known) return {};
  std::string sql;
  for (auto step = *version; step < known; ++step) sql += steps[static_cast<std::size_t>(step)];
  sql += "PRAGMA user_version = " + std::to_string(known) + ";";
  return in_transaction([&] { return run(sql.c_str()).has_value(); });
}

void SqliteFile::close() {
  sqlite3_close(std::exchange(db_, nullptr));
}

SqliteFile::Attempt<sqlite3_int64> SqliteFile::number(const char* sql) {
  SqliteStatement statement(db_, sql);
  if (!statement || !statement.next_row()) return trouble();
  return statement.number(0);
}

SqliteFile::Attempt<std::string> SqliteFile::text(const char* sql) {
  SqliteStatement statement(db_, sql);
  if (!statement || !statement.next_row()) return trouble();
  return statement.text(0);
}

}  // namespace tocsin
