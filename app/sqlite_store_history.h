// Reads the history from the file that a SqliteStore writes, by a connection of its own: in WAL mode a reader
// neither waits for the writer nor holds it up. It never writes, and it does not keep the file open between
// two questions, so that a long pause holds up no checkpoint.
#pragma once

#include <string>

#include "app/history_reader.h"

namespace tocsin {

class SqliteHistoryReader final : public HistoryReader {
 public:
  // The folder that the SqliteStore was opened with.
  explicit SqliteHistoryReader(const std::string& folder) : path_(folder + "/tocsin.db") {}
  Result<std::vector<HistoryEntry>> read(const HistoryQuery&) override;

 private:
  std::string path_;
};

}  // namespace tocsin
