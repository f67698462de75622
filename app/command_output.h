// CommandOutput: what a command prints and how it exits, as a value, so that commands are tested without a
// terminal.
#pragma once

#include <string>

namespace tocsin {

struct CommandOutput {
  std::string out;
  std::string err;
  int exit_code = 0;  // 0 fine, 1 findings or failures, 2 usage
};

// Returns the exit code.
int print(const CommandOutput&);

}  // namespace tocsin
