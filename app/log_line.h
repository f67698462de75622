// One line of the log as text: logfmt or JSON, as Prometheus and Alertmanager print them (Go's slog).
// Whatever a value holds, it stays one line and one value: blanks and quotes are quoted, control characters
// are escaped, so that nobody writes lines into the log by naming a label.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/notice.h"
#include "core/result.h"
#include "core/time.h"

namespace tocsin {

using LogLevel = NoticeLevel;
using LogFields = std::vector<std::pair<std::string_view, std::string>>;

enum class LogFormat { kLogfmt, kJson };

// The values of --log.level (debug, info, warn, error) and --log.format (logfmt, json).
Result<LogLevel> parse_log_level(std::string_view);
Result<LogFormat> parse_log_format(std::string_view);

// Without a newline at the end. User names and passwords in URLs are left out.
std::string log_line(LogFormat, TimePoint, LogLevel, std::string_view message, const LogFields&);

}  // namespace tocsin
