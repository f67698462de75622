// The two files of the store on disk, what is in them, and how what is in both is read.
//
//   tocsin-recent.db   commits as they came, one row of bytes each: to append a row costs a tenth of putting
//   a
//                      thousand facts in their places
//   tocsin.db          the facts and the history in their places, up to a commit that it names
//
// Commits are numbered without end. Those that tocsin.db does not yet hold count as if they were in it.
#pragma once

#include <cstdint>
#include <string>

#include "app/sqlite_file.h"
#include "app/store_batch.h"

namespace tocsin {

std::string sorted_path(const std::string& folder);  // tocsin.db
std::string recent_path(const std::string& folder);  // tocsin-recent.db

extern const SqliteFile::Steps kSortedForm;
extern const SqliteFile::Steps kRecentForm;

// The last commit that tocsin.db holds.
inline constexpr const char* kLastSorted = "SELECT last FROM sorted";

// Commits with a number above `after`, in order.
struct RecentCommits {
  StoreBatch batch;
  std::int64_t last = 0;  // number of the last one; 0: there was none
  std::size_t bytes = 0;
};
// No more once they have this many bytes together. Fails with SQLite's words.
Result<RecentCommits> read_recent(sqlite3* recent, std::int64_t after, std::size_t bytes);

}  // namespace tocsin
