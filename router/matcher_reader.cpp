#include "router/matcher_reader.h"

#include <fmt/format.h>

namespace tocsin {

void read_match(YamlObject& object, std::string_view key, MatchType type, Matchers& out) {
  std::map<std::string, std::string> pairs;
  if (!object.text_map(key, pairs)) return;
  for (const auto& [name, value] : pairs) {
    if (!is_legacy_label_name(name)) {
      object.error(key, fmt::format("{} is not a label name that {} can hold", go_quote(name), key),
                   "matchers in text form take any name");
      continue;
    }
    Result<Matcher> matcher = Matcher::make(name, type, value);
    if (matcher) {
      out.push_back(std::move(*matcher));
    } else {
      object.error(key, fmt::format("{}: {}", name, matcher.error().message));
    }
  }
}

void read_matchers(YamlObject& object, std::string_view key, MatcherDialect dialect, Matchers& out) {
  Problems& problems = object.problems();
  for (const YamlNode& item : object.list(key)) {
    if (item.kind() != YamlNode::Kind::kScalar) {
      problems.error(item.file(), item.position(), "a matcher is a text", "write it as '- name=\"value\"'");
      continue;
    }
    Result<ParsedMatchers> parsed = parse_matchers(item.text(), dialect);
    if (!parsed) {
      problems.error(item.file(), item.position(),
                     fmt::format("matcher {}: {}", go_quote(item.text()), parsed.error().message));
      continue;
    }
    if (!parsed->warning.empty()) problems.warning(item.file(), item.position(), parsed->warning);
    for (Matcher& matcher : parsed->matchers) out.push_back(std::move(matcher));
  }
}

bool is_label_name(std::string_view name, MatcherDialect dialect) {
  if (dialect == MatcherDialect::kClassic) return is_legacy_label_name(name);
  return !name.empty() && is_valid_utf8(name);
}

}  // namespace tocsin
