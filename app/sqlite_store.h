// The Store on disk: SQLite, two files in a folder of its own. A commit is appended to the one as it comes
// and sorted into the other later (app/sqlite_store_files.h). It does not know what the records mean. One
// thread at a time, one process at a time: a lock in the folder keeps a second one out.
#pragma once

#include <memory>
#include <string>

#include "app/store.h"

namespace tocsin {

class SqliteStore final : public Store {
 public:
  struct Opened {
    std::unique_ptr<SqliteStore> store;
    std::string warning;  // loud: an unreadable file was set aside and the state starts empty
  };
  // Creates the folder where it is missing. `now` dates the name of a file that is set aside. Corruption is
  // never a failure; a folder in use, an unwritable one, and a file that a newer Tocsin wrote are.
  static Result<Opened> open(const std::string& folder, TimePoint now);
  ~SqliteStore() override;

  Result<std::vector<Record>> load() override;
  Result<void> commit(std::span<const Record> records, std::span<const HistoryEntry> history) override;
  Result<void> sync() override;
  Result<std::vector<HistoryEntry>> history(const std::string& subject, std::size_t limit) override;
  void rest() override;
  Result<void> forget_history(TimePoint before) override;
  // No more bytes than this in the file that commits go to; a commit beyond fails as on a full disk.
  Result<void> limit_size(std::size_t bytes);

 private:
  class Database;
  explicit SqliteStore(std::unique_ptr<Database>);
  std::unique_ptr<Database> database_;
};

}  // namespace tocsin
