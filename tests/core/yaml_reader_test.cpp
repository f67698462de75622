#include "core/yaml_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tocsin {
namespace {

using Kind = YamlNode::Kind;

// The document's root, where the text is fine.
YamlNode read(std::string_view text) {
  Problems problems;
  YamlDocument document = YamlDocument::parse(text, "f.yml", problems);
  INFO(problems.to_string());
  CHECK(problems.empty());
  return document.root();
}

std::string complaints(std::string_view text) {
  Problems problems;
  YamlDocument::parse(text, "f.yml", problems);
  return problems.to_string();
}

YamlNode value_of(std::string_view text) {
  return read("k: " + std::string(text)).child("k");
}

std::string flat(const YamlNode& node) {
  std::string out;
  if (node.kind() == Kind::kList) {
    for (const YamlNode& item : node.items()) out += (out.empty() ? "" : " ") + flat(item);
    return '[' + out + ']';
  }
  if (node.kind() == Kind::kMapping) {
    for (const auto& [key, value] : node.entries())
      out += (out.empty() ? "" : " ") + key.text() + ':' + flat(value);
    return '{' + out + '}';
  }
  return node.text();
}

}  // namespace

TEST_CASE("a document becomes nodes with line and column") {
  const YamlNode root = read("a: 1\nb:\n  - x\n  - {c: d}\n");
  CHECK(flat(root) == "{a:1 b:[x {c:d}]}");
  CHECK(root.position() == Position{1, 1});
  CHECK(root.child("a").position() == Position{1, 4});
  const YamlNode second = root.child("b").items().at(1);
  CHECK(second.position() == Position{4, 5});
  CHECK(second.child("c").position() == Position{4, 9});
  CHECK(second.file() == "f.yml");
}

TEST_CASE("a mapping has a child by its key; where it lacks it, or is none, the child is absent") {
  const YamlNode root = read("x: &x {a: 1}\nb: {<<: *x, c: ~}\nl: [a]\n");
  CHECK(root.child("b").child("a").text() == "1");
  CHECK(root.child("b").child("c").kind() == Kind::kNull);
  for (const YamlNode& childless : {root.child("b"), root.child("l"), root.child("l").items().at(0),
                                    root.child("d"), root.child("d").child("d")})
    CHECK(childless.child("d").absent());
}

TEST_CASE("a text without a document has an absent root, and an empty document a null one") {
  CHECK(read("").absent());
  CHECK(read("# only a comment\n").absent());
  CHECK(read("---\n").kind() == Kind::kNull);
}

TEST_CASE("null in all its spellings is the empty text") {
  for (const std::string text : {"~", "", "null", "Null", "NULL", "!!null ''"}) {
    CAPTURE(text);
    CHECK(value_of(text).null());
    CHECK(value_of(text).text() == "");
  }
  CHECK(flat(read("m: {a: ~, b: }")) == "{m:{a: b:}}");
  CHECK(flat(read("l: [x, ~]\n~: y")) == "{l:[x ] :y}");
}

TEST_CASE("a null that is not written has the place of its key or dash, not that of the next token") {
  const YamlNode root = read("a:\n\n# comment\nb:\n  -\n  - # nothing\n\n  - c:\nd: ~\n");
  CHECK(root.child("a").position() == Position{1, 1});
  const std::vector<YamlNode> items = root.child("b").items();
  CHECK(items.at(0).position() == Position{5, 3});
  CHECK(items.at(1).position() == Position{6, 3});
  CHECK(items.at(2).child("c").position() == Position{8, 5});
  CHECK(root.child("d").position() == Position{9, 4});
}

TEST_CASE("any scalar is text where text is wanted, as it was written") {
  for (const std::string text : {"5", "true", "1.50", "010", "2020-01-01", "0x1F", "yes"}) {
    CHECK(value_of(text).text() == text);
  }
  CHECK(value_of("|\n  two\n  lines\n").text() == "two\nlines\n");
  CHECK(value_of("!!str 5").text() == "5");
  CHECK(value_of("!!str ~").text() == "~");
}

TEST_CASE("booleans are those of YAML 1.1, and only where they are not quoted") {
  for (const std::string text :
       {"true", "True", "TRUE", "yes", "Yes", "on", "ON", "y", "Y", "!!bool 'true'"}) {
    CAPTURE(text);
    CHECK(value_of(text).boolean() == true);
  }
  for (const std::string text : {"false", "no", "NO", "off", "Off", "n", "N"}) {
    CAPTURE(text);
    CHECK(value_of(text).boolean() == false);
  }
  for (const std::string text :
       {"\"true\"", "'yes'", "1", "0", "tRue", "~", "[true]", "!!str true", "|\n  true"}) {
    CAPTURE(text);
    CHECK(value_of(text).boolean() == std::nullopt);
  }
}

TEST_CASE("integers are read as Go reads them") {
  const struct {
    std::string text;
    std::optional<std::int64_t> number;
  } table[] = {
      {"5", 5},
      {"+5", 5},
      {"-5", -5},
      {"010", 8},
      {"0o10", 8},
      {"0b11", 3},
      {"0x1f", 31},
      {"-0x1F", -31},
      {"1_000", 1000},
      {"1.0", 1},
      {"1e3", 1000},
      {"08", 8},  // no octal, but a float, as in Go
      {"0", 0},
      {"9223372036854775807", 9223372036854775807},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"9223372036854775808", std::nullopt},
      {"1.5", std::nullopt},
      {"'5'", std::nullopt},
      {"\"5\"", std::nullopt},
      {"_1", std::nullopt},
      {"1:30", std::nullopt},
      {"five", std::nullopt},
      {"true", std::nullopt},
      {"~", std::nullopt},
      {".", std::nullopt},

      {"--5", std::nullopt},
      {"0x", std::nullopt},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(value_of(row.text).integer() == row.number);
  }
}

TEST_CASE("floats are read as Go reads them") {
  const struct {
    std::string text;
    std::optional<double> number;
  } table[] = {
      {"1.5", 1.5},
      {"1_0.5", 10.5},
      {"5", 5.0},
      {".5", 0.5},
      {"5.", 5.0},
      {"-1e-3", -1e-3},
      {"+1E3", 1e3},
      {"0x10", 16.0},
      {"'1.5'", std::nullopt},
      {"inf", std::nullopt},
      {"1e", std::nullopt},
      {"1.2.3", std::nullopt},
      {"nan", std::nullopt},
      {"0x1p3", std::nullopt},
      {".inf", std::numeric_limits<double>::infinity()},
      {"-.INF", -std::numeric_limits<double>::infinity()},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(value_of(row.text).real() == row.number);
  }
  CHECK(std::isnan(value_of(".nan").real().value()));
}

TEST_CASE("binary is decoded, and refused where it is no base64") {
  CHECK(value_of("!!binary aGVsbG8=").text() == "hello");
  CHECK(value_of("!!binary |\n  aGVs\n  bG8h\n").text() == "hello!");
  CHECK(value_of("!!binary ''").text() == "");
  for (const std::string text : {"aGVsbG8", "a===", "aGV=bG8=", "a b="}) {
    CHECK(complaints("k: !!binary " + text) ==
          "f.yml:1:4: error: !!binary value contains invalid base64 data\n");
  }
}

TEST_CASE("a scalar where a mapping is wanted is no mapping") {
  CHECK(value_of("foo").kind() == Kind::kScalar);
  CHECK(value_of("foo").entries().empty());
  CHECK(value_of("foo").items().empty());
}

TEST_CASE("merges bring in keys, and keys that are written out win") {
  CHECK(flat(read("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n")) == "{x:{a:1 b:2} y:{b:3 a:1}}");
  CHECK(flat(read("x: &x {a: 1}\ny: {a: 2, <<: *x}\n")) == "{x:{a:1} y:{a:2}}");
  CHECK(flat(read("x: &x {a: 1}\nz: &z {a: 2, b: 3}\ny: {<<: [*x, *z]}\n")) ==
        "{x:{a:1} z:{a:2 b:3} y:{a:1 b:3}}");
  CHECK(flat(read("y: {<<: {a: 1}, b: 2}\n")) == "{y:{b:2 a:1}}");
  CHECK(flat(read("x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}\n")) ==
        "{x:{a:1} y:{b:2 a:1} z:{b:2 a:1}}");
  CHECK(flat(read("y: {'<<': 1}\n")) == "{y:{<<:1}}");
}

TEST_CASE("a merge of something that is no mapping is a problem") {
  const std::string message =
      "error: map merge requires map or sequence of maps as the value (write <<: *name, where &name marks a "
      "mapping)\n";
  CHECK(complaints("<<: 5\n") == "f.yml:1:5: " + message);
  CHECK(complaints("<<: [{a: b}, 5]\n") == "f.yml:1:14: " + message);
  CHECK(complaints("x: &x [a]\ny:\n  <<: *x\n") == "f.yml:1:8: " + message);
}

TEST_CASE("repeated keys are problems with both lines, all of them, and the first value stays") {
  CHECK(complaints("a: 1\nb: 2\na: 3\n") ==
        "f.yml:3:1: error: mapping key \"a\" already defined at line 1 (remove one of them)\n");
  CHECK(complaints("1: x\n\"1\": y\n").find("mapping key \"1\" already defined at line 1") !=
        std::string::npos);
  CHECK(complaints("a: {b: 1, b: 2}\nc: 1\nc: 2\nc: 3\n") ==
        "f.yml:1:11: error: mapping key \"b\" already defined at line 1 (remove one of them)\n"
        "f.yml:3:1: error: mapping key \"c\" already defined at line 2 (remove one of them)\n"
        "f.yml:4:1: error: mapping key \"c\" already defined at line 2 (remove one of them)\n");
  Problems problems;
  CHECK(flat(YamlDocument::parse("a: 1\na: 2\n", "f.yml", problems).root()) == "{a:1}");
}

TEST_CASE("a list or mapping as a key is a problem, and forgotten quotes around a template are named") {
  CHECK(complaints("? [a]\n: b\n") == "f.yml:1:3: error: a key must be text, not a list\n");
  CHECK(complaints("summary: {{ x }}\n") ==
        "f.yml:1:11: error: a key must be text, not a mapping (text that starts with {{ must stand in "
        "quotes: '{{ … }}')\n");
}

TEST_CASE("text that is not UTF-8 or holds control characters is refused before it is parsed") {
  CHECK(complaints("a: b\nc: \"\xff\"\n") ==
        "f.yml:2:5: error: invalid UTF-8: byte 0xff (save the file as UTF-8)\n");
  CHECK(complaints("a: \xc3(\n").find("f.yml:1:4: error: invalid UTF-8") == 0);
  CHECK(complaints("\xff\xfe"
                   "a")
            .find("the file is UTF-16") != std::string::npos);
  using namespace std::string_view_literals;
  CHECK(complaints("a: b\0c\n"sv).find("f.yml:1:5: error: control character U+0000 is not allowed") == 0);
  CHECK(complaints("a: \x04\n").find("U+0004") != std::string::npos);
  CHECK(complaints("a: \x7f\n").find("U+007F") != std::string::npos);
  CHECK(complaints("a: \xc2\x80\n").find("U+0080") != std::string::npos);
  CHECK(complaints("a: \xef\xbb\xbf\n").find("U+FEFF") != std::string::npos);
}

TEST_CASE("line ends that only YAML 1.1 knows stay in the text, with a warning") {
  Problems problems;
  const YamlDocument document = YamlDocument::parse(
      "a: b\xe2\x80\xa8"
      "c\n",
      "f.yml", problems);
  CHECK(document.root().child("a").text() ==
        "b\xe2\x80\xa8"
        "c");
  CHECK(problems.to_string() ==
        "f.yml:1:5: warning: invisible line end U+2028 is read as part of the text (replace it by a blank or "
        "a line break)\n");
}

TEST_CASE("byte order mark, Windows line ends and tabs between tokens are fine") {
  CHECK(flat(read("\xef\xbb\xbf"
                  "a: b\n")) == "{a:b}");
  CHECK(read("\xef\xbb\xbf"
             "a: b\n")
            .child("a")
            .position() == Position{1, 4});
  CHECK(flat(read("a: b\r\nc:\r\n  - d\r\n")) == "{a:b c:[d]}");
  CHECK(flat(read("a:\tb\n")) == "{a:b}");
}

TEST_CASE("a quote that is open at the end of the file is refused") {
  for (const std::string text :
       {"a: \"abc", "a: \"abc\n", "a: 'abc\n", "\"abc\n", "a: &x \"abc\n", "a: !!str 'abc\n",
        "a: \"abc\\\"\n", "a: 'abc''\n", "a: \"x\"\nb: 'it''s\n"}) {
    CAPTURE(text);
    CHECK(complaints(text).find("a quoted text is not closed") != std::string::npos);
  }
  CHECK(flat(read("a: 'it''s'\nb: \"x\\\"\"\n")) == "{a:it's b:x\"}");
}

TEST_CASE("lenient escapes and directives are accepted") {
  CHECK(value_of("\"\\/\"").text() == "/");
  CHECK(flat(read("%YAML 1.2\n---\na: b\n")) == "{a:b}");
}

TEST_CASE("further documents are ignored with a warning, and other text after the end is an error") {
  CHECK(complaints("a: b\n---\nc: }\n") ==
        "f.yml:2:1: warning: this further document is ignored (only the first one is read)\n");
  CHECK(complaints("a: b\n---\n") == "");
  CHECK(complaints("a: b\n...\n") == "");
  CHECK(complaints("[a] b\n").find("f.yml:1:5: error: unexpected text after the end of the document") == 0);
  CHECK(complaints("- a\nb: c\n").find("f.yml:2:1: error: unexpected text after the end of the document") ==
        0);
}

TEST_CASE("syntax errors say what is wrong, where, and the way out") {
  const struct {
    std::string text;
    std::string problem;
  } table[] = {
      {"a:\n\tb: c\n",
       "f.yml:2:3: error: a tab is used for indentation (YAML is indented with blanks, not tabs)"},
      {"a:\n  b: c\n\td: e\n",
       "f.yml:3:1: error: a tab is used for indentation (YAML is indented with blanks, not tabs)"},
      {"a:b\nc: d\n",
       "f.yml:2:2: error: a mapping is expected here (a blank is needed between the colon and the value: "
       "\"key: value\")"},
      {"a: b: c\n",
       "f.yml:1:5: error: a colon is not allowed here (a value that holds \": \" must stand in quotes)"},
      {"a: b\n c: d\n",
       "f.yml:2:3: error: a colon is not allowed here (check that the key is indented like the keys next to "
       "it)"},
      {"a: 'it's'\n",
       "f.yml:1:8: error: unexpected text after a closing quote (inside single quotes write '' for a quote)"},
      {"a: \"b\" c\n",
       "f.yml:1:8: error: unexpected text after a closing quote (inside double quotes write \\\" for a "
       "quote)"},
      {"a: {{ x }} b\n",
       "f.yml:1:12: error: unexpected text after a mapping in braces (text that starts with {{ must stand "
       "in quotes: '{{ … }}')"},
      {"a: [b\nc: d\n", "f.yml:2:2: error: a list in brackets is not closed (add the missing ] or ,)"},
      {"a: {b: c\n", "f.yml:2:1: error: a mapping in braces is not closed (add the missing } or ,)"},
      {"a: *x\n",
       "f.yml:1:4: error: the referenced anchor is not defined (text that starts with * or & must stand in "
       "quotes)"},
      {"a: @x\n", "f.yml:1:4: error: text may not start with @ (put the text into quotes)"},
      {"a: \"\\d\"\n",
       "f.yml:1:7: error: unknown escape in double quotes (write \\\\ for a backslash, or use single "
       "quotes)"},
      {"a: - b\n",
       "f.yml:1:4: error: a list item is not allowed here (begin the list on a line of its own; text that "
       "starts "
       "with - must stand in quotes)"},
      {"a: b\n]\n",
       "f.yml:2:1: error: a closing bracket without an opening one (text that starts with ] or } must stand "
       "in quotes)"},
      {"a:\n  b: c\n d: e\n",
       "f.yml:3:2: error: the indentation does not fit the lines above (indent keys and list items of one "
       "block alike)"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(complaints(row.text) == row.problem + "\n");
  }
}

TEST_CASE("nesting is bounded, also where aliases make it") {
  CHECK(complaints(std::string(400, '[') + std::string(400, ']')) == "");
  CHECK(complaints(std::string(100000, '[')).find("nested") != std::string::npos);
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 1000; ++i) {
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  CHECK(complaints(chain).find("error: nested more than 500 deep") != std::string::npos);
}

TEST_CASE("aliases that multiply are cut off") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int n = 1; n < 10; ++n) bomb += ", " + before;
    bomb += "]\n";
  }
  const std::string found = complaints(bomb);
  CHECK(found.find("error: aliases repeat too many values") != std::string::npos);
  CHECK(std::count(found.begin(), found.end(), '\n') == 1);
  CHECK(complaints("a: &a {<<: *a}\n") ==
        "f.yml:1:12: error: the anchor's value contains itself (write the value out)\n");
  CHECK(complaints("a: &a [*a]\n").find("f.yml:1:8: error: the anchor's value contains itself") == 0);
}

TEST_CASE("an alias stands at its own place and shows its anchor's value") {
  const YamlNode root = read("a: &x [1]\nb: *x\n");
  CHECK(root.child("b").position() == Position{2, 4});
  CHECK(flat(root) == "{a:[1] b:[1]}");
}

}  // namespace tocsin
