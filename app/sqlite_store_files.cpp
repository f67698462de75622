#include "app/sqlite_store_files.h"

#include "app/sqlite_statement.h"

namespace tocsin {

const SqliteFile::Steps kSortedForm = {
    "CREATE TABLE record (bucket TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
    "  PRIMARY KEY (bucket, key)) WITHOUT ROWID;"
    // `at` in nanoseconds since 1970. The row id keeps the order of equal times.
    "CREATE TABLE history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,"
    "  subject TEXT NOT NULL, json TEXT NOT NULL);"
    "CREATE INDEX history_by_time ON history (at, id);"
    "CREATE INDEX history_by_subject ON history (subject, at, id);",
    "CREATE TABLE sorted (last INTEGER NOT NULL); INSERT INTO sorted (last) VALUES (0);"};

const SqliteFile::Steps kRecentForm = {"CREATE TABLE batch (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"};

std::string sorted_path(const std::string& folder) {
  return folder + "/tocsin.db";
}

std::string recent_path(const std::string& folder) {
  return folder + "/tocsin-recent.db";
}

Result<RecentCommits> read_recent(sqlite3* recent, std::int64_t after, std::size_t bytes) {
  SqliteStatement rows(recent, "SELECT id, bytes FROM batch WHERE id > ?1 ORDER BY id");
  RecentCommits commits;
  if (!rows) return fail(sqlite3_errmsg(recent));
  rows.bind_number(1, after);
  while (commits.bytes < bytes && rows.next_row()) {
    const std::string row = rows.text(1);
    if (auto read = read_batch(row, commits.batch); !read) return tl::unexpected(read.error());
    commits.last = rows.number(0);
    commits.bytes += row.size();
  }
  if (rows.failed()) return fail(sqlite3_errmsg(recent));
  return commits;
}

}  // namespace tocsin
