#include "receivers/fallbacks.h"

#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

// Receivers a, b and c with a webhook each, and "null" without; `keys` are those of a, b and c.
Problems load(const std::array<std::string, 3>& keys, std::vector<Receiver>* out = nullptr) {
  std::string text;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    text += std::string("- name: ") + "abc"[i] + "\n  webhook_configs: [{url: 'http://h'}]\n";
    if (!keys[i].empty()) text += "  " + keys[i] + "\n";
  }
  text += "- name: nobody\n";
  Problems problems;
  const YamlDocument document = YamlDocument::parse(text, "tocsin.yml", problems);
  auto receivers = read_receivers(document.root(), ReceiverDefaults(), "/etc", problems);
  if (out != nullptr) *out = std::move(receivers);
  return problems;
}

}  // namespace

TEST_CASE("a receiver names who hears as well when it does not take its notifications") {
  std::vector<Receiver> receivers;
  const Problems problems =
      load({"fallback_receiver: b", "fallback_receiver: c\n  fallback_after: 90s", ""}, &receivers);
  CHECK_MESSAGE(!problems.has_errors(), problems.to_string());
  CHECK(receivers[0].fallback_receiver == "b");
  CHECK(receivers[0].fallback_after == std::chrono::minutes(5));
  CHECK(receivers[1].fallback_after == std::chrono::seconds(90));
  CHECK(receivers[2].fallback_receiver.empty());
}

TEST_CASE("a fallback that cannot help is refused, all at once, each at its place") {
  struct Row {
    std::array<std::string, 3> keys;
    const char* message;
  };
  for (const Row& row : {
           Row{{"fallback_receiver: d", "", ""},
               "tocsin.yml:3:22: error: there is no receiver \"d\" to fall back to"},
           Row{{"fallback_receiver: nobdy", "", ""}, "did you mean \"nobody\"?"},
           Row{{"fallback_receiver: nobody", "", ""}, "the fallback \"nobody\" has no integration"},
           Row{{"fallback_receiver: a", "", ""}, "fallback receivers go in a circle: a -> a"},
           Row{{"fallback_receiver: b", "fallback_receiver: c", "fallback_receiver: a"},
               "fallback receivers go in a circle: a -> b -> c -> a"},
           Row{{"fallback_receiver: b", "fallback_receiver: c", "fallback_receiver: b"},
               "fallback receivers go in a circle: b -> c -> b"},
           Row{{"fallback_receiver: b\n  fallback_after: 0s", "", ""},
               "fallback_after must be longer than 0"},
           Row{{"fallback_after: 5m", "", ""}, "fallback_after says nothing without fallback_receiver"},
       }) {
    const Problems problems = load(row.keys);
    const std::string found = problems.to_string();
    CHECK(problems.all().size() == 1);
    CHECK_MESSAGE(found.find(row.message) != std::string::npos, found);
    CHECK_FALSE(problems.all().front().hint.empty());
  }
  CHECK(load({"fallback_receiver: x", "fallback_receiver: b", "fallback_receiver: y"}).all().size() == 3);
}

}  // namespace tocsin
