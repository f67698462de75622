// Taking over from an Alertmanager that worked in the same data folder: its silences and what it has told are
// imported once, when Tocsin first starts there. Its files are left as they are, so that one can go back.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/record.h"
#include "core/result.h"
#include "core/time.h"

namespace tocsin {

struct Takeover {
  // To be stored before the first start goes on; empty: there is nothing to take over, or it was done before.
  std::vector<Record> records;
  std::size_t silences = 0;
  std::size_t groups = 0;             // told of, by an integration
  std::vector<std::string> problems;  // what could not be read, with file and place
};

// Reads a file; fails where it is there and cannot be read, nothing where there is none.
using ReadFile = std::function<Result<std::optional<std::string>>(const std::string& path)>;

Takeover take_over(const std::string& folder, std::span<const Record> stored, TimePoint now,
                   const ReadFile& read);

}  // namespace tocsin
