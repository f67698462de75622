#include "core/go_regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "core/template/rune.h"

namespace tocsin {
namespace {

// RE2 and Go's regexp are the same language; their words for a mistake differ a little.
std::string regex_mistake(const RE2& regex) {
  const char* words = "invalid regular expression";
  switch (regex.error_code()) {
    case RE2::ErrorBadEscape:
      words = "invalid escape sequence";
      break;
    case RE2::ErrorBadCharClass:
      words = "invalid character class";
      break;
    case RE2::ErrorBadCharRange:
      words = "invalid character class range";
      break;
    case RE2::ErrorMissingBracket:
      words = "missing closing ]";
      break;
    case RE2::ErrorMissingParen:
      words = "missing closing )";
      break;
    case RE2::ErrorUnexpectedParen:
      words = "unexpected )";
      break;
    case RE2::ErrorTrailingBackslash:
      words = "trailing backslash at end of expression";
      break;
    case RE2::ErrorRepeatArgument:
      words = "missing argument to repetition operator";
      break;
    case RE2::ErrorRepeatSize:
      words = "invalid repeat count";
      break;
    case RE2::ErrorRepeatOp:
      words = "invalid nested repetition operator";
      break;
    case RE2::ErrorBadPerlOp:
      words = "invalid or unsupported Perl syntax";
      break;
    case RE2::ErrorBadUTF8:
      words = "invalid UTF-8";
      break;
    case RE2::ErrorBadNamedCapture:
      words = "invalid named capture";
      break;
    case RE2::ErrorPatternTooLarge:
      words = "expression too large";
      break;
    default:
      break;
  }
  return fmt::format("error parsing regexp: {}: `{}`", words, regex.error_arg());
}

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

using Groups = std::vector<re2::StringPiece>;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The name after a $: word characters, or anything in braces. Takes it off `text`; nothing where there is
// none.
std::optional<std::string_view> take_group_name(std::string_view& text) {
  const bool braced = text.starts_with('{');
  const std::size_t start = braced ? 1 : 0;
  std::size_t end = start;
  while (end < text.size() && is_word(text[end])) ++end;
  if (end == start || (braced && (end >= text.size() || text[end] != '}'))) return std::nullopt;
  const std::string_view name = text.substr(start, end - start);
  text.remove_prefix(braced ? end + 1 : end);
  return name;
}

void append_group(std::string& out, std::string_view name, const RE2& regex, const Groups& groups) {
  std::size_t index = groups.size();
  if (name.find_first_not_of("0123456789") == std::string_view::npos) {
    if (name.size() < 9 && !(name.size() > 1 && name.front() == '0')) index = std::stoul(std::string(name));
  } else if (const auto found = regex.NamedCapturingGroups().find(std::string(name));
             found != regex.NamedCapturingGroups().end()) {
    index = static_cast<std::size_t>(found->second);
  }
  if (index < groups.size() && groups[index].data() != nullptr)
    out.append(groups[index].data(), groups[index].size());
}

void append_expansion(std::string& out, std::string_view replacement, const RE2& regex,
                      const Groups& groups) {
  while (!replacement.empty()) {
    const std::size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) return;
    replacement.remove_prefix(dollar + 1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
    } else if (const std::optional<std::string_view> name = take_group_name(replacement)) {
      append_group(out, *name, regex, groups);
    } else {
      out += '$';  // malformed: literal, as in Go
    }
  }
}

}  // namespace

Result<bool> regex_matches(const std::string& pattern, std::string_view text) {
  const RE2 regex(pattern, quiet_options());
  if (!regex.ok()) return fail(regex_mistake(regex));
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

Result<std::string> regex_replace_all(const std::string& pattern, std::string_view replacement,
                                      std::string_view text) {
  const RE2 regex(pattern, quiet_options());
  if (!regex.ok()) return fail(fmt::format("regexp: Compile(`{}`): {}", pattern, regex_mistake(regex)));
  const re2::StringPiece input(text.data(), text.size());
  Groups groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t copied = 0;
  for (std::size_t search = 0; search <= text.size();) {
    if (!regex.Match(input, search, text.size(), RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size())))
      break;
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = begin + groups[0].size();
    out += text.substr(copied, begin - copied);
    // An empty match right after a match does not count, as in Go.
    if (end > copied || begin == 0) append_expansion(out, replacement, regex, groups);
    copied = end;
    const std::size_t width = search < text.size() ? tmpl::decode_rune(text, search).width : 1;
    search = std::max(search + width, end);
  }
  out += text.substr(copied);
  return out;
}

}  // namespace tocsin
