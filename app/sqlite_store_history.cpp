#include "app/sqlite_store_history.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace tocsin {
namespace {

constexpr int kPatienceMs = 2000;

// A connection and its one statement, for one question.
class Question {
 public:
  Question() = default;
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;
  ~Question() {
    sqlite3_finalize(statement_);
    sqlite3_close(db_);
  }

  bool open(const std::string& path) {
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) return false;
    sqlite3_busy_timeout(db_, kPatienceMs);
    return true;
  }
  bool prepare(const std::string& sql) {
    return sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement_, nullptr) == SQLITE_OK;
  }
  sqlite3_stmt* statement() const { return statement_; }
  std::string error() const { return db_ == nullptr ? "out of memory" : sqlite3_errmsg(db_); }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

std::string text_of(sqlite3_stmt* statement, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

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

}  // namespace

// Subject by subject: each is found by its index already in order, and no more than the limit is read of any.
Result<std::vector<HistoryEntry>> SqliteHistoryReader::read(const HistoryQuery& query) {
  Question question;
  const auto failure = [&] { return fail("cannot read the history in " + path_ + ": " + question.error()); };
  if (!question.open(path_) || !question.prepare(query.subjects.empty() ? kAll : kOfSubject))
    return failure();
  sqlite3_stmt* statement = question.statement();
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  sqlite3_bind_int64(statement, 1, query.from.time_since_epoch().count());
  sqlite3_bind_int64(statement, 2, query.until.time_since_epoch().count());
  sqlite3_bind_int64(statement, 3, static_cast<std::int64_t>(std::min(query.limit, kMost)));

  std::vector<std::string> subjects = query.subjects;
  std::ranges::sort(subjects);
  subjects.erase(std::ranges::unique(subjects).begin(), subjects.end());
  const bool everything = subjects.empty();
  if (everything) subjects.emplace_back();
  std::vector<Line> lines;
  for (const std::string& subject : subjects) {
    if (!everything) {
      sqlite3_bind_text64(statement, 4, subject.data(), subject.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      lines.push_back({{TimePoint(Duration(sqlite3_column_int64(statement, 0))), text_of(statement, 1),
                        text_of(statement, 2), text_of(statement, 3)},
                       sqlite3_column_int64(statement, 4)});
    }
    if (code != SQLITE_DONE) return failure();
    sqlite3_reset(statement);
  }
  if (subjects.size() > 1) std::ranges::sort(lines, newer);
  if (lines.size() > query.limit) lines.resize(query.limit);
  std::vector<HistoryEntry> entries;
  entries.reserve(lines.size());
  for (Line& line : lines) entries.push_back(std::move(line.entry));
  return entries;
}

}  // namespace tocsin
