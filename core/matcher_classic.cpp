// The classic dialect, as Alertmanager before 0.27 read matchers: nearly anything is a value. Its oddities
// are kept, since files that rely on them must mean what they always meant.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/matcher_dialects.h"

namespace tocsin {
namespace {

// The blanks of a Go regular expression's \s.
constexpr std::string_view kBlanks = " \t\n\f\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string_view without_front(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// [a-zA-Z_:][a-zA-Z0-9_:]* at the front.
std::string_view take_name(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size()) {
    const char c = rest[end];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    if (!letter && (end == 0 || c < '0' || c > '9')) break;
    ++end;
  }
  const std::string_view name = rest.substr(0, end);
  rest.remove_prefix(end);
  return name;
}

std::optional<MatchType> take_operator(std::string_view& rest) {
  static constexpr MatchType kTypes[] = {MatchType::kRegex, MatchType::kEqual, MatchType::kNotEqual,
                                         MatchType::kNotRegex};
  for (const MatchType type : kTypes) {
    const std::string_view sign = to_string(type);
    if (!rest.starts_with(sign)) continue;
    rest.remove_prefix(sign.size());
    return type;
  }
  return std::nullopt;
}

// \" \\ and \n are escapes; any other backslash stays.
Result<std::string> unescape_value(std::string_view written) {
  std::string_view rest = written;
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  bool closed = !quoted;
  std::string value;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    const bool last = i + 1 == rest.size();
    if (c == '\\' && !last) {
      const char escaped = rest[++i];
      if (escaped == 'n') {
        value += '\n';
      } else if (escaped == '"' || escaped == '\\') {
        value += escaped;
      } else {
        value += '\\';
        value += escaped;
      }
    } else if (c != '"') {
      value += c;
    } else if (quoted && last) {
      closed = true;
    } else {
      return fail(fmt::format("the value {} holds a quote that is not escaped: write \\\" for it", written));
    }
  }
  if (!closed)
    return fail(fmt::format("the quote of the value {} is not closed: add \" at the end", written));
  return value;
}

// A comma splits wherever it is outside quotes, even after a backslash.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  bool quoted = false;
  bool escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' && !quoted) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    } else if (escaped) {
      escaped = false;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '\\') {
      escaped = true;
    }
  }
  if (!trimmed(text.substr(begin)).empty()) parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

Result<Matcher> parse_classic_matcher(std::string_view text) {
  std::string_view rest = without_front(text);
  const std::string_view name = take_name(rest);
  rest = without_front(rest);
  const std::optional<MatchType> type = take_operator(rest);
  if (name.empty() || !type) {
    return fail(fmt::format("bad matcher format: {}: write it as name=\"value\", with =, !=, =~ or !~",
                            go_quote(trimmed(text))));
  }
  const std::string_view written = trimmed(rest);
  if (!is_valid_utf8(written)) return fail(fmt::format("the value of {} is not UTF-8", name));
  Result<std::string> value = unescape_value(written);
  if (!value) return tl::unexpected(value.error());
  return Matcher::make(std::string(name), *type, std::move(*value));
}

Result<Matchers> parse_classic_matchers(std::string_view text) {
  const std::string_view all = text;
  if (text.starts_with('{')) text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  Matchers matchers;
  for (const std::string_view part : split(text)) {
    Result<Matcher> matcher = parse_classic_matcher(part);
    if (!matcher) {
      const std::size_t blanks = std::min(part.find_first_not_of(kBlanks), part.size());
      const auto offset = static_cast<std::size_t>(part.data() - all.data());
      return fail(fmt::format("column {}: {}", offset + blanks + 1, matcher.error().message));
    }
    matchers.push_back(std::move(*matcher));
  }
  return matchers;
}

}  // namespace tocsin
