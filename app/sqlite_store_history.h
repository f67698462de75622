// Reads the history from the files that a SqliteStore writes, by connections of its own: in WAL mode a reader
// neither waits for the writer nor holds it up. It never writes, and it does not keep the files open between
// two questions, so that a long pause holds up no checkpoint.
#pragma once

#include <string>
#include <utility>

#include "app/history_reader.h"

namespace tocsin {

class SqliteHistoryReader final : public HistoryReader {
 public:
  // The folder that the SqliteStore was opened with.
  explicit SqliteHistoryReader(std::string folder) : folder_(std::move(folder)) {}
  Result<std::vector<HistoryEntry>> read(const HistoryQuery&) override;

 private:
  std::string folder_;
};

}  // namespace tocsin
