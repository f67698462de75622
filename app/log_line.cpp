#include "app/log_line.h"

#include "core/json.h"
#include "core/labels.h"

namespace tocsin {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARN";
    case LogLevel::kError:
      return "ERROR";
  }
  return "";
}

// Takes user:password@ out of every URL in a text: a last safeguard, for messages of libraries and of
// services.
std::string without_passwords(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out.append(text);
    const std::size_t begin = scheme + 3;
    out.append(text.substr(0, begin));
    text.remove_prefix(begin);
    const std::string_view authority = text.substr(0, text.find_first_of("/?# \t\r\n\"'<>"));
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  }
}

// As slog does: plain where nothing needs quotes, otherwise as a Go string.
void append_logfmt_value(std::string& line, std::string_view value) {
  std::string quoted = go_quote(value);
  const bool nothing_escaped = quoted.size() == value.size() + 2;
  const bool plain = !value.empty() && nothing_escaped && value.find_first_of(" =") == std::string_view::npos;
  line += plain ? std::string(value) : quoted;
}

// JSON leaves DEL and the controls from U+0080 to U+009F as they are; terminals act on them.
void append_json_value(std::string& line, std::string_view value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string json;
  append_json_string(json, value);
  for (std::size_t i = 0; i < json.size(); ++i) {
    auto byte = static_cast<unsigned char>(json[i]);
    const bool two_bytes =
        byte == 0xC2 && i + 1 < json.size() && static_cast<unsigned char>(json[i + 1]) < 0xA0;
    if (!two_bytes && byte != 0x7F) {
      line += json[i];
      continue;
    }
    if (two_bytes) byte = static_cast<unsigned char>(json[++i]);
    line.append("\\u00");
    line += kDigits[byte >> 4];
    line += kDigits[byte & 0xF];
  }
}

void append_field(std::string& line, LogFormat format, std::string_view name, std::string_view value) {
  if (format == LogFormat::kLogfmt) {
    if (!line.empty()) line += ' ';
    // Names are ours, but some are written for people: "held until".
    for (const char c : name) line += c == ' ' || c == '=' || c == '"' ? '_' : c;
    line += '=';
    append_logfmt_value(line, value);
    return;
  }
  line += line.empty() ? '{' : ',';
  append_json_value(line, name);
  line += ':';
  append_json_value(line, value);
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warn") return LogLevel::kWarning;
  if (text == "error") return LogLevel::kError;
  return fail("unknown log level \"" + std::string(text) + "\": one of debug, info, warn, error");
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "logfmt") return LogFormat::kLogfmt;
  if (text == "json") return LogFormat::kJson;
  return fail("unknown log format \"" + std::string(text) + "\": one of logfmt, json");
}

std::string log_line(LogFormat format, TimePoint time, LogLevel level, std::string_view message,
                     const LogFields& fields) {
  std::string line;
  append_field(line, format, "time", format_rfc3339_millis(time));
  append_field(line, format, "level", level_name(level));
  append_field(line, format, "msg", without_passwords(message));
  for (const auto& [name, value] : fields) append_field(line, format, name, without_passwords(value));
  if (format == LogFormat::kJson) line += '}';
  return line;
}

}  // namespace tocsin
