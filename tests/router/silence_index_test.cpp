#include "router/silence_index.h"

#include <doctest/doctest.h>

#include "core/labels.h"
#include "tests/router/silence_testing.h"

using namespace tocsin;

namespace {

// A number generator with a seed, the same everywhere.
struct Dice {
  std::uint64_t state;
  std::size_t below(std::size_t count) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state >> 33) % count;
  }
};

std::string letter(Dice& dice) {
  return std::string(1, static_cast<char>('a' + dice.below(4)));
}

Matchers any_matchers(Dice& dice) {
  Matchers set;
  for (std::size_t i = 0; i <= dice.below(3); ++i) {
    auto type = static_cast<MatchType>(dice.below(4));
    std::string value = dice.below(5) == 0 ? "" : letter(dice) + (type >= MatchType::kRegex ? "|x" : "");
    set.push_back(*Matcher::make("l" + letter(dice), type, value));
  }
  return set;
}

Labels any_labels(Dice& dice) {
  LabelsBuilder labels;
  for (std::size_t i = 0; i <= dice.below(4); ++i) labels.set("l" + letter(dice), letter(dice));
  return labels.build();
}

}  // namespace

TEST_CASE("The index finds exactly the silences that a look at every one finds, whatever comes and goes") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Dice dice{seed};
    SilenceStory story;
    for (int step = 0; step < 60; ++step) {
      Silence wanted = silence(R"(a="b")", 0, 1000);
      wanted.matcher_sets.clear();
      for (std::size_t i = 0; i <= dice.below(3); ++i) wanted.matcher_sets.push_back(any_matchers(dice));
      story.sets(std::move(wanted), step);
      if (dice.below(3) == 0) story.expires("id" + std::to_string(1 + dice.below(60)), step);
      Labels labels = any_labels(dice);
      std::vector<std::string> expected;
      for (const Silence& each : story.silences.all()) {
        if (each.state(at(step)) == SilenceState::kActive && each.matches(labels))
          expected.push_back(each.id);
      }
      CHECK(story.silences.muting(labels, at(step)) == expected);
      CHECK(story.silences.mutes(labels, at(step)) == !expected.empty());
    }
  }
}

TEST_CASE("An alert is held against few silences, however many there are") {
  SilenceIndex index;
  std::vector<std::unique_ptr<SilenceEntry>> entries;
  for (int i = 0; i < 1000; ++i) {
    auto entry = std::make_unique<SilenceEntry>();
    entry->silence = silence(R"(severity="critical",cluster="eu")", 0, 100);
    entry->silence.matcher_sets[0].push_back(equals("instance", "host" + std::to_string(i)));
    index.add(*entry);
    entries.push_back(std::move(entry));
  }
  Labels labels{{"alertname", "A"}, {"cluster", "eu"},        {"instance", "host500"},
                {"job", "node"},    {"severity", "critical"}, {"team", "web"},
                {"zone", "1"}};
  std::size_t looked_at = 0, found = 0;
  auto count = [&] {
    index.visit_matching(
        labels,
        [&](const SilenceEntry&) {
          ++looked_at;
          return true;
        },
        [&](const SilenceEntry&) {
          ++found;
          return false;
        });
  };
  count();
  CHECK(found == 1);
  CHECK(looked_at <= 3);
  for (auto& entry : entries) index.remove(*entry);
  looked_at = 0;
  count();
  CHECK(looked_at == 0);
}
