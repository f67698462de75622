#include "app/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "core/json.h"

using namespace tocsin;

namespace {

constexpr TimePoint kThen{std::chrono::milliseconds(1767323045678)};

std::string value_as(LogFormat format, std::string_view value) {
  const std::string line = log_line(format, kThen, LogLevel::kInfo, "m", {{"k", std::string(value)}});
  const std::string_view before = format == LogFormat::kJson
                                      ? R"({"time":"2026-01-02T03:04:05.678Z","level":"INFO","msg":"m","k":)"
                                      : "time=2026-01-02T03:04:05.678Z level=INFO msg=m k=";
  REQUIRE(line.starts_with(before));
  std::string text = line.substr(before.size());
  if (format == LogFormat::kJson) text.pop_back();
  return text;
}

// What is written to standard error while `action` runs.
template <class Action>
std::string standard_error_of(Action action) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stderr);
  const int before = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  action();
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("lines look like those of Prometheus and Alertmanager") {
  const LogFields fields = {{"address", "127.0.0.1:9093"}, {"held until", "later"}};
  CHECK(log_line(LogFormat::kLogfmt, kThen, LogLevel::kInfo, "Listening on", fields) ==
        "time=2026-01-02T03:04:05.678Z level=INFO msg=\"Listening on\" address=127.0.0.1:9093 "
        "held_until=later");
  CHECK(
      log_line(LogFormat::kJson, kThen, LogLevel::kWarning, "Listening on", fields) ==
      R"({"time":"2026-01-02T03:04:05.678Z","level":"WARN","msg":"Listening on","address":"127.0.0.1:9093",)"
      R"("held until":"later"})");
}

TEST_CASE("a value stays one value on one line, whatever it holds") {
  struct Row {
    std::string_view value;
    std::string_view logfmt;
    std::string_view json;
  };
  using namespace std::string_view_literals;
  for (const Row& row : {
           Row{"plain", "plain", R"("plain")"},
           Row{"", R"("")", R"("")"},
           Row{"a b", R"("a b")", R"("a b")"},
           Row{"a=b", R"("a=b")", R"("a=b")"},
           Row{"say \"x\"", R"("say \"x\"")", R"("say \"x\"")"},
           Row{"a\\b", R"("a\\b")", R"("a\\b")"},
           Row{"x\ntime=1 level=ERROR msg=forged", R"("x\ntime=1 level=ERROR msg=forged")",
               R"("x\ntime=1 level=ERROR msg=forged")"},
           Row{"a\rb", R"("a\rb")", R"("a\rb")"},
           Row{"a\tb", R"("a\tb")", R"("a\tb")"},
           Row{"\x1b[2J", R"("\x1b[2J")", R"("\u001b[2J")"},
           Row{"nul\0!"sv, R"("nul\x00!")", R"("nul\u0000!")"},
           Row{"\x7f", R"("\x7f")", R"("\u007f")"},
           Row{"\xc2\x9b"
               "2J",
               R"("\u009b2J")", R"("\u009b2J")"},
           Row{"\xe2\x80\xa8", R"("\u2028")", R"("\u2028")"},
           Row{"\xff", R"("\xff")", R"("\ufffd")"},
           Row{"größe", "größe", R"("größe")"},
           Row{"http://u:p@h/x", "http://h/x", R"("http://h/x")"},
           Row{"get \"https://u:p@ss@h?q\": refused", R"("get \"https://h?q\": refused")",
               R"("get \"https://h?q\": refused")"},
           Row{"a://b@c d://e@f", R"("a://c d://f")", R"("a://c d://f")"},
           Row{"mail to a@b", R"("mail to a@b")", R"("mail to a@b")"},
           Row{"http://h/path@x", "http://h/path@x", R"("http://h/path@x")"},
       }) {
    CAPTURE(row.value);
    CHECK(value_as(LogFormat::kLogfmt, row.value) == row.logfmt);
    CHECK(value_as(LogFormat::kJson, row.value) == row.json);
  }
}

TEST_CASE("every line of the JSON form is JSON") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string line = log_line(LogFormat::kJson, kThen, LogLevel::kError, all, {{"k", all}});
  CHECK(JsonValue::parse(line));
  CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("a notice shows its labels or its subject, then its details in order") {
  const Notice about_alert{
      NoticeKind::kAlertFired, "f00", {{"alertname", "Down"}}, {{"value", "1"}, {"group", "g"}}};
  CHECK(log_line(LogFormat::kLogfmt, kThen, level(about_alert.kind), to_string(about_alert.kind),
                 log_fields(about_alert)) ==
        "time=2026-01-02T03:04:05.678Z level=INFO msg=AlertFired labels=\"{alertname=\\\"Down\\\"}\" value=1 "
        "group=g");
  const Notice about_server{NoticeKind::kPrometheusReachable, "main", {}, {}};
  CHECK(log_fields(about_server) == LogFields{{"subject", "main"}});
}

TEST_CASE("what lies below the level is not printed") {
  const std::vector<Notice> notices = {{NoticeKind::kAlertPending, "quiet", {}, {}},
                                       {NoticeKind::kStoreFailed, "loud", {}, {{"error", "disk full"}}}};
  Log::init(LogLevel::kWarning, LogFormat::kJson);
  CHECK_FALSE(Log::shows(LogLevel::kInfo));
  const std::string text = standard_error_of([&] {
    log(LogLevel::kInfo, "quiet");
    log_notices(notices);
    log(LogLevel::kError, "{braces} stay", {{"k", "{}"}});
  });
  Log::init(LogLevel::kInfo, LogFormat::kLogfmt);
  const std::size_t first_end = text.find('\n');
  REQUIRE(first_end != std::string::npos);
  const auto first = JsonValue::parse(text.substr(0, first_end));
  REQUIRE(first);
  CHECK(first->text("msg") == "StoreFailed");
  CHECK(first->text("level") == "ERROR");
  CHECK(first->text("subject") == "loud");
  CHECK(first->text("error") == "disk full");
  const auto second = JsonValue::parse(text.substr(first_end + 1));
  REQUIRE(second);
  CHECK(second->text("msg") == "{braces} stay");
  CHECK(second->text("k") == "{}");
}

TEST_CASE("levels and formats are read as the command line writes them") {
  CHECK(parse_log_level("debug") == LogLevel::kDebug);
  CHECK(parse_log_level("warn") == LogLevel::kWarning);
  CHECK(parse_log_format("json") == LogFormat::kJson);
  CHECK(parse_log_level("WARN").error().message ==
        "unknown log level \"WARN\": one of debug, info, warn, error");
  CHECK(parse_log_format("xml").error().message == "unknown log format \"xml\": one of logfmt, json");
}
