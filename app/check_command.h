// `tocsin check FILE…`: everything that is wrong with configuration and rule files, at once.
#pragma once

#include <string>

#include "app/command_output.h"
#include "app/files.h"
#include "app/options.h"
#include "app/transport.h"
#include "core/time.h"

namespace tocsin {

// What the check knows of where it runs.
struct CheckSurroundings {
  std::string current_folder;    // absolute
  bool colours = false;          // of what is printed
  TimePoint now{};               // suppressions of the past do not act
  Transport* network = nullptr;  // to the server of --prometheus; not needed without
};

// The report is in `out`, also where it shall go to a file; a baseline that shall be written is.
CommandOutput check(const CheckOptions&, const CheckSurroundings&, Files&);
int run_check(const CheckOptions&);

}  // namespace tocsin
