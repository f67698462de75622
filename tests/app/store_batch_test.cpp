#include "app/store_batch.h"

#include <doctest/doctest.h>
#include <snappy.h>

#include <random>

using namespace tocsin;

namespace {

const std::vector<Record> kRecords = {{"alert", "a1", R"({"labels":{"alertname":"A"}})"},
                                      {"told", "", std::nullopt},
                                      {"", std::string("\0\xff", 2), ""},
                                      {"big", "b", std::string(300, 'x')}};
const std::vector<HistoryEntry> kHistory = {
    {TimePoint(std::chrono::seconds(1'700'000'000)), "AlertFired", "a1", "{}"}, {kNoTime, "", "", ""}};

}  // namespace

TEST_CASE("what is written is read, one commit after the other") {
  StoreBatchWriter writer;
  StoreBatch batch;
  REQUIRE(read_batch(writer.write(kRecords, kHistory), batch));
  REQUIRE(read_batch(writer.write({}, {}), batch));
  REQUIRE(read_batch(writer.write({{{"x", "y", "z"}}}, {}), batch));
  std::vector<Record> expected = kRecords;
  expected.push_back({"x", "y", "z"});
  CHECK(batch.records == expected);
  REQUIRE(batch.history.size() == 2);
  CHECK(batch.history[0].at == kHistory[0].at);
  CHECK(batch.history[0].kind == "AlertFired");
  CHECK(batch.history[0].subject == "a1");
  CHECK(batch.history[0].json == "{}");
  CHECK(batch.history[1].at == kNoTime);
}

namespace {

// The form of a batch, written down once more: what older programs wrote, and read.
std::string plain_bytes(const std::vector<Record>& records, const std::vector<HistoryEntry>& history) {
  std::string bytes;
  const auto number = [&](std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
    bytes += static_cast<char>(value);
  };
  const auto text = [&](const std::string& value) {
    number(value.size());
    bytes += value;
  };
  number(records.size());
  for (const Record& record : records) {
    text(record.bucket);
    text(record.key);
    bytes += record.value ? '\1' : '\0';
    if (record.value) text(*record.value);
  }
  number(history.size());
  for (const HistoryEntry& line : history) {
    number(static_cast<std::uint64_t>(line.at.time_since_epoch().count()));
    text(line.kind);
    text(line.subject);
    text(line.json);
  }
  return bytes;
}

}  // namespace

TEST_CASE("commits of every size are written in the one form, and read again") {
  StoreBatchWriter writer;
  std::mt19937 random(11);
  for (const std::size_t count : {0, 1, 40, 300, 3000}) {
    for (const std::size_t longest : {20, 3000, 200'000}) {
      if (count * longest > 40'000'000) continue;
      for (const bool with_history : {true, false}) {
        std::vector<Record> records;
        std::vector<HistoryEntry> history;
        for (std::size_t i = 0; i < count; ++i) {
          Record record{"bucket", std::to_string(i), std::nullopt};
          if (i % 5 != 3) record.value = std::string(random() % longest, static_cast<char>('a' + i % 26));
          if (with_history || count % 3 == 1) records.push_back(std::move(record));
          if (with_history || count % 3 == 0)
            history.push_back({kHistory[0].at, "Kind", std::to_string(random()),
                               std::string(random() % longest, static_cast<char>(random()))});
        }
        const std::string bytes = writer.write(records, history);
        std::string plain;
        REQUIRE(snappy::Uncompress(bytes.data(), bytes.size() - 1, &plain));
        CHECK((plain == plain_bytes(records, history)));
        StoreBatch batch;
        REQUIRE(read_batch(bytes, batch));
        CHECK((batch.records == records));
        CHECK(batch.history.size() == history.size());
      }
    }
  }
}

TEST_CASE("of a commit that lacks a piece nothing is believed") {
  const std::string whole = StoreBatchWriter().write(kRecords, kHistory);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    StoreBatch batch;
    CHECK_MESSAGE(!read_batch(std::string_view(whole).substr(0, size), batch), size);
  }
  // Whatever else the disk makes of it, reading ends.
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = whole;
    for (int i = 0; i <= round % 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    StoreBatch batch;
    (void)read_batch(damaged, batch);
  }
}

TEST_CASE("of each key the last value stays, in order") {
  std::vector<Record> records = {
      {"b", "1", "x"}, {"a", "2", "x"}, {"b", "1", std::nullopt}, {"a", "2", "y"}, {"a", "1", "z"}};
  keep_last_values(records);
  CHECK(records == std::vector<Record>{{"a", "1", "z"}, {"a", "2", "y"}, {"b", "1", std::nullopt}});
}
