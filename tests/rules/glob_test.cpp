#include <doctest/doctest.h>

#include "rules/glob.h"

using namespace tocsin;

namespace {
struct Case {
  const char* pattern;
  const char* name;
  bool matches;
};
}  // namespace

TEST_CASE("a pattern matches whole names as Go's filepath.Match does") {
  const Case cases[] = {
      {"abc", "abc", true},
      {"*", "abc", true},
      {"*", "", true},
      {"*c", "abc", true},
      {"a*", "a", true},
      {"a*", "abc", true},
      {"a*", "ab/c", false},
      {"a*/b", "abc/b", true},
      {"a*/b", "a/c/b", false},
      {"a*b*c*d*e*/f", "axbxcxdxe/f", true},
      {"a*b*c*d*e*/f", "axbxcxdxexxx/f", true},
      {"a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false},
      {"a*b?c*x", "abxbbxdbxebxczzx", true},
      {"a*b?c*x", "abxbbxdbxebxczzy", false},
      {"ab[c]", "abc", true},
      {"ab[b-d]", "abc", true},
      {"ab[e-g]", "abc", false},
      {"ab[^c]", "abc", false},
      {"ab[^b-d]", "abc", false},
      {"ab[^e-g]", "abc", true},
      {"a\\*b", "a*b", true},
      {"a\\*b", "ab", false},
      {"a?b", "a☺b", true},
      {"a[^a]b", "a☺b", true},
      {"a???b", "a☺b", false},
      {"[a-ζ]*", "α", true},
      {"*[a-ζ]", "A", false},
      {"a?b", "a/b", false},
      {"a*b", "a/b", false},
      {"[\\]a]", "]", true},
      {"[\\-]", "-", true},
      {"[x\\-]", "z", false},
      {"*x", "xxx", true},
      {"*.yml", "rules.yml", true},
      {"*.yml", ".yml", true},
      {"*.yml", "rules.yaml", false},
      {"**", "abc", true},
      {"", "", true},
      {"", "a", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pattern);
    CAPTURE(c.name);
    const Result<bool> result = glob_matches(c.pattern, c.name);
    REQUIRE(result.has_value());
    CHECK(*result == c.matches);
  }
}

TEST_CASE("a malformed pattern is refused whether or not the name could match") {
  for (const char* pattern :
       {"[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[", "[^", "[^bc", "a[", "a[]b", "\\", "[a-]", "zzz["}) {
    CAPTURE(pattern);
    const Result<bool> result = glob_matches(pattern, "a");
    REQUIRE(!result.has_value());
    CHECK(result.error().message.find("syntax error in pattern") == 0);
  }
}

TEST_CASE("the names that match come back sorted") {
  const Result<std::vector<std::string>> names = glob_filter("*.yml", {"z.yml", "a.yml", "b.yaml"});
  REQUIRE(names.has_value());
  CHECK(*names == std::vector<std::string>{"a.yml", "z.yml"});
  CHECK(!glob_filter("[", {}).has_value());
}

TEST_CASE("a path splits into its folder and the pattern of its last component") {
  CHECK(split_glob("rules/*.yml").folder == "rules");
  CHECK(split_glob("rules/*.yml").pattern == "*.yml");
  CHECK(split_glob("*.yml").folder.empty());
  CHECK(split_glob("/a.yml").folder == "/");
  CHECK(has_glob_magic("rules/[ab].yml"));
  CHECK(!has_glob_magic("rules/a.yml"));
}

TEST_CASE("a rule file path takes a star only after its last slash") {
  for (const char* path : {"a.yml", "rules/*.yml", "rules/a*b*.yml", "*"}) {
    CAPTURE(path);
    CHECK(check_rule_file_path(path).has_value());
  }
  for (const char* path : {"*/a.yml", "rules/*/a.yml"}) {
    CAPTURE(path);
    REQUIRE(!check_rule_file_path(path).has_value());
    CHECK(check_rule_file_path(path).error().message.find("invalid rule file path") == 0);
  }
}
