#include "core/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <tuple>

#include "core/matcher_dialects.h"

namespace tocsin {

// What a regex value compiles to. Most are no more than a few words between bars, or .*: those need no
// automaton.
struct Matcher::Regex {
  enum class Shape { kWords, kAnything, kSomething, kAutomaton };
  Shape shape = Shape::kAutomaton;
  std::vector<std::string> words;  // sorted
  std::unique_ptr<const RE2> automaton;

  bool matches(std::string_view text) const {
    switch (shape) {
      case Shape::kWords:
        return std::binary_search(words.begin(), words.end(), text);
      case Shape::kAnything:
        return true;
      case Shape::kSomething:
        return !text.empty();
      case Shape::kAutomaton:
        break;
    }
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *automaton);
  }
};

namespace {

// RE2 reads \C as "any byte"; Go has no such thing. \Q … \E holds literal text.
bool holds_any_byte_escape(std::string_view pattern) {
  for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '\\') continue;
    if (pattern[i + 1] == 'C') return true;
    if (pattern[i + 1] == 'Q') {
      const std::size_t end = pattern.find("\\E", i + 2);
      if (end == std::string_view::npos) return false;
      i = end;
    }
    ++i;
  }
  return false;
}

std::vector<std::string> words_between_bars(std::string_view pattern) {
  std::vector<std::string> words;
  for (std::size_t begin = 0;;) {
    const std::size_t end = pattern.find('|', begin);
    words.emplace_back(pattern.substr(begin, end - begin));
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  std::sort(words.begin(), words.end());
  return words;
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

std::string reason_of(const RE2& compiled, const std::string& value) {
  // Compiled alone the value gives a message without the anchors that the user did not write.
  const RE2 alone(value, quiet());
  return alone.ok() ? compiled.error() : alone.error();
}

// \ " and line breaks escaped, as the OpenMetrics text format does it.
std::string escape_value(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string_view to_string(MatchType type) {
  switch (type) {
    case MatchType::kEqual:
      return "=";
    case MatchType::kNotEqual:
      return "!=";
    case MatchType::kRegex:
      return "=~";
    case MatchType::kNotRegex:
      return "!~";
  }
  return "";
}

Result<Matcher> Matcher::make(std::string name, MatchType type, std::string value) {
  Matcher matcher;
  matcher.name_ = std::move(name);
  matcher.type_ = type;
  matcher.value_ = std::move(value);
  if (type == MatchType::kEqual || type == MatchType::kNotEqual) return matcher;

  const std::string& pattern = matcher.value_;
  const auto refuse = [&](std::string_view reason) {
    return fail(fmt::format("label {}: invalid regular expression {}: {}", go_quote(matcher.name_),
                            go_quote(pattern), reason));
  };
  if (!is_valid_utf8(pattern)) return refuse("invalid UTF-8");
  if (holds_any_byte_escape(pattern)) return refuse("invalid escape sequence: \\C");

  auto regex = std::make_shared<Regex>();
  if (pattern == ".*" || pattern == ".+") {
    regex->shape = pattern == ".*" ? Regex::Shape::kAnything : Regex::Shape::kSomething;
  } else if (pattern.find_first_of("\\.+*?()[]{}^$") == std::string::npos) {
    regex->shape = Regex::Shape::kWords;
    regex->words = words_between_bars(pattern);
  } else {
    auto compiled = std::make_unique<const RE2>("^(?s:" + pattern + ")$", quiet());
    if (!compiled->ok()) return refuse(reason_of(*compiled, pattern));
    regex->automaton = std::move(compiled);
  }
  matcher.regex_ = std::move(regex);
  return matcher;
}

bool Matcher::matches(std::string_view label_value) const {
  switch (type_) {
    case MatchType::kEqual:
      return label_value == value_;
    case MatchType::kNotEqual:
      return label_value != value_;
    case MatchType::kRegex:
      return regex_->matches(label_value);
    case MatchType::kNotRegex:
      return !regex_->matches(label_value);
  }
  return false;
}

std::string Matcher::to_string() const {
  if (holds_reserved_rune(name_))
    return fmt::format("{}{}{}", go_quote(name_), tocsin::to_string(type_), go_quote(value_));
  return fmt::format("{}{}\"{}\"", name_, tocsin::to_string(type_), escape_value(value_));
}

bool operator<(const Matcher& a, const Matcher& b) {
  return std::tie(a.name_, a.value_, a.type_) < std::tie(b.name_, b.value_, b.type_);
}

bool operator==(const Matcher& a, const Matcher& b) {
  return a.type_ == b.type_ && a.name_ == b.name_ && a.value_ == b.value_;
}

bool match_all(const Matchers& matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& matcher) { return matcher.matches(labels); });
}

std::string to_string(const Matchers& matchers) {
  std::string text = "{";
  for (const Matcher& matcher : matchers) {
    if (text.size() > 1) text += ',';
    text += matcher.to_string();
  }
  return text + '}';
}

}  // namespace tocsin
