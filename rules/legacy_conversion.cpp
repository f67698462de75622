#include "rules/legacy_conversion.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/utf8.h"
#include "core/yaml_text.h"
#include "rules/legacy_reader.h"

namespace tocsin {
namespace {

// Characters that YAML takes for the end of the line, and so of the comment, become blanks.
std::string as_comment(std::string_view line) {
  std::string out = "#";
  if (!line.empty() && line.front() != '#') out += ' ';
  while (!line.empty()) {
    const Rune rune = first_rune(line);
    const bool ends_line = rune.value == '\r' || rune.value == 0x85 || rune.value == 0x2028 ||
                           rune.value == 0x2029 || rune.value == 0xfeff;
    out += ends_line ? " " : line.substr(0, rune.bytes);
    line.remove_prefix(rune.bytes);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

class CommentPlacer {
 public:
  CommentPlacer(std::string_view text, const LegacyRuleFile& file) : text_(text), file_(file) {}

  void place(CommentedGroup& out) {
    out.before_rules.resize(file_.ends.size());
    const std::size_t header = header_size();
    std::size_t rule = 0;
    for (std::size_t i = 0; i < file_.comments.size(); ++i) {
      while (rule < file_.ends.size() && is_behind(i, file_.ends[rule])) ++rule;
      CommentLines& lines = i < header                 ? out.before
                            : rule < file_.ends.size() ? out.before_rules[rule]
                                                       : out.after;
      if (!lines.empty() && i != header && is_apart(i)) lines.emplace_back();
      for (const std::string& line : file_.comments[i].lines) lines.push_back(as_comment(line));
    }
  }

 private:
  // How many comments stand before the first rule and apart from it: they speak of the file.
  std::size_t header_size() const {
    if (file_.group.rules.empty()) return 0;
    const YamlText lines(text_);
    const std::size_t first = lines.offset(file_.group.rules.front().position);
    std::size_t count = 0;
    while (count < file_.comments.size() && file_.comments[count].end <= first) ++count;
    std::size_t below = first;
    while (count > 0 && !has_empty_line(file_.comments[count - 1].end, below)) {
      --count;
      below = file_.comments[count].begin;
    }
    return count;
  }

  // Behind a rule, and not on the line on which it ends.
  bool is_behind(std::size_t comment, std::size_t end) const {
    const std::size_t begin = file_.comments[comment].begin;
    return begin >= end && text_.substr(end, begin - end).find('\n') != std::string_view::npos;
  }

  bool is_apart(std::size_t comment) const {
    return comment > 0 && has_empty_line(file_.comments[comment - 1].end, file_.comments[comment].begin);
  }

  // Whether there is nothing between the two but blanks, and an empty line among them.
  bool has_empty_line(std::size_t begin, std::size_t end) const {
    const std::string_view between = text_.substr(begin, end - begin);
    return between.find_first_not_of(" \t\r\n") == std::string_view::npos &&
           std::count(between.begin(), between.end(), '\n') > 1;
  }

  std::string_view text_;
  const LegacyRuleFile& file_;
};

}  // namespace

CommentedGroup convert_legacy_rules(std::string_view text, std::string file, Problems& problems,
                                    const promql::Dialect& dialect) {
  LegacyRuleFile read = read_legacy_rules(text, file, problems, dialect);
  if (read.windows > 0 && dialect.at_least(3, 0)) {
    problems.warning(
        file, {1, 1},
        fmt::format("{} range selector{} written for windows that held both their ends; since Prometheus 3 "
                    "the older end is not in it",
                    read.windows, read.windows == 1 ? " was" : "s were"),
        "a range that is a multiple of the scrape interval holds one sample less: look at short ranges, and "
        "at count_over_time");
  }
  CommentedGroup out;
  CommentPlacer(YamlText(text).all(), read).place(out);
  out.group = std::move(read.group);
  return out;
}

}  // namespace tocsin
