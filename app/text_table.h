// TextTable: rows of cells as aligned columns, for people at a terminal. As amtool prints them: columns as
// wide as their widest cell, two blanks between, no lines.
#pragma once

#include <string>
#include <vector>

namespace tocsin {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> titles) : rows_{std::move(titles)} {}
  // As many cells as there are titles.
  void add(std::vector<std::string> cells);
  // A line each. Line breaks and tabs within a cell are blanks: a row stays a row.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tocsin
