// Runs a program to its end and takes what it prints. No shell: arguments arrive as they are.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace tocsin {

struct Finish {
  int exit_code = 0;  // 128 + the signal where one ended it
  std::string out;
  std::string err;
};

// The first argument is the program, looked up in PATH. It reads nothing. Fails where it cannot be started.
Result<Finish> run_program(const std::vector<std::string>& arguments);

}  // namespace tocsin
