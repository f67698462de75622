#include "app/matcher_arguments.h"

#include <fmt/format.h>

#include "core/labels.h"

namespace tocsin {
namespace {

// amtool takes whatever it cannot read for a name; a regex with a mistake would so find nothing, silently.
bool has_operator(const std::string& text) {
  return text.find('=') != std::string::npos || text.find("!~") != std::string::npos;
}

std::string with_alert_name(const std::vector<std::string>& arguments, std::size_t index) {
  const std::string& text = arguments[index];
  return index == 0 && !has_operator(text) ? "alertname=" + go_quote(text) : text;
}

void add_line(std::string& lines, const std::string& line) {
  if (!lines.empty()) lines += '\n';
  lines += line;
}

Result<std::map<std::string, std::string>> read_pairs(const std::vector<std::string>& texts,
                                                      const std::string& what) {
  std::map<std::string, std::string> pairs;
  std::string mistakes;
  for (const std::string& text : texts) {
    const auto parsed = parse_matcher(text);
    if (!parsed) {
      add_line(mistakes, fmt::format("{} {}: {}", what, go_quote(text), parsed.error().message));
      continue;
    }
    const Matcher& matcher = parsed->matchers.front();
    if (matcher.type() != MatchType::kEqual) {
      add_line(mistakes, fmt::format("{} {}: write it as NAME=VALUE", what, go_quote(text)));
      continue;
    }
    pairs[matcher.name()] = matcher.value();
  }
  if (!mistakes.empty()) return fail(mistakes);
  return pairs;
}

}  // namespace

Result<Matchers> read_matcher_arguments(const std::vector<std::string>& arguments) {
  Matchers matchers;
  std::string mistakes;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto parsed = parse_matcher(with_alert_name(arguments, i));
    if (parsed) {
      matchers.insert(matchers.end(), parsed->matchers.begin(), parsed->matchers.end());
    } else {
      add_line(mistakes, fmt::format("matcher {}: {}", go_quote(arguments[i]), parsed.error().message));
    }
  }
  if (!mistakes.empty()) return fail(mistakes);
  return matchers;
}

Result<std::map<std::string, std::string>> read_label_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < arguments.size(); ++i) texts.push_back(with_alert_name(arguments, i));
  return read_pairs(texts, "label");
}

Result<std::map<std::string, std::string>> read_pair_arguments(const std::vector<std::string>& arguments,
                                                               const std::string& what) {
  return read_pairs(arguments, what);
}

}  // namespace tocsin
