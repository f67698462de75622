#include "app/takeover.h"

#include <doctest/doctest.h>

#include <map>

#include "router/imported_log.h"
#include "router/silence_records.h"

using namespace tocsin;

namespace {

const TimePoint kNow = TimePoint(std::chrono::seconds(1'700'000'000));

struct Folder {
  std::map<std::string, std::string> files;
  ReadFile reader() const {
    return [this](const std::string& path) -> Result<std::optional<std::string>> {
      const auto file = files.find(path);
      if (file == files.end()) return std::nullopt;
      if (file->second == "unreadable") return fail(path + ": permission denied");
      return file->second;
    };
  }
};

std::string field(int number, std::string_view bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  return out + static_cast<char>(bytes.size()) + std::string(bytes);
}

std::string number(int field, std::uint64_t value) {
  std::string out(1, static_cast<char>(field << 3));
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string frame(std::string_view message) {
  return std::string(1, static_cast<char>(message.size())) + std::string(message);
}

std::string time(std::int64_t seconds) {
  return number(1, static_cast<std::uint64_t>(seconds));
}

// One entry of the log: slack was told at second -100 that one alert fires.
std::string log_entry(std::int64_t expires) {
  const std::string receiver = field(1, "team") + field(2, "slack");
  const std::string entry = field(1, "{}:{}") + field(2, receiver) + field(5, time(1'699'999'900)) +
                            field(6, std::string(1, '\x07'));
  return frame(field(1, entry) + field(2, time(expires)));
}

}  // namespace

TEST_CASE("without files of Alertmanager there is nothing to take over, and the next start looks again") {
  const Takeover nothing = take_over("data", {}, kNow, Folder{}.reader());
  CHECK(nothing.records.empty());
  CHECK(nothing.problems.empty());
}

TEST_CASE("what was told is taken over once, unless it has expired") {
  Folder folder;
  folder.files["data/nflog"] = log_entry(1'700'000'500) + log_entry(1'699'999'999);
  const Takeover first = take_over("data", {}, kNow, folder.reader());
  CHECK(first.problems.empty());
  CHECK(first.groups == 1);
  REQUIRE(first.records.size() == 2);
  CHECK(first.records[0].bucket == kImportedBucket);
  CHECK(first.records[0].key == "{}:{}|team/slack[0]");
  CHECK(first.records[1].bucket == "takeover");
  CHECK(take_over("data", first.records, kNow, folder.reader()).records.empty());
}

TEST_CASE("a damaged or unreadable file is told, and does not stop the rest") {
  Folder folder;
  folder.files["data/silences"] = "unreadable";
  folder.files["data/nflog"] = log_entry(1'700'000'500) + "\xff\xff";
  const Takeover some = take_over("data", {}, kNow, folder.reader());
  REQUIRE(some.problems.size() == 2);
  CHECK(some.problems[0] == "data/silences: permission denied");
  CHECK(some.problems[1].starts_with("data/nflog: at byte"));
  CHECK(some.groups == 1);
}
