#include "core/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/utf8.h"

namespace tocsin {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kQuoteBraces = "text that starts with {{ must stand in quotes: '{{ … }}'";

bool is_control(char32_t rune) {
  if (rune < 0x20) return rune != '\t' && rune != '\n' && rune != '\r';
  return (rune >= 0x7f && rune < 0xa0 && rune != 0x85) || rune == 0xfeff || rune == 0xfffe || rune == 0xffff;
}

// YAML 1.1 ends lines here too, yaml-cpp (and YAML 1.2) does not.
bool is_foreign_line_end(char32_t rune) {
  return rune == 0x85 || rune == 0x2028 || rune == 0x2029;
}

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || is_blank(line[i - 1]))) return line.substr(0, i);
  }
  return line;
}

bool is_indented_by_tab(std::string_view line) {
  const std::size_t text = line.find_first_not_of(" \t");
  return text != std::string_view::npos && line.substr(0, text).find('\t') != std::string_view::npos;
}

bool starts_with_braces(std::string_view line) {
  return line.find(": {{") != std::string_view::npos || trimmed(line).starts_with("- {{");
}

// `key:value`, where a blank is missing and the whole became one text; not a URL.
bool lacks_blank_after_colon(std::string_view line) {
  std::string_view rest = trimmed(line);
  if (rest.starts_with("- ")) rest = trimmed(rest.substr(2));
  const std::size_t colon =
      rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
  return colon != 0 && colon < rest.size() && rest[colon] == ':' && colon + 1 < rest.size() &&
         rest[colon + 1] != ' ' && rest[colon + 1] != '\t' && rest[colon + 1] != '/';
}

}  // namespace

YamlText::YamlText(std::string_view text) : text_(text) {
  if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  lines_.push_back(0);
  for (std::size_t end = text_.find('\n'); end != std::string_view::npos; end = text_.find('\n', end + 1)) {
    lines_.push_back(end + 1);
  }
}

std::string_view YamlText::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > lines_.size()) return {};
  const auto index = static_cast<std::size_t>(number - 1);
  const std::size_t end = index + 1 < lines_.size() ? lines_[index + 1] - 1 : text_.size();
  std::string_view found = text_.substr(lines_[index], end - lines_[index]);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

std::size_t YamlText::offset(Position position) const {
  if (position.line < 1) return 0;
  const auto index = static_cast<std::size_t>(position.line - 1);
  if (index >= lines_.size()) return text_.size();
  return std::min(text_.size(), lines_[index] + static_cast<std::size_t>(std::max(0, position.column - 1)));
}

Position YamlText::position(std::size_t offset) const {
  const auto next = std::upper_bound(lines_.begin(), lines_.end(), offset);
  return {static_cast<int>(next - lines_.begin()), static_cast<int>(offset - *(next - 1)) + 1};
}

bool YamlText::check_characters(std::string_view file, Problems& problems) const {
  if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff")) {
    problems.error(file, {1, 1}, "the file is UTF-16", "save it as UTF-8");
    return false;
  }
  bool warned = false;
  for (std::size_t at = 0; at < text_.size();) {
    const auto byte = static_cast<unsigned char>(text_[at]);
    if ((byte >= 0x20 && byte < 0x7f) || byte == '\n') {
      ++at;
      continue;
    }
    const Rune rune = first_rune(text_.substr(at));
    if (!rune.valid) {
      problems.error(file, position(at), fmt::format("invalid UTF-8: byte 0x{:02x}", byte),
                     "save the file as UTF-8");
      return false;
    }
    const auto code = static_cast<unsigned>(rune.value);
    if (is_control(rune.value)) {
      problems.error(file, position(at), fmt::format("control character U+{:04X} is not allowed", code),
                     "remove it, or write it as an escape inside double quotes");
      return false;
    }
    if (is_foreign_line_end(rune.value) && !warned) {
      problems.warning(file, position(at),
                       fmt::format("invisible line end U+{:04X} is read as part of the text", code),
                       "replace it by a blank or a line break");
      warned = true;
    }
    at += rune.bytes;
  }
  return true;
}

bool YamlText::quote_is_closed(std::size_t start) const {
  std::size_t at = start;
  // Anchor and tag, in either order, each ended by a blank; comments may follow them.
  while (at < text_.size() &&
         (text_[at] == '&' || text_[at] == '!' || text_[at] == '#' || is_blank(text_[at]))) {
    const char* ends = text_[at] == '#' ? "\n" : " \t\r\n";
    at = is_blank(text_[at]) ? at + 1 : std::min(text_.size(), text_.find_first_of(ends, at));
  }
  if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return true;  // a block scalar
  const char quote = text_[at];
  for (++at; at < text_.size(); ++at) {
    const bool pair = at + 1 < text_.size() && quote == '\'' && text_[at] == quote && text_[at + 1] == quote;
    if (pair || (quote == '"' && text_[at] == '\\')) {
      ++at;
    } else if (text_[at] == quote) {
      return true;
    }
  }
  return false;
}

std::size_t YamlText::dash_before(std::size_t offset) const {
  Position place = position(std::min(offset, text_.size()));
  std::string_view before = line(place.line).substr(0, static_cast<std::size_t>(place.column - 1));
  while (trimmed(without_comment(before)).empty() && place.line > 1) before = line(--place.line);
  const std::string_view content = without_comment(before);
  const std::size_t last = content.find_last_not_of(kBlanks);
  if (last == std::string_view::npos || content[last] != '-') return offset;
  return this->offset({place.line, static_cast<int>(last) + 1});
}

SyntaxError explain_syntax_error(const YamlText& text, Position place, std::string_view parser_message) {
  const std::string_view line = text.line(place.line);
  std::string_view above;
  for (int number = place.line - 1; number > 0 && above.empty(); --number) above = trimmed(text.line(number));
  const auto says = [&](std::string_view words) {
    return parser_message.find(words) != std::string_view::npos;
  };

  if (says("tab") || is_indented_by_tab(line)) {
    return {"a tab is used for indentation", "YAML is indented with blanks, not tabs"};
  }
  if (starts_with_braces(line))
    return {"unexpected text after a mapping in braces", std::string(kQuoteBraces)};
  if (says("end of map flow")) return {"a mapping in braces is not closed", "add the missing } or ,"};
  if (says("end of sequence flow")) return {"a list in brackets is not closed", "add the missing ] or ,"};
  if (says("EOF in scalar")) return {"a quoted text is not closed", "add the missing quote"};
  if (says("escape character") || says("hex number") || says("invalid unicode")) {
    return {"unknown escape in double quotes", R"(write \\ for a backslash, or use single quotes)"};
  }
  if (says("anchor") || says("alias")) {
    return {"the referenced anchor is not defined", "text that starts with * or & must stand in quotes"};
  }
  if (says("unknown token")) {
    const std::size_t at = text.offset(place);
    const std::string_view found =
        text.all().substr(at, at < text.all().size() ? first_rune(text.all().substr(at)).bytes : 0);
    return {fmt::format("text may not start with {}", found), "put the text into quotes"};
  }
  if (lacks_blank_after_colon(above) || lacks_blank_after_colon(line)) {
    return {"a mapping is expected here",
            "a blank is needed between the colon and the value: \"key: value\""};
  }
  const std::size_t before = text.all().substr(0, text.offset(place)).find_last_not_of(kBlanks);
  if (says("end of map") && before != std::string_view::npos &&
      (text.all()[before] == '"' || text.all()[before] == '\'')) {
    return {"unexpected text after a closing quote", text.all()[before] == '"'
                                                         ? R"(inside double quotes write \" for a quote)"
                                                         : "inside single quotes write '' for a quote"};
  }
  if (says("illegal map value")) {
    const bool second =
        line.substr(0, std::min(line.size(), text.offset(place) - text.offset({place.line, 1}))).find(": ") !=
        std::string_view::npos;
    return {"a colon is not allowed here", second
                                               ? "a value that holds \": \" must stand in quotes"
                                               : "check that the key is indented like the keys next to it"};
  }
  if (says("block entry")) {
    return {"a list item is not allowed here",
            "begin the list on a line of its own; text that starts with - must stand in quotes"};
  }
  if (says("end of map") || says("end of seq")) {
    return {"the indentation does not fit the lines above", "indent keys and list items of one block alike"};
  }
  if (says("flow end"))
    return {"a closing bracket without an opening one", "text that starts with ] or } must stand in quotes"};
  return {fmt::format("YAML syntax: {}", parser_message), ""};
}

}  // namespace tocsin
