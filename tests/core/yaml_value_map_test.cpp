#include "core/yaml_value_map.h"

#include <doctest/doctest.h>

#include "core/yaml_reader.h"

using namespace tocsin;

namespace {

// Where `piece` of the value of `expr` stands, as "line:column", with the length of what is to be underlined.
std::string place(const std::string& text, const std::string& piece) {
  Problems problems;
  const YamlDocument document = YamlDocument::parse(text, "f.yml", problems);
  REQUIRE(problems.to_string() == "");
  YamlObject object(document.root(), "file", problems);
  const YamlNode node = object.child("expr");
  const std::string value = node.text();
  const std::size_t begin = value.find(piece);
  CAPTURE(value);
  REQUIRE(begin != std::string::npos);
  const YamlText source(text);
  const YamlValueMap map(source, node.position(), value);
  const Position position = map.position(begin);
  return std::to_string(position.line) + ':' + std::to_string(position.column) + '+' +
         std::to_string(map.length(begin, begin + piece.size())) + (map.exact() ? "" : " inexact");
}

}  // namespace

TEST_CASE("a piece of a scalar is found in whatever way the scalar is written") {
  const struct {
    const char* text;
    const char* piece;
    const char* place;
  } cases[] = {
      {"expr: up == 0\n", "==", "1:10+2"},
      {"a: 1\nexpr:\n  up\n  == 0\n", "==", "4:3+2"},
      {"expr: up\n  \n  == 0\n", "==", "3:3+2"},
      {"expr: &x up == 0\n", "==", "1:13+2"},
      {"expr: !!str up == 0\n", "==", "1:16+2"},
      {"expr: 'up == 0'\n", "==", "1:11+2"},
      {"expr: 'a{b=''c''} == 0'\n", "==", "1:19+2"},
      {"expr: 'a{b=''c''} == 0'\n", "'c'", "1:12+4"},
      {"expr: 'up\n  == 0'\n", "==", "2:3+2"},
      {"expr: \"a{b=\\\"c\\\"} == 0\"\n", "==", "1:19+2"},
      {"expr: \"\\u00e4\\x41\\n == 0\"\n", "==", "1:21+2"},
      {"expr: \"up \\\n  == 0\"\n", "==", "2:3+2"},
      {"expr: \"up\n\n  == 0\"\n", "==", "3:3+2"},
      {"expr: |\n  up\n  == 0\n", "==", "3:3+2"},
      {"expr: |-\n  up\n    == 0\n", "==", "3:5+2"},
      {"expr: |2\n    up\n   == 0\n", "==", "3:4+2"},
      {"expr: | # why\n\n  up\n\n  == 0\n", "==", "5:3+2"},
      {"expr: &x |\n  up\n  == 0\n", "==", "3:3+2"},
      {"expr: >\n  up\n  == 0\n", "==", "3:3+2"},
      {"expr: >-\n  up\n    == 0\n  or x\n", "or", "4:3+2"},
      {"expr: >\n  up\n\n\n  == 0\n", "==", "5:3+2"},
      {"expr: |\r\n  up\r\n  == 0\r\n", "==", "3:3+2"},
      {"{a: 1, expr: up == 0}\n", "==", "1:17+2"},
      {"expr: |\n  sum(\n    up)\n", "sum(\n  up)", "2:3+4"},
      {"a: &x up == 0\nexpr: *x\n", "==", "2:7+1 inexact"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CAPTURE(c.piece);
    CHECK(place(c.text, c.piece) == c.place);
  }
}
