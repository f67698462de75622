#include "app/sqlite_store_sorter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/spare_memory.h"
#include "app/sqlite_store_files.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

// So long without a commit, there is time.
constexpr auto kQuiet = 200ms;
constexpr auto kPauseAfterFailure = 1s;
// All sizes are of compressed commits. Sorted at a time: the more, the fewer pages are written twice.
constexpr std::size_t kSlice = std::size_t{1} << 20;
// So much is not left to a quiet moment.
constexpr std::size_t kMuch = std::size_t{8} << 20;
// Beyond this commits wait, so that the file does not grow without end.
constexpr std::size_t kTooMuch = std::size_t{64} << 20;

}  // namespace

SqliteFile::Attempt<std::unique_ptr<SqliteStoreSorter>> SqliteStoreSorter::start(const std::string& folder,
                                                                                 std::size_t waiting) {
  std::unique_ptr<SqliteStoreSorter> sorter(new SqliteStoreSorter);
  if (auto opened = sorter->open(folder); !opened) return tl::unexpected(opened.error());
  sorter->waiting_ = waiting;
  sorter->thread_ = std::thread([it = sorter.get()] { it->work(); });
  return sorter;
}

SqliteFile::Attempt<void> SqliteStoreSorter::open(const std::string& folder) {
  if (auto opened = sorted_.open_again(sorted_path(folder)); !opened) return opened;
  if (auto opened = recent_.open_again(recent_path(folder)); !opened) return opened;
  // What this forgets in a crash is a row that is taken out again.
  if (auto done = recent_.run("PRAGMA synchronous = NORMAL"); !done) return done;
  const auto last = sorted_.number(kLastSorted);
  if (!last) return tl::unexpected(last.error());
  last_ = *last;
  put_ = {sorted_.raw(),
          "INSERT INTO record (bucket, key, value) VALUES (?1, ?2, ?3)"
          " ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value"};
  remove_ = {sorted_.raw(), "DELETE FROM record WHERE bucket = ?1 AND key = ?2"};
  note_ = {sorted_.raw(), "INSERT INTO history (at, kind, subject, json) VALUES (?1, ?2, ?3, ?4)"};
  forget_ = {sorted_.raw(), "DELETE FROM history WHERE at < ?1"};
  mark_ = {sorted_.raw(), "UPDATE sorted SET last = ?1"};
  if (!put_ || !remove_ || !note_ || !forget_ || !mark_) return sorted_.trouble();
  drop_ = {recent_.raw(), "DELETE FROM batch WHERE id <= ?1"};
  if (!drop_) return recent_.trouble();
  return {};
}

SqliteStoreSorter::~SqliteStoreSorter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void SqliteStoreSorter::added(std::size_t bytes) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    // A thread that waits for the end of the quiet time finds out by itself that it has been put off.
    wakes = waiting_ == 0 || (waiting_ <= kMuch && waiting_ + bytes > kMuch);
    waiting_ += bytes;
    last_added_ = std::chrono::steady_clock::now();
  }
  if (wakes) wake_.notify_one();
}

Result<void> SqliteStoreSorter::make_way() {
  std::unique_lock lock(mutex_);
  progress_.wait(lock, [this] { return waiting_ <= kTooMuch || failure_; });
  if (waiting_ > kMuch && failure_) return tl::unexpected(*failure_);
  return {};
}

void SqliteStoreSorter::forget_history(TimePoint before) {
  {
    const std::lock_guard lock(mutex_);
    forget_before_ = before;
  }
  wake_.notify_one();
}

Result<void> SqliteStoreSorter::finish() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  failure_.reset();
  wake_.notify_one();
  progress_.wait(lock, [this] { return (waiting_ == 0 && !forget_before_) || failure_; });
  hurry_ = false;
  if (failure_) return tl::unexpected(*failure_);
  return {};
}

// False when it is time to stop.
bool SqliteStoreSorter::wait_for_work() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !hurry_) {
    if (failure_) {
      if (wake_.wait_for(lock, kPauseAfterFailure) == std::cv_status::timeout) break;
    } else if (waiting_ > kMuch || forget_before_) {
      break;
    } else if (waiting_ == 0) {
      wake_.wait(lock);
    } else if (const auto quiet = last_added_ + kQuiet; quiet > std::chrono::steady_clock::now()) {
      wake_.wait_until(lock, quiet);
    } else {
      break;
    }
  }
  return !stopping_;
}

void SqliteStoreSorter::work() {
  while (wait_for_work()) {
    std::optional<TimePoint> forget_before;
    std::size_t waiting = 0;
    {
      const std::lock_guard lock(mutex_);
      forget_before = forget_before_;
      waiting = waiting_;
    }
    const auto sorted = sort_some();
    const auto forgotten = sorted && forget_before ? forget(*forget_before) : Result<void>();
    std::unique_lock lock(mutex_);
    failure_.reset();
    if (!sorted) failure_ = sorted.error();
    if (!forgotten) failure_ = forgotten.error();
    // A commit may be sorted before it is counted; then nothing is left of what was.
    if (sorted) waiting_ -= std::min(waiting_, *sorted == 0 ? waiting : *sorted);
    if (forgotten && forget_before == forget_before_) forget_before_.reset();
    const bool done = waiting_ == 0;
    progress_.notify_all();
    lock.unlock();
    if (!done) continue;
    sqlite3_db_release_memory(sorted_.raw());
    sqlite3_db_release_memory(recent_.raw());
    give_back_spare_memory();
  }
}

// How many bytes of commits were sorted; 0: there were none left.
Result<std::size_t> SqliteStoreSorter::sort_some() {
  auto commits = read_recent(recent_.raw(), last_, kSlice);
  if (!commits) return recent_.failure("read", commits.error().message);
  if (commits->bytes == 0) return 0;
  keep_last_values(commits->batch.records);
  mark_.bind_number(1, commits->last);
  const auto sorted = sorted_.in_transaction([&] {
    return std::ranges::all_of(commits->batch.records, [&](const Record& it) { return put(it); }) &&
           std::ranges::all_of(commits->batch.history, [&](const HistoryEntry& it) { return note(it); }) &&
           mark_.run();
  });
  if (!sorted) return sorted_.failure("write", sorted.error().message);
  last_ = commits->last;
  drop_.bind_number(1, last_);
  if (!drop_.run()) return recent_.failure("write");
  return commits->bytes;
}

Result<void> SqliteStoreSorter::forget(TimePoint before) {
  forget_.bind_number(1, before.time_since_epoch().count());
  if (!forget_.run()) return sorted_.failure("write");
  return {};
}

bool SqliteStoreSorter::put(const Record& record) {
  SqliteStatement& statement = record.value ? put_ : remove_;
  statement.bind_text(1, record.bucket);
  statement.bind_text(2, record.key);
  if (record.value) statement.bind_bytes(3, *record.value);
  return statement.run();
}

bool SqliteStoreSorter::note(const HistoryEntry& entry) {
  note_.bind_number(1, entry.at.time_since_epoch().count());
  note_.bind_text(2, entry.kind);
  note_.bind_text(3, entry.subject);
  note_.bind_text(4, entry.json);
  return note_.run();
}

}  // namespace tocsin
