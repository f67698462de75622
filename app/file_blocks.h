// The pieces that a rule file or configuration is made of: rules, groups, routes, receivers. So that a
// finding can be told by what it is about, and not by the line that it happens to be on today.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/yaml_reader.h"

namespace tocsin {

struct FileBlock {
  int first = 0;  // lines; comments right above are part of it
  int last = 0;
  std::string name;  // of the rule, group, receiver or key; may be empty
  int around = -1;   // index of the block that it is in
  // Its own lines, without those of blocks in it.
  std::vector<std::pair<int, int>> own;
};

class FileBlocks {
 public:
  explicit FileBlocks(std::string_view text);
  // The innermost one; null where the line is in none.
  const FileBlock* at(int line) const;

 private:
  void add_list(const YamlNode& list, int first, int last, int around);
  void add_values(const YamlNode& mapping, int first, int last, int around, bool as_blocks);
  int add(int first, int last, std::string name, int around);
  void add_legacy(std::string_view text);
  void find_own_lines();

  std::vector<std::string_view> lines_;  // while they are found
  std::vector<FileBlock> blocks_;        // by first line; outer ones before inner ones
};

}  // namespace tocsin
