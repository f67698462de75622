#include "router/matcher_values.h"

#include <algorithm>
#include <map>

namespace tocsin {
namespace {

// Means itself in a regex, wherever it stands.
bool is_literal(char c) {
  if (static_cast<unsigned char>(c) >= 0x80) return true;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("_-/:@,% ").find(c) != std::string_view::npos;
}

std::string_view without_parentheses(std::string_view regex) {
  if (!regex.starts_with('(') || !regex.ends_with(')')) return regex;
  std::string_view inner = regex.substr(1, regex.size() - 2);
  if (inner.starts_with("?:")) inner.remove_prefix(2);
  return inner;
}

std::optional<std::vector<std::string>> words_of(std::string_view regex) {
  std::vector<std::string> words(1);
  for (char c : without_parentheses(regex)) {
    if (c == '|') {
      words.emplace_back();
    } else if (is_literal(c)) {
      words.back() += c;
    } else {
      return std::nullopt;
    }
  }
  return words;
}

// All matchers of one label together.
bool satisfiable(const std::vector<const Matcher*>& matchers) {
  for (const Matcher* matcher : matchers) {
    const auto values = finite_values(*matcher);
    if (!values) continue;
    return std::ranges::any_of(*values, [&](const std::string& value) {
      return std::ranges::all_of(matchers, [&](const Matcher* other) { return other->matches(value); });
    });
  }
  for (const Matcher* a : matchers) {
    for (const Matcher* b : matchers) {
      const bool opposites = a->type() == MatchType::kRegex && b->type() == MatchType::kNotRegex;
      if (opposites && a->value() == b->value()) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> finite_values(const Matcher& matcher) {
  switch (matcher.type()) {
    case MatchType::kEqual:
      return std::vector{matcher.value()};
    case MatchType::kRegex:
      return words_of(matcher.value());
    case MatchType::kNotEqual:
    case MatchType::kNotRegex:
      break;
  }
  return std::nullopt;
}

bool may_overlap(const Matchers& a, const Matchers& b) {
  std::map<std::string_view, std::vector<const Matcher*>> by_label;
  for (const Matchers* side : {&a, &b}) {
    for (const Matcher& matcher : *side) by_label[matcher.name()].push_back(&matcher);
  }
  return std::ranges::all_of(by_label, [](const auto& entry) { return satisfiable(entry.second); });
}

}  // namespace tocsin
