// The log: lines on standard error, with the machine's time. What a line looks like is log_line. Safe to call
// from any thread; before Log::init it logs everything from INFO on as logfmt.
#pragma once

#include <span>
#include <string_view>

#include "app/log_line.h"

namespace tocsin {

class Log {
 public:
  // At the start, before other threads log. Lines below the level are dropped.
  static void init(LogLevel, LogFormat);
  static bool shows(LogLevel);
};

// log(LogLevel::kInfo, "Listening on", {{"address", server.address()}});
void log(LogLevel, std::string_view message, const LogFields& = {});

// One line each, at the level of its kind: the kind as the message, then the labels or the subject, then the
// details.
void log_notices(std::span<const Notice>);
// What of a notice stands behind its kind.
LogFields log_fields(const Notice&);

}  // namespace tocsin
