#include "app/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>

namespace tocsin {
namespace {

std::atomic<LogFormat> format{LogFormat::kLogfmt};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::off;
}

// Lines come to it complete. It is never destroyed, because threads may log while the program ends.
spdlog::logger& logger() {
  static spdlog::logger* const kLogger = [] {
    auto* made = new spdlog::logger("tocsin", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n"));
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *kLogger;
}

TimePoint time_of_machine() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

// One line or several, the level that of the highest.
void write(LogLevel level, const std::string& lines) {
  logger().log(spdlog_level(level), spdlog::string_view_t(lines.data(), lines.size()));
}

}  // namespace

void Log::init(LogLevel level, LogFormat chosen) {
  format = chosen;
  logger().set_level(spdlog_level(level));
}

bool Log::shows(LogLevel level) {
  return logger().should_log(spdlog_level(level));
}

void log(LogLevel level, std::string_view message, const LogFields& fields) {
  if (!Log::shows(level)) return;
  write(level, log_line(format, time_of_machine(), level, message, fields));
}

LogFields log_fields(const Notice& notice) {
  LogFields fields;
  if (!notice.labels.empty()) {
    fields.emplace_back("labels", notice.labels.to_string());
  } else if (!notice.subject.empty()) {
    fields.emplace_back("subject", notice.subject);
  }
  fields.insert(fields.end(), notice.details.begin(), notice.details.end());
  return fields;
}

// A step may have thousands: their lines go out together.
void log_notices(std::span<const Notice> notices) {
  constexpr std::size_t kEnoughBytes = 64 << 10;
  std::string lines;
  LogLevel highest = LogLevel::kDebug;
  const auto write_lines = [&] {
    if (!lines.empty()) write(highest, lines);
    lines.clear();
    highest = LogLevel::kDebug;
  };
  const TimePoint now = time_of_machine();
  for (const Notice& notice : notices) {
    const LogLevel at = level(notice.kind);
    if (!Log::shows(at)) continue;
    if (!lines.empty()) lines += '\n';
    lines += log_line(format, now, at, to_string(notice.kind), log_fields(notice));
    highest = std::max(highest, at);
    if (lines.size() >= kEnoughBytes) write_lines();
  }
  write_lines();
}

}  // namespace tocsin
