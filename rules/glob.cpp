#include "rules/glob.h"

#include <algorithm>
#include <optional>

#include "core/labels.h"

namespace tocsin {
namespace {

struct BadPattern {};

// One character of UTF-8; a stray byte counts as one character, as in Go.
std::string_view first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length <= text.size() && is_valid_utf8(text.substr(0, length))) return text.substr(0, length);
  return text.substr(0, 1);
}

// A matcher of one character: literal, any, or a class. UTF-8 sorts by bytes as by code points, so ranges
// compare texts.
struct Item {
  enum class Kind { kLiteral, kAny, kClass } kind = Kind::kLiteral;
  std::string literal;
  bool negated = false;
  std::vector<std::pair<std::string, std::string>> ranges;

  bool matches(std::string_view character) const {
    if (kind == Kind::kAny) return character != "/";
    if (kind == Kind::kLiteral) return character == literal;
    const bool inside = std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
      return range.first <= character && character <= range.second;
    });
    return inside != negated;
  }
};

// A pattern is runs of items with a star between them.
class Pattern {
 public:
  static std::optional<Pattern> parse(std::string_view text) {
    Pattern pattern;
    try {
      pattern.read(text);
    } catch (const BadPattern&) {
      return std::nullopt;
    }
    return pattern;
  }

  bool matches(std::string_view name) const {
    std::vector<std::string_view> characters;
    for (std::string_view rest = name; !rest.empty(); rest.remove_prefix(characters.back().size())) {
      characters.push_back(first_character(rest));
    }
    // The first run is anchored at the start. Each further run takes the earliest place after its star, the
    // last one the end.
    std::size_t at = 0;
    if (!run_fits(runs_.front(), characters, 0)) return false;
    at = runs_.front().size();
    for (std::size_t i = 1; i < runs_.size(); ++i) {
      const std::vector<Item>& run = runs_[i];
      const bool last = i + 1 == runs_.size();
      for (;; ++at) {
        if (run_fits(run, characters, at) && (!last || at + run.size() == characters.size())) break;
        if (at >= characters.size() || characters[at] == "/") return false;  // a star stops at a slash
      }
      at += run.size();
    }
    return at == characters.size();
  }

 private:
  static bool run_fits(const std::vector<Item>& run, const std::vector<std::string_view>& characters,
                       std::size_t at) {
    if (at + run.size() > characters.size()) return false;
    for (std::size_t i = 0; i < run.size(); ++i) {
      if (!run[i].matches(characters[at + i])) return false;
    }
    return true;
  }

  void read(std::string_view text) {
    runs_.emplace_back();
    while (!text.empty()) {
      const char c = text.front();
      if (c == '*') {
        text.remove_prefix(1);
        runs_.emplace_back();
      } else if (c == '?') {
        text.remove_prefix(1);
        runs_.back().push_back({Item::Kind::kAny, "", false, {}});
      } else if (c == '[') {
        text.remove_prefix(1);
        runs_.back().push_back(read_class(text));
      } else {
        runs_.back().push_back({Item::Kind::kLiteral, read_literal(text), false, {}});
      }
    }
  }

  static std::string read_literal(std::string_view& text) {
    if (text.front() == '\\') {
      text.remove_prefix(1);
      if (text.empty()) throw BadPattern{};
    }
    const std::string_view character = first_character(text);
    text.remove_prefix(character.size());
    return std::string(character);
  }

  static Item read_class(std::string_view& text) {
    Item item{Item::Kind::kClass, "", false, {}};
    if (text.starts_with('^')) {
      item.negated = true;
      text.remove_prefix(1);
    }
    while (!(text.starts_with(']') && !item.ranges.empty())) {
      std::string low = read_class_character(text);
      std::string high = low;
      if (text.starts_with('-')) {
        text.remove_prefix(1);
        high = read_class_character(text);
      }
      item.ranges.emplace_back(std::move(low), std::move(high));
    }
    text.remove_prefix(1);
    return item;
  }

  // As Go: '-' and ']' must be escaped inside a class, and a class must be closed.
  static std::string read_class_character(std::string_view& text) {
    if (text.empty() || text.front() == '-' || text.front() == ']') throw BadPattern{};
    std::string character = read_literal(text);
    if (text.empty()) throw BadPattern{};
    return character;
  }

  std::vector<std::vector<Item>> runs_;
};

}  // namespace

bool has_glob_magic(std::string_view path) {
  return path.find_first_of("*?[\\") != std::string_view::npos;
}

Result<bool> glob_matches(std::string_view pattern, std::string_view name) {
  const std::optional<Pattern> parsed = Pattern::parse(pattern);
  if (!parsed) return fail("syntax error in pattern " + go_quote(pattern));
  return parsed->matches(name);
}

Result<std::vector<std::string>> glob_filter(std::string_view pattern,
                                             const std::vector<std::string>& names) {
  const std::optional<Pattern> parsed = Pattern::parse(pattern);
  if (!parsed) return fail("syntax error in pattern " + go_quote(pattern));
  std::vector<std::string> matching;
  std::copy_if(names.begin(), names.end(), std::back_inserter(matching),
               [&](const std::string& name) { return parsed->matches(name); });
  std::sort(matching.begin(), matching.end());
  return matching;
}

GlobPath split_glob(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", std::string(path)};
  return {std::string(path.substr(0, slash == 0 ? 1 : slash)), std::string(path.substr(slash + 1))};
}

Result<void> check_rule_file_path(std::string_view path) {
  const std::size_t star = path.find('*');
  if (star != std::string_view::npos && path.find('/', star) != std::string_view::npos) {
    return fail("invalid rule file path " + go_quote(path) + ": * may stand only after the last slash");
  }
  return {};
}

}  // namespace tocsin
