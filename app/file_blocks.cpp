#include "app/file_blocks.h"

#include <algorithm>

#include "core/yaml_text.h"
#include "rules/legacy_reader.h"
#include "rules/legacy_rules.h"

namespace tocsin {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view without_indent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t\r"), line.size()));
}

std::string name_of(const YamlNode& item) {
  const auto entries = item.entries();
  for (const std::string_view key : {"alert", "record", "name", "receiver"}) {
    for (const auto& [name, value] : entries) {
      if (name.text() == key && !value.text().empty()) return value.text();
    }
  }
  return "";
}

}  // namespace

FileBlocks::FileBlocks(std::string_view text) : lines_(lines_of(text)) {
  if (find_legacy_statement(text)) {
    add_legacy(text);
  } else {
    Problems ignored;
    const YamlDocument document = YamlDocument::parse(text, "", ignored);
    add_values(document.root(), 1, static_cast<int>(lines_.size()), -1, true);
  }
  find_own_lines();
  lines_.clear();
}

const FileBlock* FileBlocks::at(int line) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), line,
                       [](int wanted, const FileBlock& block) { return wanted < block.first; });
  int index = static_cast<int>(after - blocks_.begin()) - 1;
  while (index >= 0 && blocks_[static_cast<std::size_t>(index)].last < line)
    index = blocks_[static_cast<std::size_t>(index)].around;
  return index < 0 ? nullptr : &blocks_[static_cast<std::size_t>(index)];
}

// Merged and aliased values stand elsewhere: they are no part of this.
void FileBlocks::add_values(const YamlNode& mapping, int first, int last, int around, bool as_blocks) {
  auto entries = mapping.entries();
  std::erase_if(entries, [&](const auto& entry) {
    return entry.first.position().line < first || entry.first.position().line > last;
  });
  std::ranges::stable_sort(entries, {}, [](const auto& entry) { return entry.first.position().line; });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& [key, value] = entries[i];
    const int begin = key.position().line;
    const int end = i + 1 < entries.size() ? std::max(begin, entries[i + 1].first.position().line - 1) : last;
    const int block = as_blocks ? add(begin, end, key.text(), around) : around;
    if (value.position().line < begin || value.position().line > end) continue;
    if (value.kind() == YamlNode::Kind::kList) add_list(value, begin, end, block);
    if (value.kind() == YamlNode::Kind::kMapping) add_values(value, begin, end, block, false);
  }
}

void FileBlocks::add_list(const YamlNode& list, int first, int last, int around) {
  const std::vector<YamlNode> items = list.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const int begin = items[i].position().line;
    const int end = i + 1 < items.size() ? std::max(begin, items[i + 1].position().line - 1) : last;
    if (items[i].kind() != YamlNode::Kind::kMapping || begin < first || end > last) continue;
    add_values(items[i], begin, end, add(begin, end, name_of(items[i]), around), false);
  }
}

void FileBlocks::add_legacy(std::string_view text) {
  Problems ignored;
  const LegacyRuleFile file = read_legacy_rules(text, "", ignored, promql::Dialect::any());
  const YamlText places(text);
  for (std::size_t i = 0; i < file.group.rules.size(); ++i) {
    const Rule& rule = file.group.rules[i];
    const std::size_t end = std::max<std::size_t>(file.ends[i], 1) - 1;
    add(rule.position.line, std::max(places.position(end).line, rule.position.line), rule.name, -1);
  }
}

// Blank lines and comments at the end are not part of a block; comments right above it are.
int FileBlocks::add(int first, int last, std::string name, int around) {
  const auto is_comment = [&](int line) {
    return without_indent(lines_[static_cast<std::size_t>(line - 1)]).starts_with('#');
  };
  const auto is_blank = [&](int line) {
    return without_indent(lines_[static_cast<std::size_t>(line - 1)]).empty();
  };
  last = std::min(last, static_cast<int>(lines_.size()));
  while (last > first && (is_comment(last) || is_blank(last))) --last;
  const int outer = around < 0 ? 1 : blocks_[static_cast<std::size_t>(around)].first;
  while (first > outer && is_comment(first - 1)) --first;
  blocks_.push_back({first, last, std::move(name), around, {}});
  return static_cast<int>(blocks_.size()) - 1;
}

void FileBlocks::find_own_lines() {
  std::vector<int> next(blocks_.size());  // the first line that is in no inner block so far
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    FileBlock& block = blocks_[i];
    next[i] = block.first;
    if (block.around < 0) continue;
    const auto outer = static_cast<std::size_t>(block.around);
    if (block.first > next[outer]) blocks_[outer].own.emplace_back(next[outer], block.first - 1);
    next[outer] = std::max(next[outer], block.last + 1);
  }
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    FileBlock& block = blocks_[i];
    if (next[i] <= block.last) block.own.emplace_back(next[i], block.last);
    if (block.own.empty()) block.own.emplace_back(block.first, block.first);
  }
}

}  // namespace tocsin
