#include "app/git_changes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>

#include "app/subprocess.h"

namespace tocsin {
namespace {

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// git's answer without the line's end, or its complaint.
Result<std::string> ask_git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  auto finish = run_program(arguments);
  if (!finish) return fail(finish.error().message);
  if (finish->exit_code != 0) return fail(finish->err.empty() ? "git says nothing" : first_line(finish->err));
  return std::move(finish->out);
}

// A file name as git quotes it where it holds quotes, backslashes or control characters.
std::optional<std::string> unquoted(std::string_view name) {
  if (!name.starts_with('"')) return std::string(name.substr(0, name.find('\t')));
  std::string out;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] == '"') return out;
    if (name[i] != '\\') {
      out += name[i];
      continue;
    }
    if (++i == name.size()) break;
    constexpr std::string_view kLetters = "abtnvfr\"\\", kMeanings = "\a\b\t\n\v\f\r\"\\";
    if (const std::size_t letter = kLetters.find(name[i]); letter != std::string_view::npos) {
      out += kMeanings[letter];
      continue;
    }
    int code = 0;
    const std::string_view digits = name.substr(i, 3);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 8);
    if (error != std::errc() || end != digits.data() + 3) break;
    out += static_cast<char>(code);
    i += 2;
  }
  return std::nullopt;
}

// "12,3" → first and count; a missing count is 1.
std::optional<std::pair<int, int>> range_of(std::string_view text) {
  int first = 0, count = 1;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, first);
  if (error != std::errc()) return std::nullopt;
  if (at != end) {
    if (*at != ',') return std::nullopt;
    std::tie(at, error) = [&] {
      const auto read = std::from_chars(at + 1, end, count);
      return std::pair(read.ptr, read.ec);
    }();
    if (error != std::errc() || at != end) return std::nullopt;
  }
  return std::pair(first, count);
}

struct Hunk {
  std::pair<int, int> before, after;
};

// "@@ -1,2 +3,4 @@ …"
std::optional<Hunk> read_hunk(std::string_view line) {
  constexpr std::string_view kOld = "@@ -";
  if (!line.starts_with(kOld)) return std::nullopt;
  line.remove_prefix(kOld.size());
  const std::size_t plus = line.find(" +");
  const std::size_t end = line.find(" @@");
  if (plus == std::string_view::npos || end == std::string_view::npos || end < plus) return std::nullopt;
  const auto before = range_of(line.substr(0, plus));
  const auto after = range_of(line.substr(plus + 2, end - plus - 2));
  if (!before || !after) return std::nullopt;
  return Hunk{*before, *after};
}

}  // namespace

// By the counts of each hunk, so that no line of a file is taken for one of git's.
Result<std::map<std::string, LineRanges>> read_git_diff(std::string_view diff) {
  std::map<std::string, LineRanges> changed;
  LineRanges* ranges = nullptr;
  long inside = 0;  // lines that are still to come of the hunk
  while (!diff.empty()) {
    const std::size_t end = std::min(diff.find('\n'), diff.size());
    const std::string_view line = diff.substr(0, end);
    diff.remove_prefix(std::min(end + 1, diff.size()));
    if (inside > 0) {
      if (!line.starts_with('\\')) --inside;
      continue;
    }
    if (line.starts_with("diff ")) {
      ranges = nullptr;
    } else if (line.starts_with("+++ ")) {
      const auto name = unquoted(line.substr(4));
      if (!name) return fail("git's diff names a file in a way that is not understood: " + std::string(line));
      if (name->starts_with("b/")) ranges = &changed[name->substr(2)];
    } else if (line.starts_with("@@ ")) {
      const auto hunk = read_hunk(line);
      if (!hunk) return fail("git's diff is not understood: " + std::string(line));
      inside = static_cast<long>(hunk->before.second) + hunk->after.second;
      if (ranges == nullptr) continue;  // of a file that is gone
      const auto [first, count] = hunk->after;
      ranges->emplace_back(first, first + std::max(count, 1) - 1);
    }
  }
  return changed;
}

Result<GitChanges> GitChanges::since(const std::string& revision) {
  GitChanges out;
  const auto top = ask_git({"rev-parse", "--show-toplevel"});
  if (!top) return fail("--changed-since needs a git repository: " + top.error().message);
  out.top_ = first_line(*top);
  const auto commit = ask_git({"rev-parse", "--verify", "--end-of-options", revision + "^{commit}"});
  if (!commit)
    return fail("git does not know the revision " + revision + ": " + commit.error().message +
                " (in CI, fetch it first; a shallow checkout lacks it)");
  const auto base = ask_git({"merge-base", first_line(*commit), "HEAD"});
  if (!base)
    return fail("git finds no common commit of " + revision +
                " and HEAD (a shallow checkout lacks it: fetch the whole history)");
  const auto diff = ask_git({"-c", "core.quotePath=false", "diff", "--unified=0", "--no-color",
                             "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/",
                             "--no-relative", first_line(*base), "--"});
  if (!diff) return fail(diff.error().message);
  auto changed = read_git_diff(*diff);
  if (!changed) return fail(changed.error().message);
  out.changed_ = std::move(*changed);
  const auto unknown = ask_git({"-C", out.top_, "ls-files", "--others", "--exclude-standard", "-z"});
  if (!unknown) return fail(unknown.error().message);
  for (std::string_view rest = *unknown; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    out.changed_[std::string(rest.substr(0, end))] = {{0, std::numeric_limits<int>::max()}};
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

bool GitChanges::touches(const std::string& path, int first_line, int last_line) const {
  std::error_code ignored;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, ignored);
  const std::filesystem::path below = real.lexically_relative(top_);
  if (below.empty() || *below.begin() == "..") return true;
  const auto file = changed_.find(below.generic_string());
  if (file == changed_.end()) return false;
  return std::ranges::any_of(file->second, [&](const auto& range) {
    return range.first <= last_line && range.second >= first_line;
  });
}

}  // namespace tocsin
