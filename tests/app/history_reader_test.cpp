// Both readers, each on the store that it is made for.
#include "app/history_reader.h"

#include <doctest/doctest.h>

#include "app/memory_store.h"
#include "app/sqlite_store.h"
#include "app/sqlite_store_history.h"
#include "tests/app/shell_support.h"

using namespace std::chrono_literals;
using namespace tocsin;
using tocsin::test::Folder;

namespace {

const TimePoint kNow = TimePoint(1'700'000'000s);

template <class Story>
void with_each_reader(Story story) {
  const Folder folder;
  const auto sqlite = SqliteStore::open(folder.path(), kNow);
  REQUIRE(sqlite.has_value());
  SqliteHistoryReader file(folder.path());
  story(*sqlite->store, file);
  MemoryStore memory;
  StoreHistoryReader twin(memory);
  story(memory, twin);
}

}  // namespace

TEST_CASE("the history is read newest first, by subjects, within a time and up to a limit") {
  with_each_reader([](Store& store, HistoryReader& reader) {
    REQUIRE(store.commit({}, std::vector<HistoryEntry>{{kNow, "AlertFired", "a", "{\"n\":1}"},
                                                       {kNow, "GroupOpened", "g", "{\"n\":2}"},
                                                       {kNow + 30s, "Notified", "g", "{\"n\":3}"},
                                                       {kNow + 30s, "AlertFired", "b", "{\"n\":4}"},
                                                       {kNow + 60s, "AlertResolved", "a", "{\"n\":5}"}}));
    const auto seen = [&](const HistoryQuery& query) {
      std::string numbers;
      const auto entries = reader.read(query).value();
      for (const HistoryEntry& entry : entries) numbers += entry.json.at(5);
      return numbers;
    };
    CHECK(seen({}) == "54321");
    CHECK(seen({.limit = 2}) == "54");
    CHECK(seen({.limit = 0}) == "");
    CHECK(seen({.subjects = {"a"}}) == "51");
    CHECK(seen({.subjects = {"g", "a", "g"}}) == "5321");
    CHECK(seen({.subjects = {"g", "a"}, .limit = 3}) == "532");
    CHECK(seen({.subjects = {"nobody"}}) == "");
    CHECK(seen({.until = kNow + 30s}) == "4321");
    CHECK(seen({.from = kNow + 30s}) == "543");
    CHECK(seen({.subjects = {"a", "b"}, .from = kNow + 1s, .until = kNow + 59s}) == "4");
    const HistoryEntry newest = reader.read({.limit = 1}).value().at(0);
    CHECK(newest.at == kNow + 60s);
    CHECK(newest.kind == "AlertResolved");
    CHECK(newest.subject == "a");
  });
}

TEST_CASE("a reader sees each commit, and a missing file is an error with its name") {
  const Folder folder;
  SqliteHistoryReader reader(folder.path());
  CHECK(reader.read({}).error().message.starts_with("cannot read the history in " + folder.path() +
                                                    "/tocsin.db: "));
  const auto opened = SqliteStore::open(folder.path(), kNow);
  REQUIRE(opened.has_value());
  CHECK(reader.read({}).value().empty());
  for (std::size_t i = 1; i <= 3; ++i) {
    REQUIRE(opened->store->commit({}, std::vector<HistoryEntry>{{kNow, "AlertFired", "a", "{}"}}));
    CHECK(reader.read({}).value().size() == i);
  }
}
