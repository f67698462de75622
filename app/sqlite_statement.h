// What every user of SQLite's C API here needs: a statement that finalizes itself, and texts in and out.
#pragma once

#include <sqlite3.h>

#include <string>
#include <utility>

namespace tocsin {

class SqliteStatement {
 public:
  SqliteStatement() = default;
  SqliteStatement(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }
  SqliteStatement(SqliteStatement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  SqliteStatement& operator=(SqliteStatement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
  }
  ~SqliteStatement() { sqlite3_finalize(statement_); }

  // False where it could not be prepared: sqlite3_errmsg of the connection says why.
  explicit operator bool() const { return statement_ != nullptr; }
  sqlite3_stmt* raw() const { return statement_; }

  // The bytes must live until the statement has run.
  void bind_text(int place, const std::string& text) {
    sqlite3_bind_text64(statement_, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind_bytes(int place, const std::string& bytes) {
    // A null pointer would bind NULL.
    sqlite3_bind_blob64(statement_, place, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  }
  void bind_number(int place, sqlite3_int64 number) { sqlite3_bind_int64(statement_, place, number); }

  std::string text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
  }
  sqlite3_int64 number(int column) const { return sqlite3_column_int64(statement_, column); }

  // True while there is a row to look at; SQLITE_DONE or an error ends that.
  bool next_row() { return (code_ = sqlite3_step(statement_)) == SQLITE_ROW; }
  bool failed() const { return code_ != SQLITE_OK && code_ != SQLITE_ROW && code_ != SQLITE_DONE; }

  // For a statement without rows, over and over.
  bool run() {
    const int code = sqlite3_step(statement_);
    reset();
    return code == SQLITE_DONE;
  }
  void reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

}  // namespace tocsin
