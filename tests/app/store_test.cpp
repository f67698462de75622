#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>

#include "app/memory_store.h"
#include "app/sqlite_store.h"
#include "app/sqlite_store_files.h"
#include "app/sqlite_store_history.h"
#include "tests/app/shell_support.h"

using namespace std::chrono_literals;
using namespace tocsin;
using tocsin::test::Folder;

namespace {

const TimePoint kNow = TimePoint(1'700'000'000s);

std::unique_ptr<SqliteStore> open_in(const std::string& folder) {
  auto opened = SqliteStore::open(folder, kNow);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
  CHECK(opened->warning == "");
  return std::move(opened->store);
}

Result<void> store(Store& to, const std::vector<Record>& records,
                   const std::vector<HistoryEntry>& history = {}) {
  return to.commit(records, history);
}

// Both stores, so that what simulation sees is what the daemon does.
template <class Story>
void with_each_store(Story story) {
  const Folder folder;
  const auto sqlite = open_in(folder.path());
  story(*sqlite);
  MemoryStore memory;
  story(memory);
}

}  // namespace

TEST_CASE("records come back in order, the last value wins, and a record without value deletes") {
  with_each_store([](Store& it) {
    CHECK(it.load().value().empty());
    const std::string bytes("\0\xff{}", 4);
    REQUIRE(
        store(it, {{"b", "2", "x"}, {"a", "z", "y"}, {"b", "1", bytes}, {"b", "2", "last"}, {"c", "", ""}}));
    CHECK(it.load().value() ==
          std::vector<Record>{{"a", "z", "y"}, {"b", "1", bytes}, {"b", "2", "last"}, {"c", "", ""}});
    REQUIRE(store(it, {{"b", "1", std::nullopt}, {"none", "x", std::nullopt}, {"a", "z", "new"}}));
    CHECK(it.load().value() == std::vector<Record>{{"a", "z", "new"}, {"b", "2", "last"}, {"c", "", ""}});
    REQUIRE(store(it, {{"a", "k", "v"}, {"a", "k", std::nullopt}}));
    CHECK(it.load().value().size() == 3);
  });
}

TEST_CASE("history comes newest first, by subject, up to a limit, and is forgotten by age") {
  with_each_store([](Store& it) {
    REQUIRE(store(it, {}, {{kNow, "Fired", "s1", "{\"n\":1}"}, {kNow + 1ns, "Fired", "s2", "{\"n\":2}"}}));
    REQUIRE(
        store(it, {}, {{kNow + 1ns, "Told", "s1", "{\"n\":3}"}, {kNow - 1s, "Pending", "s1", "{\"n\":0}"}}));
    const auto seen = [&](const std::string& subject, std::size_t limit) {
      std::string numbers;
      const auto entries = it.history(subject, limit).value();
      for (const auto& entry : entries) numbers += entry.json.at(5);
      return numbers;
    };
    CHECK(seen("", 100) == "3210");
    CHECK(seen("", std::numeric_limits<std::size_t>::max()) == "3210");
    CHECK(seen("", 2) == "32");
    CHECK(seen("s1", 100) == "310");
    CHECK(seen("s1", 1) == "3");
    CHECK(seen("nobody", 1) == "");
    CHECK(seen("", 0) == "");
    const auto newest = it.history("", 1).value().at(0);
    CHECK(newest.at == kNow + 1ns);
    CHECK(newest.kind == "Told");
    CHECK(newest.subject == "s1");
    REQUIRE(it.forget_history(kNow));
    CHECK(seen("", 100) == "321");
    REQUIRE(it.forget_history(kNow + 1s));
    CHECK(seen("", 100) == "");
  });
}

TEST_CASE("a commit that does not fit is an error, and nothing of it is stored") {
  const Folder folder;
  const auto it = open_in(folder.path());
  REQUIRE(store(*it, {{"a", "kept", "1"}}));
  REQUIRE(it->limit_size(100'000));
  std::string big;
  for (std::mt19937 random(1); big.size() < 1'000'000;) big += std::to_string(random());
  const auto failed =
      store(*it, {{"a", "kept", "2"}, {"a", "small", "x"}, {"a", "big", big}}, {{kNow, "Fired", "s", "{}"}});
  REQUIRE(!failed);
  CHECK(failed.error().message.find("cannot write " + folder.path() + "/tocsin-recent.db: ") == 0);
  CHECK(failed.error().message.find("full") != std::string::npos);
  CHECK(it->load().value() == std::vector<Record>{{"a", "kept", "1"}});
  CHECK(it->history("", 10).value().empty());
  REQUIRE(store(*it, {{"a", "after", "1"}}));  // it goes on as soon as there is room
  CHECK(it->load().value().size() == 2);
}

TEST_CASE("the twin in memory fails a commit as a full disk does") {
  MemoryStore it;
  REQUIRE(store(it, {{"a", "k", "1"}}));
  it.fail_commits(Error{"disk full"});
  CHECK(store(it, {{"a", "k", "2"}}).error().message == "disk full");
  it.fail_commits(std::nullopt);
  CHECK(it.load().value() == std::vector<Record>{{"a", "k", "1"}});
}

TEST_CASE("the folder is created, and what was committed is there after opening again") {
  const Folder folder;
  const std::string inner = folder.path() + "/a/b";
  REQUIRE(store(*open_in(inner), {{"a", "k", "v"}}, {{kNow, "Fired", "s", "{}"}}));
  const auto again = open_in(inner);
  CHECK(again->load().value() == std::vector<Record>{{"a", "k", "v"}});
  CHECK(again->history("", 9).value().size() == 1);
}

TEST_CASE("the log has its room from the start, and keeps it over many commits") {
  const Folder folder;
  const std::string log = folder.path() + "/tocsin-recent.db-wal";
  const auto it = open_in(folder.path());
  const auto room = std::filesystem::file_size(log);
  CHECK(room >= 4U << 20);
  for (int i = 0; i < 50; ++i) REQUIRE(store(*it, {{"a", std::to_string(i), std::string(2000, 'x')}}));
  CHECK(std::filesystem::file_size(log) == room);
  CHECK(it->load().value().size() == 50);
}

TEST_CASE("a second opener is refused in words, until the first has gone") {
  const Folder folder;
  auto first = open_in(folder.path());
  const auto second = SqliteStore::open(folder.path(), kNow);
  REQUIRE(!second);
  CHECK(second.error().message.find("another tocsin uses " + folder.path()) == 0);
  first.reset();
  CHECK(SqliteStore::open(folder.path(), kNow).has_value());
}

TEST_CASE("a damaged file is set aside with a loud warning, and a new one starts") {
  const Folder folder;
  std::string name = "/tocsin.db";
  SUBCASE("no database at all") {
    folder.write("tocsin.db", std::string(8192, 'x'));
  }
  SUBCASE("damaged in its middle") {
    SUBCASE("what is in its place") {}
    SUBCASE("what is recent") {
      name = "/tocsin-recent.db";
    }
    {
      const auto it = open_in(folder.path());
      std::vector<Record> many;
      for (int i = 0; i < 2000; ++i) many.push_back({"a", std::to_string(i), std::string(100, 'v')});
      REQUIRE(store(*it, many));
      CHECK(it->history("", 1).value().empty());  // waits until all is in its place
    }
    std::fstream file(folder.path() + name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(40'000, '\xff');
  }
  auto opened = SqliteStore::open(folder.path(), kNow);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
  const std::string aside = folder.path() + name + ".corrupt-20231114T221320Z";
  CHECK_MESSAGE(opened->warning.find(aside) != std::string::npos, opened->warning);
  CHECK(std::filesystem::exists(aside));
  CHECK(opened->store->load().value().empty());
  REQUIRE(store(*opened->store, {{"a", "k", "v"}}));
  opened->store.reset();
  CHECK(open_in(folder.path())->load().value().size() == 1);
  // The next damage does not overwrite the first.
  folder.write(name.substr(1), std::string(8192, 'y'));
  CHECK(SqliteStore::open(folder.path(), kNow)->warning.find(aside + "-2") != std::string::npos);
}

TEST_CASE(
    "a file from a newer program and a folder that cannot be written are refused, and nothing is moved") {
  const Folder folder;
  CHECK(!SqliteStore::open("/dev/null/x", kNow).has_value());
  folder.write("file", "");
  CHECK(!SqliteStore::open(folder.path() + "/file", kNow).has_value());
  const std::string empty = folder.path() + "/dir";
  std::filesystem::create_directories(empty + "/tocsin.db");  // a folder where the file should be
  const auto refused = SqliteStore::open(empty, kNow);
  REQUIRE(!refused);
  CHECK(refused.error().message.find("cannot open " + empty + "/tocsin.db") == 0);
  REQUIRE(store(*open_in(folder.path()), {{"a", "k", "v"}}));
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/tocsin.db").c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, "PRAGMA user_version = 99", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  const auto newer = SqliteStore::open(folder.path(), kNow);
  REQUIRE(!newer);
  CHECK(newer.error().message.find("newer tocsin") != std::string::npos);
}

TEST_CASE("what a killed process has committed is there, and what it had not is not") {
  const Folder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    auto opened = SqliteStore::open(folder.path(), kNow);
    if (!opened) ::_exit(1);
    for (int i = 0; i < 50; ++i) {
      if (!store(*opened->store, {{"a", std::to_string(i), "v"}, {"b", std::to_string(i), "v"}})) ::_exit(1);
    }
    ::kill(::getpid(), SIGKILL);
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(open_in(folder.path())->load().value().size() == 100);
}

// Commits at random, and in between, at random: all is put in its place, the program starts anew, history is
// forgotten. Whatever was where, the same is read as from the twin in memory.
TEST_CASE("what was just committed and what is in its place are read as one") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned limit) { return random() % limit; };
    const Folder folder;
    auto it = open_in(folder.path());
    MemoryStore twin;
    for (int step = 0; step < 60; ++step) {
      std::vector<Record> records;
      std::vector<HistoryEntry> history;
      for (unsigned i = below(6); i > 0; --i) {
        Record record{below(2) == 0 ? "a" : "b", std::to_string(below(12)), std::nullopt};
        if (below(4) != 0) record.value = std::to_string(random());
        records.push_back(std::move(record));
      }
      for (unsigned i = below(4); i > 0; --i) {
        history.push_back({kNow + std::chrono::seconds(below(50)), "Kind", "s" + std::to_string(below(3)),
                           std::to_string(random())});
      }
      REQUIRE(it->commit(records, history));
      REQUIRE(twin.commit(records, history));
      switch (below(12)) {
        case 0:
          REQUIRE(it->history("", 1));
          break;
        case 1:
          it.reset();
          it = open_in(folder.path());
          break;
        case 2:
          REQUIRE(it->forget_history(kNow + std::chrono::seconds(step / 2)));
          REQUIRE(twin.forget_history(kNow + std::chrono::seconds(step / 2)));
          REQUIRE(it->history("", 1));
          break;
        default:
          break;
      }
      CHECK(it->load().value() == twin.load().value());
      HistoryQuery query{{}, kNow + 5s, kNow + 40s, 7};
      if (below(2) == 0) query.subjects = {"s1", "s0"};
      const auto seen = SqliteHistoryReader(folder.path()).read(query).value();
      const auto expected = StoreHistoryReader(twin).read(query).value();
      REQUIRE(seen.size() == expected.size());
      for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i].json == expected[i].json);
    }
  }
}

TEST_CASE("a store of the form before this one is brought up to date with all that is in it") {
  const Folder folder;
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() + "/tocsin.db").c_str(), &database) == SQLITE_OK);
  const std::string old =
      std::string(kSortedForm.at(0)) + "INSERT INTO record VALUES ('a', 'k', 'v'); PRAGMA user_version = 1;";
  REQUIRE(sqlite3_exec(database, old.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  const auto it = open_in(folder.path());
  REQUIRE(store(*it, {{"a", "l", "w"}}));
  CHECK(it->load().value() == std::vector<Record>{{"a", "k", "v"}, {"a", "l", "w"}});
}

TEST_CASE("what cannot be put into its place is kept, and said once much of it waits") {
  const Folder folder;
  std::mt19937 random(1);
  std::string big;
  while (big.size() < (9U << 20)) big += static_cast<char>(random());
  {
    const auto it = open_in(folder.path());
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(sorted_path(folder.path()).c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "ALTER TABLE record RENAME TO elsewhere", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    REQUIRE(store(*it, {{"a", "small", "1"}}));
    CHECK(it->history("", 1).error().message.find("no such table") != std::string::npos);
    REQUIRE(store(*it, {{"a", "big", big}}));
    CHECK(!it->history("", 1));
    const auto refused = store(*it, {{"a", "next", "1"}});
    REQUIRE(!refused);
    CHECK(refused.error().message.find("no such table") != std::string::npos);
    REQUIRE(sqlite3_exec(other, "ALTER TABLE elsewhere RENAME TO record", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    sqlite3_close(other);
    REQUIRE(it->history("", 1));  // it goes on by itself
    REQUIRE(store(*it, {{"a", "next", "1"}}));
  }
  CHECK(open_in(folder.path())->load().value().size() == 3);
}
