#include "tests/scenarios/label_text.h"

#include <cstdlib>
#include <string>

#include "core/matcher.h"

namespace tocsin {
namespace {

void skip_blanks(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

// Of the brace that closes the first one; quoted braces do not count.
std::size_t closing_brace(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '}' && !quoted) return i;
  }
  return std::string_view::npos;
}

}  // namespace

std::string_view take_word(std::string_view& text) {
  skip_blanks(text);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  skip_blanks(text);
  return word;
}

std::optional<Labels> take_labels(std::string_view& text) {
  skip_blanks(text);
  const std::size_t end = closing_brace(text);
  if (!text.starts_with('{') || end == std::string_view::npos) return std::nullopt;
  const std::string_view set = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  if (set == "{}") return Labels();
  const auto matchers = parse_matchers(set);
  if (!matchers) return std::nullopt;
  LabelsBuilder labels;
  for (const Matcher& matcher : matchers->matchers) labels.set(matcher.name(), matcher.value());
  return labels.build();
}

std::optional<std::vector<Sample>> read_samples(std::string_view text) {
  std::vector<Sample> samples;
  skip_blanks(text);
  if (text == "nothing") return samples;
  while (!text.empty()) {
    Sample sample;
    auto labels = take_labels(text);
    if (!labels) return std::nullopt;
    sample.labels = std::move(*labels);
    const std::string value(text.substr(0, text.find(',')));
    char* end = nullptr;
    sample.value = std::strtod(value.c_str(), &end);
    if (end == value.c_str()) return std::nullopt;
    text.remove_prefix(value.size());
    if (text.starts_with(',')) text.remove_prefix(1);
    skip_blanks(text);
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace tocsin
