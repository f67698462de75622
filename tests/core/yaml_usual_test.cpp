#include "core/yaml_usual.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "tests/core/yaml_properties.h"

using namespace tocsin;

TEST_CASE("what people usually write is read the short way, and as yaml-cpp reads it") {
  const char* const texts[] = {
      "a: 1\n",
      "a: 1",
      "---\n# comment\na: 1 # comment\n\nb:\n",
      "groups:\n- name: x\n  rules:\n  - alert: A\n    expr: up == 0\n    labels: {severity: page, team: 'a "
      "b'}\n",
      "a:\n  - x\n  -\n  - # nothing\n  - - y\n    - z\n  - k: v\n    l:\nb: ~\nc: null\nd: ''\n",
      "a: one\n  two\n\n\n  three # comment\nb: x:y\n",
      "a: 'it''s\n  long \n\n  text'\nb: \"tab\\tquote\\\" \\\\ \n  next\"\n'c d': e\n\"f\" : g\n",
      "a: 'ends\n\n\n  '\nb: \"x\\n\\n\n\n\n  \"\nc: '\n\n\n  '\n",
      "a: |\n  x\n   y\n\n  z\n\n\nb: |-\n  x\nc: |+\n  x\n\nd: >\n  a\n  b\n\n  c\n    d\n  e\n\n    "
      "f\n\ng: >-\n  x\n",
      "a: |\nb: >\nc: |+\nd: e\n",
      "a:\n  long text\n  goes on\nb:\n  'x'\nc:\n  |\n  x\n",
      "a: [1, 'two', \"three\", [4], {five: 6}, ]\nb: []\nc: {}\nd: [\n  x,   # comment\n  y\n]\n",
      "a: {b: http://localhost:9090, c: [x:y, -1]}\n",
      "- a\n- b: c\n  d: e\n-   - f\n",
      "a: -1\nb: ?x\nc: :y\nd: x#y\ne: a'b\"c\nf: http://x/#y\n",
      "\xc3\xa4: \xc3\xb6 # \xc3\xbc\nb: \xe2\x82\xac\n",
      "a: 1\na: 2\n",
      "null: 1\n~: 2\n",
      "a:\nnull: 1\n",
      "a : b\n",
      "a: |  \n  x  \n   \n  y",
  };
  for (const std::string text : texts) {
    CAPTURE(text);
    CHECK(is_usual_yaml(text));
    CHECK(broken_yaml_property(text) == "");
  }
}

TEST_CASE("what is more than usual is left to yaml-cpp") {
  const char* const texts[] = {
      "",
      "# only a comment\n",
      "text\n",
      "{a: b}\n",
      "a: &x b\n",
      "a: *x\n",
      "a: !!str b\n",
      "<<: {a: b}\n{c: d}: e\n",
      "? a\n: b\n",
      "a:\tb\n",
      "a: b\r\n",
      "a: b: c\n",
      "a: - b\n",
      "a: b\n  c: d\n",
      "a:\n    b: 1\n  c: 2\n",
      "a: 'b' c\n",
      "a: 'b\n",
      "a: \"\\x41\"\n",
      "a: |2\n   b\n",
      "a: |\n\n  b\n",
      "a: [b\n",
      "a: [b}\n",
      "a: {b}\n",
      "a: {b: , c: d}\n",
      "a: [b: c]\n",
      "a: {{ b }}\n",
      "a: 1\n---\nb: 2\n",
      "a: 1\n...\n",
      "%YAML 1.2\n---\na: 1\n",
      "--- a: b\n",
      "a:\n- b\n c: d\n",
      "@a: b\n",
  };
  for (const std::string text : texts) {
    CAPTURE(text);
    CHECK_FALSE(is_usual_yaml(text));
  }
}

TEST_CASE("texts put together at random are read the same both ways") {
  const std::vector<std::string> pieces = {"\n",     "\n\n",
                                           " ",      "  ",
                                           "\n  ",   "\n    ",
                                           ": ",     ":",
                                           "- ",     "# c",
                                           " #",     "'",
                                           "\"",     "''",
                                           "\\n",    "\\",
                                           "|\n",    ">-\n",
                                           ">\n",    "|+",
                                           "[",      "]",
                                           "{",      "}",
                                           ",",      ", ",
                                           "? ",     "&a ",
                                           "*a",     "!",
                                           "~",      "null",
                                           "a",      "b: ",
                                           "- x",    "---\n",
                                           "key: x", "\n  - k: [a, b]",
                                           "é",      "%",
                                           "a\n",    "'b\n\n  c'",
                                           "\n- "};
  std::mt19937 random(7);
  int usual = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (unsigned count = 1 + random() % 12; count > 0; --count) text += pieces[random() % pieces.size()];
    CAPTURE(text);
    usual += is_usual_yaml(text) ? 1 : 0;
    REQUIRE(broken_yaml_property(text) == "");
  }
  CHECK(usual > 500);
}
