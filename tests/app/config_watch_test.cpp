#include "app/config_watch.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "app/watched_folders.h"
#include "tests/app/shell_support.h"

using namespace tocsin;
using namespace std::chrono_literals;
using tocsin::test::Folder;
using Words = std::vector<std::string>;

namespace {

// What a loader does: the configuration, and the files that it names.
void load(FileRecord& record) {
  (void)record.read("etc/tocsin.yml");
  const auto rules = record.find("etc/rules/*.yml");
  REQUIRE(rules);
  for (const std::string& path : *rules) (void)record.read(path);
}

MemoryFiles some_files() {
  MemoryFiles files;
  files.files = {{"etc/tocsin.yml", "a"}, {"etc/rules/one.yml", "b"}, {"etc/rules/notes.txt", "c"}};
  return files;
}

// Counts loads like the daemon does: each leaves its record, whether it worked or not.
class Loader {
 public:
  explicit Loader(std::string folder) : folder_(std::move(folder)) { load_again({}); }

  std::shared_ptr<const FileRecord> last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  void load_again(const Words& changes) {
    const auto record = std::make_shared<FileRecord>(files_);
    (void)record->read(folder_ + "/tocsin.yml");
    const Words rules = record->find(folder_ + "/rules/*.yml").value_or(Words{});
    for (const std::string& path : rules) (void)record->read(path);
    const std::lock_guard lock(mutex_);
    last_ = record;
    ++loads_;
    changes_ = changes;
    loaded_.notify_all();
  }
  // Waits for the load of that number and says why it came.
  Words wait_for(int load) {
    std::unique_lock lock(mutex_);
    REQUIRE(loaded_.wait_for(lock, 20s, [&] { return loads_ >= load; }));
    return changes_;
  }
  int loads() {
    const std::lock_guard lock(mutex_);
    return loads_;
  }

 private:
  const std::string folder_;
  DiskFiles files_;
  std::mutex mutex_;
  std::condition_variable loaded_;
  std::shared_ptr<const FileRecord> last_;
  int loads_ = 0;
  Words changes_;
};

}  // namespace

TEST_CASE("files that hold what they held are no change") {
  MemoryFiles files = some_files();
  FileRecord record(files);
  load(record);
  CHECK(record.changes().empty());
  files.files["etc/rules/notes.txt"] = "nobody reads this";
  files.files["etc/rules/.one.yml.swp"] = "nor this";
  CHECK(record.changes().empty());
  files.files["etc/tocsin.yml"] = "A";
  CHECK(record.changes() == Words{"etc/tocsin.yml has changed"});
  files.files["etc/tocsin.yml"] = "a";
  CHECK(record.changes().empty());
}

TEST_CASE("a file that comes, goes or is renamed is a change where a pattern finds it") {
  MemoryFiles files = some_files();
  FileRecord record(files);
  load(record);
  files.files["etc/rules/two.yml"] = "b";
  CHECK(record.changes() == Words{"etc/rules/two.yml is new"});
  files.files.erase("etc/rules/one.yml");
  CHECK(record.changes() == Words{"etc/rules/one.yml is gone", "etc/rules/two.yml is new"});
  files.files.erase("etc/tocsin.yml");
  CHECK(record.changes().size() == 3);
}

TEST_CASE("what a failed load missed is a change once it is there") {
  MemoryFiles files;
  FileRecord record(files);
  load(record);
  CHECK(record.changes().empty());
  files.files["etc/tocsin.yml"] = "";
  CHECK(record.changes() == Words{"etc/tocsin.yml is new"});
}

TEST_CASE("every folder that holds a link on the way to a file is watched") {
  const Folder files;
  files.put("mount/..2024_01/alertmanager.yml", "a");
  files.link("..2024_01", "mount/..data");
  files.link("..data/alertmanager.yml", "mount/alertmanager.yml");
  files.link(files.path("mount"), "etc");
  using Folders = std::set<std::string>;
  // The links are replaced in `mount`; the real file is changed in its own folder.
  CHECK(folders_of_file(files.path("mount/alertmanager.yml")) ==
        Folders{files.path("mount"), files.path("mount/..2024_01")});
  CHECK(folders_of_file(files.path("etc/alertmanager.yml")) ==
        Folders{files.path(), files.path("mount"), files.path("mount/..2024_01")});
  CHECK(folders_of_pattern(files.path("mount/*.yml")) == Folders{files.path("mount")});
  CHECK(folders_of_pattern(files.path("mount/..data/*.yml")) ==
        Folders{files.path("mount"), files.path("mount/..2024_01")});
  CHECK(folders_of_pattern(files.path("mou*/*.yml")) == Folders{files.path(), files.path("mount")});
  CHECK(folders_of_file(files.path("mount/nothing/here.yml")) == Folders{files.path("mount")});
  CHECK(folders_of_file("here.yml") == Folders{"."});
  files.link("circle", "circle");
  CHECK(folders_of_file(files.path("circle/a.yml")).contains(files.path()));
}

TEST_CASE("it is time to look when nothing has stirred for a while, but not after the limit") {
  QuietTime quiet(1s, 10s);
  const QuietTime::TimePoint start{};
  CHECK_FALSE(quiet.due());
  quiet.stirred(start);
  CHECK(quiet.due() == start + 1s);
  for (int i = 1; i <= 20; ++i) quiet.stirred(start + i * 700ms);
  CHECK(quiet.due() == start + 10s);
  quiet.looked();
  CHECK_FALSE(quiet.due());
  quiet.stirred(start + 20s);
  CHECK(quiet.due() == start + 21s);
}

TEST_CASE("a changed, a new and a swapped file are loaded, each once") {
  const Folder files;
  files.put("..one/tocsin.yml", "one");
  files.link("..one", "..data");
  files.link("..data/tocsin.yml", "tocsin.yml");
  files.put("rules/a.yml", "a");
  Loader loader(files.path());
  ConfigWatch watch([&] { return loader.last(); }, [&](const Words& changes) { loader.load_again(changes); },
                    {20ms, 200ms, 1h});
  files.put("rules/b.yml", "b");
  CHECK(loader.wait_for(2) == Words{files.path("rules/b.yml") + " is new"});
  files.put("..two/tocsin.yml", "two");
  files.link("..two", "..data");
  CHECK(loader.wait_for(3) == Words{files.path("tocsin.yml") + " has changed"});
  // A folder of the same name in the place of the old one is watched as well.
  files.rename("rules", "gone");
  CHECK(loader.wait_for(4).size() == 2);
  files.put("rules/a.yml", "a");
  CHECK(loader.wait_for(5) == Words{files.path("rules/a.yml") + " is new"});
  files.put("rules/a.yml", "A");
  CHECK(loader.wait_for(6) == Words{files.path("rules/a.yml") + " has changed"});
  watch.stop();
  CHECK(loader.loads() == 6);
}

TEST_CASE("what changed before the watch began is loaded too") {
  const Folder files;
  files.put("tocsin.yml", "one");
  Loader loader(files.path());
  files.put("tocsin.yml", "two");
  ConfigWatch watch([&] { return loader.last(); }, [&](const Words& changes) { loader.load_again(changes); },
                    {1ms, 200ms, 1h});
  CHECK(loader.wait_for(2) == Words{files.path("tocsin.yml") + " has changed"});
}
