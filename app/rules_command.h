// `tocsin rules`: works on rule files. Exit codes: 0 fine, 1 a file that cannot be converted or written (then
// none is), 2 usage.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/command_output.h"
#include "app/files.h"
#include "app/options_rules.h"

namespace tocsin {

int run_rules_convert(const RulesConvertOptions&);

// The same with the files given, and what is printed and written as values.
struct RulesConverted {
  CommandOutput output;
  std::vector<std::pair<std::string, std::string>> files;  // path, text
};
RulesConverted convert_rules(const RulesConvertOptions&, Files&);

}  // namespace tocsin
