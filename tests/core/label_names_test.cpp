#include "core/label_names.h"

#include <doctest/doctest.h>

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

TEST_CASE("where too many names are in use, label sets have names of their own and are the same sets") {
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
  REQUIRE(full);
  for (std::size_t i = 0; i < sets.size(); i += 97) {
    const std::string name = "invented_" + std::to_string(i);
    const Labels again{{"instance", "a"}, {name, "1"}};
    CHECK(sets[i] == again);
    CHECK(sets[i].value(name) == "1");
    CHECK(sets[i].to_string() == "{instance=\"a\", " + name + "=\"1\"}");
    CHECK(sets[i] != Labels{{"instance", "a"}, {name, "2"}});
    CHECK(sets[i] != Labels{{"instance", "a"}, {name + "x", "1"}});
    CHECK(sets[i].with("z", "").without("z") == sets[i]);
  }
}
