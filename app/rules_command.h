// `tocsin rules`: converts and formats rule files. Exit codes: 0 fine; 1 a file with mistakes (where files
// are converted, none is written then), one that cannot be written, or, with --check, one that would change;
// 2 usage.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/command_output.h"
#include "app/files.h"
#include "app/options_rules.h"

namespace tocsin {

int run_rules(const RulesOptions&);

// The same with the files given, and what is printed and written as values.
struct RulesOutput {
  CommandOutput output;
  std::vector<std::pair<std::string, std::string>> files;  // path, text
};
RulesOutput convert_rules(const RulesConvertOptions&, Files&);
RulesOutput format_rules(const RulesFormatOptions&, Files&);

}  // namespace tocsin
