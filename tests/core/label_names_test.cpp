#include "core/label_names.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "core/labels.h"

using namespace tocsin;

namespace {

// Of one label with that name.
const LabelNames* names_of(const std::string& name) {
  const std::vector<Label> labels{{name, "value"}};
  return LabelNames::of(labels);
}

}  // namespace

TEST_CASE("label sets with the same names share them, whatever the values") {
  const std::vector<Label> one{{"alertname", "A"}, {"job", "node"}},
      other{{"alertname", "B"}, {"job", "api"}};
  const LabelNames* names = LabelNames::of(one);
  REQUIRE(names->number() != LabelNames::kNotShared);
  CHECK(LabelNames::of(other) == names);
  CHECK(&LabelNames::shared(names->number()) == names);
  CHECK(names->size() == 2);
  CHECK((*names)[0] == "alertname");
  CHECK((*names)[1] == "job");
  CHECK(names->text() == "alertnamejob");
  CHECK(names->find("job") == 1);
  CHECK(names->find("jo") == 2);
}

TEST_CASE("names that only look alike are told apart") {
  const std::vector<std::vector<Label>> sets{
      {{"ab", ""}, {"c", ""}},           {{"a", ""}, {"bc", ""}},        {{"abc", ""}},
      {{"", ""}, {"abc", ""}},           {{"kubernetes_label_app", ""}}, {{"kubernetes_label_job", ""}},
      {{"a", ""}, {"b", ""}, {"c", ""}},
  };
  for (const auto& one : sets) {
    for (const auto& other : sets) {
      CHECK((LabelNames::of(one) == LabelNames::of(other)) == (&one == &other));
    }
  }
}

TEST_CASE("threads that meet new names at the same time share them") {
  constexpr int kThreads = 4, kSets = 200;
  std::vector<std::vector<const LabelNames*>> found(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : found) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < kSets; ++i) mine.push_back(names_of("met_by_all_" + std::to_string(i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : found) CHECK(mine == found.front());
}

TEST_CASE("names of enormous length are not kept for good") {
  const std::string name(70'000, 'n');
  const Labels labels{{name, "1"}, {"a", "2"}}, same{{"a", "2"}, {name, "1"}};
  CHECK(labels == same);
  CHECK(labels.value(name) == "1");
  const LabelNames* names = names_of(name);
  CHECK(names->number() == LabelNames::kNotShared);
  delete names;
}

namespace {

// What is wrong once the table is full; "": nothing.
std::string wrong_once_full() {
  std::vector<Labels> sets;
  bool full = false;
  for (int i = 0; i < 40'000; ++i) {
    const std::string name = "invented_" + std::to_string(i);
    sets.push_back(Labels{{name, "1"}, {"instance", "a"}});
    const LabelNames* names = names_of(name);
    if (names->number() != LabelNames::kNotShared) continue;
    full = true;
    delete names;
  }
  if (!full || LabelNames::in_use() > LabelNames::limit()) return "the table has no limit";
  for (std::size_t i = 0; i < sets.size(); i += 97) {
    const std::string name = "invented_" + std::to_string(i);
    if (sets[i] != Labels{{"instance", "a"}, {name, "1"}}) return "equal sets differ: " + name;
    if ((sets[i] <=> Labels{{"instance", "a"}, {name, "1"}}) != 0) return "equal sets have an order: " + name;
    if (sets[i].value(name) != "1") return "the value is gone: " + name;
    if (sets[i].to_string() != "{instance=\"a\", " + name + "=\"1\"}") return sets[i].to_string();
    if (sets[i] == Labels{{"instance", "a"}, {name, "2"}}) return "other values are the same: " + name;
    if (sets[i] == Labels{{"instance", "a"}, {name + "x", "1"}}) return "other names are the same: " + name;
    if (sets[i].with("z", "").without("z") != sets[i]) return "with and without change it: " + name;
  }
  return "";
}

}  // namespace

// In a process of its own, so that other tests find the table as it was.
TEST_CASE("where too many names are in use, label sets have names of their own and are the same sets") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string wrong = wrong_once_full();
    if (!wrong.empty()) std::fprintf(stderr, "%s\n", wrong.c_str());
    _exit(wrong.empty() ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
