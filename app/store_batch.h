// A StoreBatch is one commit as bytes: its records and its lines of history, in order. A store that writes
// first and sorts later keeps commits in this form; nobody else sees it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/store.h"

namespace tocsin {

struct StoreBatch {
  std::vector<Record> records;
  std::vector<HistoryEntry> history;
};

// Writes batches, compressed: they are full of names and labels that repeat, and what a disk takes in a burst
// is little. What is to be compressed is written piece by piece, so that a large batch needs no large memory.
// Keeps its memory for the next one, unless it was unusually large.
class StoreBatchWriter {
 public:
  // The bytes are good until the next call.
  const std::string& write(std::span<const Record>, std::span<const HistoryEntry>);

 private:
  std::string piece_, compressed_;
};

// Appends to `batch`; fails on bytes that no writer wrote, and then `batch` is not to be used.
Result<void> read_batch(std::string_view bytes, StoreBatch& batch);

// Leaves one record per key, the last one, in order of bucket and key.
void keep_last_values(std::vector<Record>&);

}  // namespace tocsin
