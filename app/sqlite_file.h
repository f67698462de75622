// A SqliteFile is a connection to one file of the store: opened, checked, and brought to the form that this
// program writes. WAL mode, every commit synced. It does not know what is in the tables.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "core/result.h"

namespace tocsin {

class SqliteFile {
 public:
  // What may go wrong, kept with SQLite's code so that corruption can be told from the rest.
  struct Trouble {
    int code;
    std::string message;
    bool corruption() const { return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB; }
  };
  template <class T>
  using Attempt = tl::expected<T, Trouble>;
  // The statements that lead from each version of the file's form to the next; the first makes a new file.
  using Steps = std::vector<const char*>;

  SqliteFile() = default;
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;
  ~SqliteFile() { close(); }

  // Creates the file where it is missing.
  Attempt<void> open(const std::string& path, const Steps&);
  // Another connection to a file that open() has been through.
  Attempt<void> open_again(const std::string& path);
  void close();

  Attempt<void> run(const char* sql) {
    return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Attempt<void>() : trouble();
  }
  // Runs all of `work`, which says whether it went well, in one transaction; undone where it did not.
  template <class Work>
  Attempt<void> in_transaction(Work work);
  // One number, as PRAGMA user_version gives.
  Attempt<sqlite3_int64> number(const char* sql);
  Attempt<std::string> text(const char* sql);

  tl::unexpected<Trouble> trouble() const {
    return tl::unexpected(Trouble{sqlite3_extended_errcode(db_), sqlite3_errmsg(db_)});
  }
  tl::unexpected<Error> failure(const char* doing) const { return failure(doing, sqlite3_errmsg(db_)); }
  tl::unexpected<Error> failure(const char* doing, const std::string& why) const {
    return fail(std::string("cannot ") + doing + " " + path_ + ": " + why);
  }
  sqlite3* raw() const { return db_; }
  const std::string& path() const { return path_; }

 private:
  Attempt<void> bring_up_to_date(const Steps&);
  sqlite3* db_ = nullptr;
  std::string path_;
};

template <class Work>
SqliteFile::Attempt<void> SqliteFile::in_transaction(Work work) {
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
  if (work()) {
    if (auto done = run("COMMIT"); done) return done;
  }
  const auto failed = trouble();
  // After some errors SQLite has already rolled back by itself.
  if (sqlite3_get_autocommit(db_) == 0) (void)run("ROLLBACK");
  return failed;
}

}  // namespace tocsin
