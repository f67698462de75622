#include "app/sqlite_store_history.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "app/sqlite_statement.h"
#include "app/sqlite_store_files.h"

namespace tocsin {
namespace {

constexpr int kPatienceMs = 2000;

// A connection for one question, which sees the file as it is when it is opened.
class Connection {
 public:
  explicit Connection(std::string path) : path_(std::move(path)) {
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path_.c_str(), &db_, flags, nullptr) != SQLITE_OK) return;
    sqlite3_busy_timeout(db_, kPatienceMs);
    // A transaction's view begins with its first look.
    good_ = sqlite3_exec(db_, "BEGIN; SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) ==
            SQLITE_OK;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { sqlite3_close(db_); }

  bool good() const { return good_; }
  sqlite3* raw() const { return db_; }
  tl::unexpected<Error> failure() const {
    const std::string why = db_ == nullptr ? "out of memory" : sqlite3_errmsg(db_);
    return fail("cannot read the history in " + path_ + ": " + why);
  }

 private:
  std::string path_;
  sqlite3* db_ = nullptr;
  bool good_ = false;
};

// ?1 from, ?2 until, ?3 limit; ?4 is one subject.
constexpr const char* kAll =
    "SELECT at, kind, subject, json, id FROM history WHERE at >= ?1 AND at <= ?2"
    " ORDER BY at DESC, id DESC LIMIT ?3";
constexpr const char* kOfSubject =
    "SELECT at, kind, subject, json, id FROM history WHERE subject = ?4 AND at >= ?1 AND at <= ?2"
    " ORDER BY at DESC, id DESC LIMIT ?3";

struct Line {
  HistoryEntry entry;
  std::int64_t id = 0;
};

bool newer(const Line& a, const Line& b) {
  return a.entry.at != b.entry.at ? a.entry.at > b.entry.at : a.id > b.id;
}

// Subject by subject: each is found by its index already in order, and no more than the limit is read of any.
Result<void> read_sorted(sqlite3* db, const HistoryQuery& query, const std::vector<std::string>& subjects,
                         std::vector<Line>& lines) {
  SqliteStatement rows(db, subjects.empty() ? kAll : kOfSubject);
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  const auto read = [&] {
    rows.bind_number(1, query.from.time_since_epoch().count());
    rows.bind_number(2, query.until.time_since_epoch().count());
    rows.bind_number(3, static_cast<std::int64_t>(std::min(query.limit, kMost)));
    while (rows.next_row()) {
      lines.push_back(
          {{TimePoint(Duration(rows.number(0))), rows.text(1), rows.text(2), rows.text(3)}, rows.number(4)});
    }
    if (rows.failed()) return false;
    rows.reset();
    return true;
  };
  if (!rows) return fail(sqlite3_errmsg(db));
  if (subjects.empty() && !read()) return fail(sqlite3_errmsg(db));
  for (const std::string& subject : subjects) {
    rows.bind_text(4, subject);
    if (!read()) return fail(sqlite3_errmsg(db));
  }
  return {};
}

// What is not yet sorted is newer than all that is.
void add_recent(std::vector<HistoryEntry>&& recent, const HistoryQuery& query,
                const std::vector<std::string>& subjects, std::vector<Line>& lines) {
  std::int64_t id = std::numeric_limits<std::int64_t>::max() - std::ssize(recent);
  for (HistoryEntry& entry : recent) {
    ++id;
    const bool wanted = subjects.empty() || std::ranges::binary_search(subjects, entry.subject);
    if (wanted && entry.at >= query.from && entry.at <= query.until) lines.push_back({std::move(entry), id});
  }
}

}  // namespace

// One moment of each file. That of the recent one comes first: a commit that is carried over in between is in
// both, and the sorted file says which these are.
Result<std::vector<HistoryEntry>> SqliteHistoryReader::read(const HistoryQuery& query) {
  std::vector<std::string> subjects = query.subjects;
  std::ranges::sort(subjects);
  subjects.erase(std::ranges::unique(subjects).begin(), subjects.end());
  Connection recent(recent_path(folder_)), sorted(sorted_path(folder_));
  for (const Connection* connection : {&sorted, &recent}) {
    if (!connection->good()) return connection->failure();
  }
  SqliteStatement last(sorted.raw(), kLastSorted);
  if (!last || !last.next_row()) return sorted.failure();
  constexpr auto kAllBytes = std::numeric_limits<std::size_t>::max();
  auto unsorted = read_recent(recent.raw(), last.number(0), kAllBytes);
  if (!unsorted) return recent.failure();
  std::vector<Line> lines;
  if (!read_sorted(sorted.raw(), query, subjects, lines)) return sorted.failure();
  add_recent(std::move(unsorted->batch.history), query, subjects, lines);
  std::ranges::sort(lines, newer);
  if (lines.size() > query.limit) lines.resize(query.limit);
  std::vector<HistoryEntry> entries;
  entries.reserve(lines.size());
  for (Line& line : lines) entries.push_back(std::move(line.entry));
  return entries;
}

}  // namespace tocsin
