#include "app/json_mistake.h"

#include <doctest/doctest.h>

#include <random>

#include "core/json.h"

using namespace tocsin;

TEST_CASE("what is JSON has no mistake") {
  for (const char* text : {"0", "-0.5e-10", " [1, 2.5E+3, true, false, null] ",
                           R"({"a":{"b":[]},"":"\u00e4\n\"\\\/"})", "\"ü\"", "[[],{}]"}) {
    CAPTURE(text);
    REQUIRE(JsonValue::parse(text));
    CHECK_FALSE(find_json_mistake(text));
  }
}

// The parser and the finder of mistakes are two programs; they must not disagree about what a mistake is.
TEST_CASE("the finder agrees with the parser about texts that were changed by chance") {
  const std::string original =
      R"([{"labels":{"alertname":"Dö\u0041\n","a":"b"},"startsAt":"2026-01-02T03:04:05Z","n":[-1.5e+3,0,true,null]}])";
  const std::string_view alphabet = "[]{}\",:\\u0123e+-.tfn \n\xff\x01";
  std::mt19937 chance(20260102);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(chance);
  };
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = original;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      switch (below(3)) {
        case 0:
          text[at] = alphabet[below(alphabet.size())];
          break;
        case 1:
          text.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        default:
          text.erase(at, 1 + below(3));
      }
    }
    const auto mistake = find_json_mistake(text);
    const bool parses = JsonValue::parse(text).has_value();
    refused += parses ? 0 : 1;
    CAPTURE(text);
    if (mistake) CHECK(mistake->offset <= text.size());
    // The parser also refuses what is JSON by its grammar: lone surrogates and numbers out of range.
    const bool surrogate = text.find("\\ud") != std::string::npos;
    const bool huge = text.find("e+") != std::string::npos;
    if (parses || !(surrogate || huge)) CHECK(mistake.has_value() == !parses);
  }
  CHECK(refused > 10000);
}
