#include "app/command_output.h"

#include <cstdio>

namespace tocsin {

int print(const CommandOutput& output) {
  std::fputs(output.err.c_str(), stderr);
  std::fputs(output.out.c_str(), stdout);
  return output.exit_code;
}

}  // namespace tocsin
