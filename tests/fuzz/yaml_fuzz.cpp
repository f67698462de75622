// Whatever bytes are read as YAML, and as a rule file: see the properties.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/yaml_text.h"
#include "rules/rule_file.h"
#include "rules/rule_file_format.h"
#include "tests/core/yaml_properties.h"

namespace {

using namespace tocsin;

// "" where all hold: problems stand in the text, and what was formatted is formatted.
std::string broken_rule_file_property(std::string_view text) {
  Problems problems;
  read_rule_file(text, "f.yml", problems);
  const auto lines = static_cast<int>(1 + std::count(text.begin(), text.end(), '\n'));
  for (const Problem& problem : problems.all()) {
    if (problem.position.line < 0 || problem.position.line > lines || problem.position.column < 0)
      return "a problem outside of the text: " + problem.to_string();
  }
  Problems ignored;
  const auto formatted = format_rule_file(text, "f.yml", ignored);
  if (formatted && format_rule_file(*formatted, "f.yml", ignored) != formatted)
    return "it is formatted differently the second time: " + *formatted;
  return "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& broken : {broken_yaml_property(text), broken_rule_file_property(text)}) {
    if (broken.empty()) continue;
    std::fprintf(stderr, "broken: %s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
