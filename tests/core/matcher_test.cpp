#include "core/matcher.h"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace tocsin {
namespace {

Matcher make(std::string name, MatchType type, std::string value) {
  Result<Matcher> matcher = Matcher::make(std::move(name), type, std::move(value));
  REQUIRE(matcher.has_value());
  return *matcher;
}

Matcher regex(std::string value) {
  return make("l", MatchType::kRegex, std::move(value));
}

std::string refusal(std::string value) {
  const Result<Matcher> matcher = Matcher::make("l", MatchType::kRegex, std::move(value));
  return matcher ? "" : matcher.error().message;
}

// Canonical text, or "!" and the message.
std::string read(std::string_view text, MatcherDialect dialect = MatcherDialect::kFallback) {
  const Result<ParsedMatchers> parsed = parse_matchers(text, dialect);
  return parsed ? to_string(parsed->matchers) : '!' + parsed.error().message;
}

std::string read_one(std::string_view text, MatcherDialect dialect = MatcherDialect::kFallback) {
  const Result<ParsedMatchers> parsed = parse_matcher(text, dialect);
  return parsed ? to_string(parsed->matchers) : '!' + parsed.error().message;
}

std::string warning(std::string_view text) {
  const Result<ParsedMatchers> parsed = parse_matchers(text);
  return parsed ? parsed->warning : '!' + parsed.error().message;
}

std::filesystem::path corpus() {
  const char* folder = std::getenv("TOCSIN_CORPUS");
  return folder != nullptr ? folder : "../shared/corpus";
}

}  // namespace

TEST_CASE("equality compares the whole value, and absent is empty") {
  const Labels labels{{"team", "x"}};
  CHECK(make("team", MatchType::kEqual, "x").matches(labels));
  CHECK_FALSE(make("team", MatchType::kEqual, "xy").matches(labels));
  CHECK(make("team", MatchType::kNotEqual, "y").matches(labels));
  CHECK(make("other", MatchType::kEqual, "").matches(labels));
  CHECK_FALSE(make("other", MatchType::kNotEqual, "").matches(labels));
  CHECK(make("other", MatchType::kRegex, ".*").matches(labels));
  CHECK_FALSE(make("other", MatchType::kRegex, ".+").matches(labels));
  CHECK(make("other", MatchType::kNotRegex, "x|y").matches(labels));
}

TEST_CASE("regular expressions match the whole value, line breaks included") {
  const struct {
    std::string pattern, value;
    bool matches;
  } table[] = {
      {"a", "a", true},          {"a", "ab", false},       {"a|bc", "bc", true},
      {"a|bc", "abc", false},    {"a|", "", true},         {"", "", true},
      {"", "a", false},          {"a.*", "a\nb", true},    {".*", "a\nb", true},
      {".+", "\n", true},        {".+", "", false},        {"[a-c]+", "abc", true},
      {"[a-c]+", "abcd", false}, {"(?i)ABC", "abc", true}, {"\\d{3}", "503", true},
      {"^a$", "a", true},        {"a|b.*", "bcd", true},   {"a|b.*", "ax", false},
      {"é|ü", "ü", true},        {".", "ü", true},         {"b|a|c", "a", true},
      {"a,b", "a,b", true},      {"a$", "a\n", false},     {"\\Qa.b\\E", "a.b", true},
  };
  for (const auto& row : table) {
    CAPTURE(row.pattern);
    CAPTURE(row.value);
    CHECK(regex(row.pattern).matches(row.value) == row.matches);
    CHECK(make("l", MatchType::kNotRegex, row.pattern).matches(row.value) != row.matches);
  }
}

TEST_CASE("a regular expression that does not compile is refused with the reason") {
  CHECK(refusal("invalid[regexp") ==
        "label \"l\": invalid regular expression \"invalid[regexp\": missing ]: [regexp");
  CHECK(refusal("*a").find("no argument for repetition operator: *") != std::string::npos);
  CHECK(refusal("(?=a)") != "");
  CHECK(refusal("a\\1") != "");
  CHECK(refusal("\xff") == "label \"l\": invalid regular expression \"\\xff\": invalid UTF-8");
  CHECK(refusal("a\\C") ==
        "label \"l\": invalid regular expression \"a\\\\C\": invalid escape sequence: \\C");
  CHECK(refusal("\\\\C") == "");
  CHECK(refusal("\\Q\\C\\E") == "");
  CHECK(refusal("\\Qa\\E\\C") != "");
}

TEST_CASE("matchers print canonically") {
  CHECK(make("a", MatchType::kEqual, "b").to_string() == R"(a="b")");
  CHECK(make("a", MatchType::kNotEqual, "").to_string() == R"(a!="")");
  CHECK(make("a", MatchType::kRegex, "b|c\\d").to_string() == R"(a=~"b|c\\d")");
  CHECK(make("a", MatchType::kNotRegex, "\"\n\t").to_string() == "a!~\"\\\"\\n\t\"");
  CHECK(make("a-b.c", MatchType::kEqual, "é").to_string() == R"(a-b.c="é")");
  CHECK(make("a b", MatchType::kEqual, "c\td").to_string() == R"("a b"="c\td")");
  CHECK(make("a=", MatchType::kEqual, "\x7f").to_string() == R"("a="="\x7f")");
  CHECK(to_string(Matchers{}) == "{}");
  CHECK(to_string(Matchers{make("a", MatchType::kEqual, "b"), make("c", MatchType::kRegex, "d")}) ==
        R"({a="b",c=~"d"})");
}

TEST_CASE("matchers sort by name, then value, then operator") {
  Matchers matchers = {make("b", MatchType::kEqual, "a"),    make("a", MatchType::kNotRegex, "x"),
                       make("a", MatchType::kEqual, "y"),    make("a", MatchType::kRegex, "x"),
                       make("a", MatchType::kNotEqual, "x"), make("a", MatchType::kEqual, "x")};
  std::sort(matchers.begin(), matchers.end());
  CHECK(to_string(matchers) == R"({a="x",a!="x",a=~"x",a!~"x",a="y",b="a"})");
  CHECK(matchers.front() == make("a", MatchType::kEqual, "x"));
  CHECK_FALSE(matchers.at(0) == matchers.at(1));
}

TEST_CASE("all matchers must match; none match everything") {
  const Labels labels{{"a", "1"}, {"b", "2"}};
  CHECK(match_all({}, labels));
  CHECK(match_all(parse_matchers("a=1,b=~[0-9]")->matchers, labels));
  CHECK_FALSE(match_all(parse_matchers("a=1,b=3")->matchers, labels));
}

TEST_CASE("the UTF-8 dialect reads names and values bare or quoted") {
  const struct {
    std::string text, canonical;
  } table[] = {
      {"", "{}"},
      {" { } ", "{}"},
      {"a=b", R"({a="b"})"},
      {"{ a = b , \"c d\" !~ \"e\\nf\" , }", "{a=\"b\",\"c d\"!~\"e\\nf\"}"},
      {"ä.ö=ü", R"({ä.ö="ü"})"},
      {"a=\"\\u00fc\\x21\\101\"", R"({a="ü!A"})"},
      {"a=\"\"", R"({a=""})"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(read(row.text, MatcherDialect::kUtf8) == row.canonical);
  }
}

TEST_CASE("the UTF-8 dialect says what is wrong, in which column, and how to write it") {
  const struct {
    std::string text, message;
  } table[] = {
      {",", "column 1: a label name is expected, not ,"},
      {"{,}", "column 2: a label name is expected, not ,"},
      {"{", "column 2: the closing } is missing"},
      {"}", "column 1: this } has no opening {"},
      {"foo=bar}", "column 8: this } has no opening {"},
      {"{foo=bar", "column 9: the closing } is missing"},
      {"{foo=bar}}", "column 10: nothing may follow the closing }, but there is }"},
      {"foo", "column 4: =, !=, =~ or !~ is expected after the label name, not the end"},
      {"foo bar", "column 5: =, !=, =~ or !~ is expected after the label name, not bar"},
      {"foo!bar", "column 4: ! must be followed by = or ~: write != or !~"},
      {"foo=", "column 5: a value is expected after =, not the end: write \"\" for an empty one"},
      {"foo==bar", "column 5: a value is expected after =, not =: write \"\" for an empty one"},
      {"foo=a b",
       "column 7: a comma is expected before b; a value that is more than one word must stand in double "
       "quotes"},
      {"foo='a'", "column 5: ' is not allowed outside double quotes: write \"…\" around the text"},
      {"foo=a\\d",
       "column 6: \\ is not allowed outside double quotes: write \"…\" around the text, and \\\\ for a "
       "backslash"},
      {"foo=\"a", "column 5: the quote is not closed: add \" at the end"},
      {"foo=\"a\\", "column 5: the quote is not closed: add \" at the end"},
      {"foo=\"\\w\"",
       "column 5: unknown escape \\w in \"\\w\": inside quotes write \\\\ for a backslash and \\n for a line "
       "break"},
      {"foo=\"\\'\"",
       "column 5: unknown escape \\' in \"\\'\": inside quotes write \\\\ for a backslash and \\n for a line "
       "break"},
      {"foo=\"\\xf0\"", "column 5: \"\\xf0\" is not UTF-8"},
      {"foo=\"\\ud800\"",
       "column 5: unknown escape \\u in \"\\ud800\": inside quotes write \\\\ for a backslash and \\n for a "
       "line "
       "break"},
      {"\"\"=a", "column 1: a label name may not be empty"},
      {"a=b\xff", "column 4: the text is not UTF-8"},
      {"foo=~\"[\"", "column 6: label \"foo\": invalid regular expression \"[\": missing ]: ["},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(read(row.text, MatcherDialect::kUtf8) == '!' + row.message);
  }
}

TEST_CASE("the classic dialect takes nearly anything for a value") {
  const struct {
    std::string text, canonical;
  } table[] = {
      {"a:b=c d", R"({a:b="c d"})"},
      {"foo=bar\\w", R"({foo="bar\\w"})"},
      {"foo=\"a\\\"b\\\\c\\nd\\e\"", R"({foo="a\"b\\c\nd\\e"})"},
      {"tricky=~~~", R"({tricky=~"~~"})"},
      {"foo=,bar=}}", R"({foo="",bar="}"})"},
      {"foo=\"a,b\",c=d", R"({foo="a,b",c="d"})"},
      {"foo=a\\", R"({foo="a\\"})"},
      {"{foo=bar", R"({foo="bar"})"},
      {"a\t=\n\"b\" ", R"({a="b"})"},
      {"foo-bar=x",
       "!column 1: bad matcher format: \"foo-bar=x\": write it as name=\"value\", with =, !=, =~ or !~"},
      {"{a=b, 1=2}",
       "!column 7: bad matcher format: \"1=2\": write it as name=\"value\", with =, !=, =~ or !~"},
      {"a=b,,c=d", "!column 5: bad matcher format: \"\": write it as name=\"value\", with =, !=, =~ or !~"},
      {"a=b\"c", "!column 1: the value b\"c holds a quote that is not escaped: write \\\" for it"},
      {"a=\"bc", "!column 1: the quote of the value \"bc is not closed: add \" at the end"},
      {"a=\xff", "!column 1: the value of a is not UTF-8"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(read(row.text, MatcherDialect::kClassic) == row.canonical);
  }
}

TEST_CASE("where the dialects disagree the classic one is used, and a warning says how to write it") {
  CHECK(warning("{foo=\"bar\"}") == "");
  CHECK(warning("{\"foo bar\"=\"bar\"}") == "");
  CHECK(read("foo=\"a\\w\"") == R"({foo="a\\w"})");
  CHECK(warning("foo=\"a\\w\"") ==
        "foo=\"a\\w\" is written in the classic matcher syntax (the UTF-8 syntax refuses it: column 5: "
        "unknown escape \\w in "
        "\"a\\w\": inside quotes write \\\\ for a backslash and \\n for a line break); write foo=\"a\\\\w\", "
        "which both read alike");
  CHECK(read("{foo=\"a\\t\"}") == R"({foo="a\\t"})");
  CHECK(warning("{foo=\"a\\t\"}") ==
        "{foo=\"a\\t\"} means two things: {foo=\"a\\\\t\"} in the classic matcher syntax, which is used, and "
        "{foo=\"a\t\"} in the "
        "UTF-8 syntax; write the one that is meant");
}

TEST_CASE("what a warning proposes is read without a warning, and means the same") {
  for (const std::string text :
       {"foo=~bar\\d+", "{foo=bar\\n}", "foo=", "tricky=~~~", "foo=\"\\t\"", "a=b c", "{a='}"}) {
    CAPTURE(text);
    const Result<ParsedMatchers> parsed = parse_matchers(text);
    REQUIRE(parsed.has_value());
    CHECK(parsed->warning != "");
    const Result<ParsedMatchers> again = parse_matchers(to_string(parsed->matchers));
    REQUIRE(again.has_value());
    CHECK(again->warning == "");
    CHECK(again->matchers == parsed->matchers);
  }
}

TEST_CASE("a single matcher has no braces, and no second one") {
  CHECK(read_one("a=b") == R"({a="b"})");
  CHECK(read_one("\"a b\"=~c") == R"({"a b"=~"c"})");
  CHECK(read_one("{a=b}") == "!unexpected open or close brace: {a=b}: write one matcher, without braces");
  CHECK(read_one("a=b}") == "!unexpected open or close brace: a=b}: write one matcher, without braces");
  CHECK(read_one("a=b}", MatcherDialect::kUtf8) ==
        "!unexpected open or close brace: a=b}: write one matcher, without braces");
  CHECK(read_one("a=b}", MatcherDialect::kClassic) == R"({a="b}"})");
  CHECK(read_one("a=b,c=d", MatcherDialect::kUtf8) ==
        "!one matcher is expected, not 2: write name=\"value\"");
  CHECK(read_one("", MatcherDialect::kUtf8) == "!one matcher is expected, not 0: write name=\"value\"");
  CHECK(read_one("a=b,c=d") == R"({a="b,c=d"})");
  CHECK(read_one("\"a\"=b,c=d") == "!one matcher is expected, not 2: write name=\"value\"");
}

TEST_CASE("the table of Alertmanager's own verdicts agrees in all three modes") {
  const std::filesystem::path file = corpus() / "tables/matcher_cases.json";
  if (!std::filesystem::exists(file)) {
    MESSAGE("skipped: no " << file.string() << "; set TOCSIN_CORPUS");
    return;
  }
  simdjson::dom::parser parser;
  const simdjson::dom::element cases = parser.load(file.string());
  const std::pair<const char*, MatcherDialect> modes[] = {{"utf8", MatcherDialect::kUtf8},
                                                          {"classic", MatcherDialect::kClassic},
                                                          {"fallback", MatcherDialect::kFallback}};
  int count = 0;
  for (const simdjson::dom::element row : cases.get_array()) {
    const std::string input{row["input"].get_string().value()};
    for (const auto& [name, dialect] : modes) {
      CAPTURE(input);
      CAPTURE(std::string(name));
      const Result<ParsedMatchers> parsed = parse_matchers(input, dialect);
      const bool refused = !row[name]["err"].get_string().value().empty();
      CHECK(parsed.has_value() != refused);
      if (!parsed || refused) continue;
      std::vector<std::string> expected, found;
      for (const simdjson::dom::element matcher : row[name]["matchers"].get_array()) {
        for (const simdjson::dom::element part : matcher.get_array())
          expected.emplace_back(part.get_string().value());
      }
      for (const Matcher& matcher : parsed->matchers) {
        found.insert(found.end(), {matcher.name(), std::string(to_string(matcher.type())), matcher.value()});
      }
      CHECK(found == expected);
      ++count;
    }
  }
  CHECK(count > 100);
}

}  // namespace tocsin
